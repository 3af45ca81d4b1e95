// What `rules diff` found, as JSON: what programs get, and what the tables for people are made of.
#pragma once

#include <string>

#include "app/open_world.h"
#include "ctl/table.h"
#include "loop/rules_diff.h"
#include "rules/rule_set.h"

namespace shelf::ctl {

// The brake as the daemon has it.
struct Brake {
  double share_max = 0.3;
  bool as_configured = false;  // the daemon said so; else its default
};

// {"as_of_ms": {"oldest", "newest"}, "rule_sets": {"before": [{"hash", "source", "by",
// "in_force_ms"}], "after": hash}, "positions", "evaluations", "total": SUM, "channels":
// [{"channel", SUM}], "categories": [{"path", SUM, "channels": […]}], "stores": [{"store", "name",
// SUM, "channels": […]}], "largest": [CHANGE], "brake": {"sellable", "to_zero", "share_max",
// "as_configured", "stops", "channels": those that alone would stop it [{"channel", "sellable",
// "to_zero"}]}, "unused_rules": those of the proposed set that no position goes by [{"channel",
// "id", "line"}]}. SUM: "keys", "sellable_before", "sellable_after", "changed", "status_only",
// "to_zero", "to_sellable", "offered_milli", "won_milli", "withheld_milli". CHANGE: "channel",
// "store", "sku", "name", "unit", "before_milli", "after_milli", "status_before", "status_after",
// "reason", "rule_before", "rule_after" ({"id", "line"} or null), "ineligible" (the reason on the
// side that offers nothing, or null). Of categories and stores those with a change, the most units
// moved first. A sum that no int64 holds is null.
Json RulesDiffJson(const shelf::RulesDiff& diff, const RuleSet& proposed, OpenedWorld& opened,
                   const Brake& brake);

// The line of a change in the CSV file and its heading.
inline constexpr char kChangesHeading[] =
    "channel,store,sku,before,after,unit,stage,rule_before,rule_after\n";
std::string ChangesLine(const RulesChange& change, const RuleSet& proposed, World& world);

}  // namespace shelf::ctl
