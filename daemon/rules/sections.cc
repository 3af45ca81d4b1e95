#include <algorithm>
#include <array>

#include "base/check.h"
#include "rules/options.h"

namespace shelf {
namespace {

constexpr auto kSections = std::to_array<Section>({
    {"file", "the file", "", Choice::kAny, "", "The file", ""},
    {"group", "an allocation group", "allocation_groups.", Choice::kAny, "", "An allocation group",
     "`{}` is a group that shares exactly the stock. With more than 100% the channels together may "
     "offer more than there is; with less, a part of it is offered to none of them."},
    {"channel", "a channel", "", Choice::kAny, "", "A channel",
     "`{}` is a channel without rules: it is offered the whole base.\n\n"
     "**min_interval** counts in the log's time. Of numbers that come meanwhile the newest goes "
     "out, or none if it has fallen back. What is said again and a new id of the channel go out "
     "at once; after a restart a rise that waited does too. shelfd remembers the channel's keys "
     "for so long, at about 60 bytes each.\n\n"
     "**own_reservations_taken_off** concerns the channel's own reservations only; those of others "
     "are deducted always."},
    {"rule", "a rule", "", Choice::kAny, "", "A rule",
     "**Which rule holds.** Each stage takes, by itself, the most specific rule that sets it: item "
     "before longer category path before shorter before everything; then store before group before "
     "region before everything; then the higher `priority`; then the earlier line. The item side "
     "goes first: a rule for a category goes before one for a store."},
    {"when", "when", "when.", Choice::kAtLeastOne, "leave it out to mean everything", "`when`",
     "All that is named must hold. A list of items, stores, groups or regions means any of them; "
     "`category` is one path and holds for everything below it. `0557722` keeps its zero, with "
     "quotes or without."},
    {"tier", "a sync_lag tier", "sync_lag.", Choice::kAtLeastOne, "", "Stage `sync_lag`",
     "A list of tiers; the highest one with lag > `over` applies: first `keep`, then `subtract`. "
     "Lag is how long ago the store's sales were known, in its opening hours. `[]` switches the "
     "stage off where a wider rule sets it."},
    {"presence", "presence", "presence.", Choice::kAtLeastOne, "", "Stage `presence`",
     "All or nothing. The silence that `quiet_limit` looks at is the one known through the "
     "store's watermark, so that a store that is late is not taken for a silent shelf; with fewer "
     "than two sales the mean time between sales is not known, and nothing is withheld."},
    {"safety_stock", "safety_stock", "safety_stock.", Choice::kExactlyOne, "",
     "Stage `safety_stock`",
     "Exactly one of them. `{subtract: 0}` switches the stage off where a wider rule sets it. "
     "`days_of_cover` rounds up. The rate is what was sold after the first of the newest sales (32 "
     "to 63 of them, or all there were) in the calendar time since, which counts as a day at "
     "least, and once there are 32 as an hour at least; with fewer than two sales it is not known, "
     "and nothing is withheld."},
    {"allocation", "allocation", "allocation.", Choice::kAny, "", "Stage `allocation`",
     "The channels whose rule names the group share the base times `overcommit`, in whole "
     "steps: each gets a part by its share (what does not divide goes by the largest "
     "remainder, then by the channels' `priority`), and what a channel cannot use of it goes"
     " on to the others by priority. What `limits` takes off later is not shared again. A "
     "channel's part bounds what reaches this stage; it never adds to it. A channel with "
     "`own_reservations_taken_off` is offered its own reservations beside its part."},
    {"limits", "limits", "limits.", Choice::kAtLeastOne, "", "Stage `limits`",
     "First `cutoff_below`, then `cap`, then whole steps of the item, which always runs. In the "
     "trace what step rounding alone takes off has no rule."},
    {"steady", "steady", "steady.", Choice::kAny, "", "Stage `steady`",
     "A fall goes out at once. A rise goes out when the number has been above what was decided "
     "for so long, and only as far as it was all that time. The first number of an item in a "
     "store is no rise."},
});

}  // namespace

std::span<const Section> Sections() { return kSections; }

const Section& SectionNamed(std::string_view name) {
  const auto section = std::find_if(kSections.begin(), kSections.end(),
                                    [&](const Section& s) { return s.name == name; });
  SHELF_CHECK(section != kSections.end(), "a section of the table");
  return *section;
}

}  // namespace shelf
