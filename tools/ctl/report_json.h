// A replay's report for programs. Quantities in thousandths (`_milli`), times in Unix ms (`_ms`).
#pragma once

#include "ctl/table.h"
#include "replay/figures.h"

namespace shelf::ctl {

// {"from_ms", "to_ms", "records", "stores", "positions", "rules": {"old": [{"hash", "from_ms"}],
// "new"}, "channels": [ROW], "rows": [ROW], "funnel": {"samples", "channels": [{"channel", "old",
// "new"}]}, "series": [{"time_ms", "old": {channel: milli}, "new"}], "keys_differing",
// "differences", "orders_from_before", "notes"}. ROW: "channel" (null: picks that name no order),
// "category" (null: the item has none; absent in "channels"), "orders": {"failed", "good", "open"},
// "counted", "old" and "new": "offered_milli" and amounts {"lines", "milli"}.
Json ReportJson(const Report& report);

}  // namespace shelf::ctl
