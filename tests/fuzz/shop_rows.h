// A checkpoint as the daemon writes it, small and with a bit of everything in it.
#pragma once

#include <string>

#include "loop/harness.h"
#include "state/rows_of.h"

namespace shelf {

// The rows after a short day of two stores: lists, one of them half received, movements, counts,
// picks, a held count, reservations, expected receipts, a gap, a stop-sale. Always the same.
RowList RowsOfADay();

// As the daemon that wrote RowsOfADay.
WorkerOptions OptionsOfADay();

}  // namespace shelf
