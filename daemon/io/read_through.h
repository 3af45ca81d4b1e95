// Reads a part of a log that is known to be there.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "absl/status/status.h"
#include "io/source.h"

namespace shelf {

// Polls `source` until each partition of `ends` has been read up to its offset there, or is known
// to hold nothing more below it. `visit` sees every record on the way, those past an end too; their
// views live for the call. `keep_on` is asked every 100 ms and before each batch.
// Unavailable: nothing came for `patience_ms`, names a partition; Cancelled: `keep_on` said no;
// else the source's own error.
absl::Status ReadThrough(
    Source& source, std::map<int32_t, int64_t> ends, int patience_ms,
    const std::function<void(const Record&)>& visit,
    const std::function<bool()>& keep_on = [] { return true; });

}  // namespace shelf
