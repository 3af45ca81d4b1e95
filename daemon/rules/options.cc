#include "rules/options.h"

#include <algorithm>
#include <array>

#include "rules/rules_file.h"

namespace shelf {
namespace {

using enum OptionType;

constexpr int64_t kNameBytesMax = 64;       // of channels, rules, methods, groups and regions
constexpr int64_t kCategoryBytesMax = 256;  // one level
constexpr int64_t kUnitsMax = 999'999'999;
constexpr int64_t kWeightMax = 1'000'000;
constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kDurationMax = 3650 * kDayMs;

// Sections stand together, in the order of Sections().
constexpr auto kOptions = std::to_array<Option>({
    {"file", "version", kWord, true, 0, 0, 0, "", "", "1", "The version of this format."},
    {"file", "allocation_groups", kNamedMaps, false, 1, kNameBytesMax, 0, "group", "",
     "{everywhere: {overcommit: 120%}}", "The groups of channels that share one stock, by name."},
    {"file", "channels", kNamedMaps, true, 1, kNameBytesMax, 0, "channel", "", "{own-site: {}}",
     "The consumers of availability by name, at most 64: marketplaces, the own site, an app."},

    {"group", "overcommit", kPercent, false, 1, 1000, 6, "", "100%", "120%",
     "How much of the stock the channels of the group may offer together."},

    {"channel", "methods", kNames, false, 1, kNameBytesMax, 0, "", "", "[click_and_collect]",
     "How goods leave the store for this channel: a store whose services offer none of them does "
     "not serve it. Left out: every store does."},
    {"channel", "limited_at", kUnits, false, 0, kUnitsMax, 0, "", "0", "2",
     "The status is *limited* while something is offered, but not more units of measure than "
     "this."},
    {"channel", "min_interval", kDuration, false, 0, kDurationMax, 0, "", "0s", "30s",
     "A number that rises goes out no earlier than this after the last one of the same item and "
     "store. What falls goes out at once."},
    {"channel", "own_reservations_taken_off", kSwitch, false, 0, 0, 0, "", "false", "true",
     "The channel takes its own reservations off what it is told, so that they are not deducted "
     "for it a second time."},
    {"channel", "priority", kWhole, false, -kWeightMax, kWeightMax, 0, "", "0", "10",
     "Which channel of an allocation group goes first, for a unit that shares leave over and for "
     "what another cannot use: the higher, then the earlier one in the file."},
    {"channel", "trace", kSwitch, false, 0, 0, 0, "", "false", "true",
     "Adds base, withheld quantities and rule ids to the records, which shows the real stock to "
     "whoever reads them."},
    {"channel", "rules", kMaps, false, 0, int64_t{kRulesMax}, 0, "rule", "", "[]",
     "The rules, of which each stage takes the most specific one that sets it."},

    {"rule", "id", kName, true, 1, kNameBytesMax, 0, "", "", "everywhere",
     "The rule's name in explanations, once in a channel."},
    {"rule", "when", kMap, false, 0, 0, 0, "when", "", "{category: [Grocery, Fresh]}",
     "Where the rule applies: all that is named must hold. Left out: everywhere."},
    {"rule", "priority", kWhole, false, -kWeightMax, kWeightMax, 0, "", "0", "10",
     "Of equally specific rules the one with the higher priority holds."},
    {"rule", "sync_lag", kMaps, false, 0, 100, 0, "tier", "", "[{over: 4h, keep: 0%}]",
     "What is held back while a store's sales reach us late. `[]` switches the stage off."},
    {"rule", "presence", kMap, false, 0, 0, 0, "presence", "", "{quiet_limit: 4}",
     "Hides what, by the signs, is not where the records say."},
    {"rule", "safety_stock", kMap, false, 0, 0, 0, "safety_stock", "", "{subtract: 1}",
     "What is kept back always."},
    {"rule", "allocation", kMap, false, 0, 0, 0, "allocation", "", "{group: everywhere, share: 60}",
     "The part of a stock that several channels share."},
    {"rule", "limits", kMap, false, 0, 0, 0, "limits", "", "{cap: 50}",
     "The channel's own least and most."},
    {"rule", "steady", kMap, false, 0, 0, 0, "steady", "", "{rise_after: 10m}",
     "Lets a rise out only when it has lasted."},

    {"when", "item", kNames, false, 1, 128, 0, "", "", "\"4601234\"", "Any of these SKUs."},
    {"when", "category", kPath, false, 1, kCategoryBytesMax, 0, "", "", "[Grocery, Fresh]",
     "One category by its path, widest first, with everything below it."},
    {"when", "store", kNames, false, 1, kNameBytesMax, 0, "", "", "\"557722\"",
     "Any of these stores."},
    {"when", "group", kNames, false, 1, kNameBytesMax, 0, "", "", "pilot",
     "Stores in any of these groups."},
    {"when", "region", kNames, false, 1, kNameBytesMax, 0, "", "", "north",
     "Stores in any of these regions."},

    {"tier", "over", kDuration, true, 0, kDurationMax, 0, "", "", "30m",
     "The lag above which the tier holds; the tiers ascend."},
    {"tier", "keep", kPercent, false, 0, 100, 0, "", "100%", "80%",
     "How much is kept, rounded down to whole steps."},
    {"tier", "subtract", kUnits, false, 0, kUnitsMax, 0, "", "0", "1",
     "Units of measure taken off what was kept."},

    {"presence", "after_nil_pick", kWord, false, 0, 0, 0, "", "", "until_evidence",
     "After a pick that found nothing, nothing is sold until a sale, a count or a receipt."},
    {"presence", "quiet_limit", kNumber, false, 0, kWeightMax, 0, "", "0", "4",
     "Nothing is sold once the silence is this many times the mean time between sales; 0 is off."},
    {"presence", "min_confidence", kNumber, false, 0, 1, 0, "", "", "0.8",
     "How sure it must be that what is offered is there.", false},
    {"presence", "margin", kNumber, false, 0, kUnitsMax, 0, "", "", "300",
     "What a sale earns; with `penalty`, a way to say how sure it must be.", false},
    {"presence", "penalty", kNumber, false, 0, kUnitsMax, 0, "", "", "900",
     "What an order that cannot be filled costs.", false},

    {"safety_stock", "subtract", kUnits, false, 0, kUnitsMax, 0, "", "", "1",
     "So many units of measure are kept back; 0 keeps back nothing."},
    {"safety_stock", "percent", kPercent, false, 0, 100, 6, "", "", "10%",
     "This part of what reaches the stage, rounded up to a thousandth; `10` and `10%` are the "
     "same."},
    {"safety_stock", "days_of_cover", kNumber, false, 0, 3650, 0, "", "", "1.5",
     "What is sold in so many days, at the rate that is measured for the item in the store."},

    {"allocation", "group", kName, true, 1, kNameBytesMax, 0, "", "", "everywhere",
     "The group that shares, one of `allocation_groups`."},
    {"allocation", "share", kWhole, true, 0, kWeightMax, 0, "", "", "60",
     "The channel's weight in the group: of 60 and 40 the first gets three fifths."},

    {"limits", "cutoff_below", kUnits, false, 0, kUnitsMax, 0, "", "0", "3",
     "With fewer units of measure than this, nothing is sold; from it on, everything."},
    {"limits", "cap", kUnits, false, 0, kUnitsMax, 0, "", "", "50",
     "Never more units of measure than this."},

    {"steady", "rise_after", kDuration, true, 0, kDurationMax, 0, "", "", "10m",
     "How long a rise must have lasted before it counts; `0s` switches the stage off."},
});

}  // namespace

std::span<const Option> AllOptions() { return kOptions; }

std::span<const Option> OptionsOf(std::string_view section) {
  const auto is_of = [&](const Option& option) { return option.section == section; };
  const auto first = std::find_if(kOptions.begin(), kOptions.end(), is_of);
  return {first, std::find_if_not(first, kOptions.end(), is_of)};
}

}  // namespace shelf
