// The rules of a running daemon, as JSON, in the terms of queries.h: what is in force where and
// since when, what was before, and another set to be taken.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "app/ask_worker.h"
#include "app/queries.h"
#include "loop/rules_reload.h"

namespace shelf {

// {"newest": the set that ticks carry, as an entry of RulesHistoryJson, "partitions":
// [{"partition", "rule_set", "since_ms", "sweep_stores": that wait to be evaluated whole, "live"}],
// "proposal": the one under way or that ended last, as of ProposalJson, "ended": the newest that
// have ended, the last one first, likewise, "zero_share_max": 0 … 1, see ZeroesTooMuch}. THREAD:
// the worker's, as of all but ProposeRules.
Json ShowRules(Worker& worker);

// [{"number", "rule_set", "taken_ms", "in_force_ms", "source", "by", "in_force": in how many
// partitions, "bytes"}], the newest first.
Json RulesHistoryJson(const World& world);

// The same of one, with its "text". `hash` in hexadecimal, or its beginning when that is of one
// alone, 4 digits at least; "newest". NotFound; InvalidArgument.
absl::StatusOr<Json> RulesText(const World& world, std::string_view hash);

// {"proposal": number, "phase": see RulesPhaseName, "source", "by", "rule_set", "messages":
// [{"line", "column", "warning", "text"}], "positions_seen", "positions", "zeroed": [{"channel",
// "sellable", "to_zero"}], "words": what happened and what to do}.
Json ProposalJson(const RulesOutcome& outcome, const RulesReload& reload);

// Proposes and waits at most `wait_ms` until it is in force in every partition. As ProposalJson,
// with "partitions" and "in_force": in how many of them. Unavailable: another set is being saved.
// THREAD: any but the worker's.
absl::StatusOr<Json> ProposeRules(RulesProposal proposal, int64_t wait_ms, const AskWorker& ask);

}  // namespace shelf
