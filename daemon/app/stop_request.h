// What an operator who stops a sale has asked for. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "reference/reference.h"

namespace shelf {

inline constexpr size_t kStopIdBytesMax = 64;
inline constexpr size_t kStopWordsBytesMax = 500;  // of `by`, of the reason

// Reads what was asked: sku, store, channel (one at least, or all=1), for (30m, 4h, 2d) or until
// (RFC 3339 with its zone), why, by, and id if the caller names it. InvalidArgument: a parameter
// that there is not, one that cannot be meant; with what would be right. `now_ms`: Unix ms.
absl::StatusOr<StopInfo> ReadStopRequest(const std::multimap<std::string, std::string>& parameters,
                                         int64_t now_ms);

// "20261122-230541-milk": when, and what it is about, in characters that need no quoting anywhere.
std::string MadeStopId(const StopInfo& stop, int64_t now_ms);

}  // namespace shelf
