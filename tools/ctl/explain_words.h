// What the parts of an explanation read as.
#pragma once

#include <string>

#include "ctl/table.h"

namespace shelf::ctl {

// Why a channel may not sell at all: "the item is blocked on this channel".
std::string WhyIneligible(const std::string& ineligible);

// What a stage's rule asks for, "keeps back 1 piece and 10 %". `lag_ms` and `unit_of_measure` are
// the position's. Empty: the stage's built-in part.
std::string StageWords(const Json& stage, const Json& lag_ms, const Json& unit_of_measure);

// "rule everywhere, line 6 of rules.yaml", of a path its last part; without a file "rule
// everywhere, line 6"; empty: no rule.
std::string RuleWords(const Json& rule, const Json& file);

// What made a number: "sale 4711 of pos, 2026-11-02 10:31:00Z".
std::string CauseWords(const Json& cause);

}  // namespace shelf::ctl
