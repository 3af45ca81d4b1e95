// A comparison as JSON, and that JSON as tables for people.
#pragma once

#include <ostream>
#include <string>

#include "ctl/answer.h"
#include "ctl/feed_compare.h"

namespace shelf::ctl {

// {"channel", "as_of_ms", "feed": {"rows", "keys", "stores", "repeated", "faults", "buffer_milli"},
// "total": SUMS, "stores_not_in_feed", "stores": [{"store", SUMS}], "faults": [{"line", "reason",
// "row"}], the first ten}, where SUMS is "keys", "ready": the share of keys that are equal,
// "equal", "ours_lower", "ours_higher", "only_feed", "only_ours": {"keys", "milli"} each, and
// "reasons":
// [{"verdict", "reason", "keys", "milli"}], the largest first.
Json ComparisonJson(const FeedComparison& comparison, const Feed& feed, const std::string& channel,
                    OpenedWorld& opened);

void ShowComparison(const Json& comparison, std::ostream& out);

// "store,sku,verdict,feed,ours,reason,rule,older_than\n", and a line of it.
extern const char kDifferencesHeading[];
std::string DifferenceLine(const FeedDifference& difference);

}  // namespace shelf::ctl
