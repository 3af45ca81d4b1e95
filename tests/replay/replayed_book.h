// A book's log recorded and replayed, for tests of what the report says of it.
#pragma once

#include <string>

#include "replay/log_book.h"
#include "replay/replay.h"

namespace shelf {

// One rule set for all of the time.
SideRules Fixed(const std::string& text);
// The sets that the book's ticks name.
SideRules AsRecorded(const LogBook& book);

// Both sides offer what there is less so many.
struct Run {
  int64_t count_from_ms = 0;
  int old_kept_back = 1;
  int new_kept_back = 3;
};
Report ReplayFolder(const std::string& folder, const Run& run);
Report ReplayBook(LogBook& book, const Run& run = {});
Report ReplayRules(LogBook& book, SideRules old_rules, SideRules new_rules);

const FigureRow& RowOf(const Report& report, const std::string& channel,
                       const std::string& category);
Amount Of(int64_t lines, int64_t units);

// Store 1 with 5 a and 2 b (Food), 10 c (Tools), live from the first tick on.
void Open(LogBook& book);
// Ten seconds: the longest between two ticks that is no deafness.
void TenSeconds(LogBook& book);

}  // namespace shelf
