// Somebody else who writes to the outputs: a predecessor that was thought dead, or a successor.
#pragma once

#include <cstdint>
#include <string>

#include "loop/harness.h"

namespace shelf {

// A record of the key that says nothing yet.
v1::Availability RecordOf(const KeyNames& key);

// Another process of this incarnation says that a key, "channel/store/sku", is at 77.
void WriteAs(uint64_t incarnation, const std::string& key, Harness& harness);

// A round of what app/output_watch does.
void WatchOutputs(Harness& harness);

}  // namespace shelf
