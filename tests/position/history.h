// A day of one store, made from a seed: what its systems wrote, and how it arrived.
#pragma once

#include <cstdint>
#include <vector>

#include "position/support.h"

namespace shelf::position_test {

struct Delivery {
  Document document;
  EventTime now;  // partition time when it arrives
};

// About `documents` documents of erp, pos and scan about the SKUs a, b and c: late, out of order,
// twice, lost for good, refused; counts about the past; lists with and without promises, some with
// a wrong line count. The same seed gives the same history on every machine.
std::vector<Delivery> MakeHistory(uint64_t seed, int documents);

}  // namespace shelf::position_test
