#include "app/rules_queries.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "app/store_queries.h"

namespace shelf {
namespace {

constexpr size_t kHashDigitsMin = 4;

size_t PartitionsOf(const World& world) {
  return static_cast<size_t>(std::count_if(world.partitions.begin(), world.partitions.end(),
                                           [](const auto& p) { return p != nullptr; }));
}

size_t PartitionsGoingBy(std::string_view hash, const World& world) {
  return static_cast<size_t>(
      std::count_if(world.partitions.begin(), world.partitions.end(),
                    [&](const auto& p) { return p != nullptr && p->rules->set->hash() == hash; }));
}

Json RecordJson(const RulesRecord& record, const World& world) {
  // The same text may have been taken before: what is in force is its newest record.
  const bool newest_of_hash = world.history.Find(record.hash) == &record;
  return {{"number", record.number},
          {"rule_set", absl::BytesToHexString(record.hash)},
          {"taken_ms", KnownMs(record.taken.ms)},
          {"in_force_ms", KnownMs(record.in_force.ms)},
          {"source", record.source},
          {"by", record.by},
          {"in_force", newest_of_hash ? PartitionsGoingBy(record.hash, world) : 0},
          {"bytes", record.text.size()}};
}

Json PartitionJson(const Partition& partition) {
  return {{"partition", partition.id},
          {"rule_set", absl::BytesToHexString(partition.rules->set->hash())},
          {"since_ms", KnownMs(partition.rules_since.ms)},
          {"sweep_stores", partition.sweeps.stores()},
          {"live", partition.live()}};
}

Json MessagesJson(const std::vector<RulesMessage>& messages) {
  Json list = Json::array();
  for (const RulesMessage& message : messages) {
    list.push_back({{"line", message.line},
                    {"column", message.column},
                    {"warning", message.warning},
                    {"text", message.text}});
  }
  return list;
}

std::string ReplacedWords(const RulesOutcome& outcome, const RulesReload& reload) {
  const RulesOutcome* const later = reload.Find(outcome.replaced_by);
  const std::string whose =
      later == nullptr ? "" : absl::StrCat(", of ", later->by, " from ", later->source);
  return absl::StrCat("a later proposal", whose,
                      ", took its place before it was taken; nothing has changed by this one");
}

std::string WordsOf(const RulesOutcome& outcome, const RulesReload& reload) {
  switch (outcome.phase) {
    case RulesPhase::kNone:
      return "no rules were proposed since the start";
    case RulesPhase::kWaiting:
      return "waits until the daemon has caught up with the log";
    case RulesPhase::kCounting:
      return absl::StrCat("what it would set to zero is being counted: ", outcome.positions_seen,
                          " of ", outcome.positions, " positions");
    case RulesPhase::kSaving:
      return "waits until it is in the checkpoint";
    case RulesPhase::kTaken:
      return "taken: each partition goes by it from its next tick on";
    case RulesPhase::kUnchanged:
      return "nothing to change: these are the rules already";
    case RulesPhase::kRefused:
      return "refused: it cannot be used, so nothing has changed";
    case RulesPhase::kBraked:
      return BrakeWords(outcome, reload.zero_share_max());
    case RulesPhase::kReplaced:
      return ReplacedWords(outcome, reload);
  }
  return {};
}

bool IsInForceEverywhere(const World& world) {
  return PartitionsGoingBy(world.rules->set->hash(), world) == PartitionsOf(world);
}

// What the one who proposed waits for. Shared: a question may outlive who asked it.
struct Proposed {
  uint32_t number = 0;
  Json json;
};

// True when there is nothing more to wait for.
bool Look(Worker& worker, Proposed& proposed) {
  const World& world = worker.world();
  const RulesReload& reload = worker.rules_reload();
  const RulesOutcome* const outcome = reload.Find(proposed.number);
  if (outcome == nullptr) return true;  // many have come since: ours was done
  proposed.json = ProposalJson(*outcome, reload);
  proposed.json["partitions"] = PartitionsOf(world);
  proposed.json["in_force"] = PartitionsGoingBy(outcome->hash, world);
  if (outcome->phase == RulesPhase::kTaken) return IsInForceEverywhere(world);
  return !IsUnderWay(outcome->phase);
}

}  // namespace

Json ProposalJson(const RulesOutcome& outcome, const RulesReload& reload) {
  Json zeroed = Json::array();
  for (const RulesOutcome::Zeroed& channel : outcome.zeroed) {
    zeroed.push_back({{"channel", channel.channel},
                      {"sellable", channel.sellable},
                      {"to_zero", channel.to_zero}});
  }
  return {{"proposal", outcome.proposal},
          {"phase", RulesPhaseName(outcome.phase)},
          {"source", outcome.source},
          {"by", outcome.by},
          {"rule_set", outcome.hash.empty() ? Json() : Json(absl::BytesToHexString(outcome.hash))},
          {"messages", MessagesJson(outcome.messages)},
          {"positions_seen", outcome.positions_seen},
          {"positions", outcome.positions},
          {"zeroed", std::move(zeroed)},
          {"words", WordsOf(outcome, reload)}};
}

Json RulesHistoryJson(const World& world) {
  Json list = Json::array();
  const auto& records = world.history.records();
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    list.push_back(RecordJson(*record, world));
  }
  return list;
}

Json ShowRules(Worker& worker) {
  const World& world = worker.world();
  const RulesRecord* const newest = world.history.Find(world.rules->set->hash());
  Json partitions = Json::array();
  for (const auto& partition : world.partitions) {
    if (partition != nullptr) partitions.push_back(PartitionJson(*partition));
  }
  const RulesReload& reload = worker.rules_reload();
  Json ended = Json::array();
  for (auto outcome = reload.ended().rbegin(); outcome != reload.ended().rend(); ++outcome) {
    ended.push_back(ProposalJson(*outcome, reload));
  }
  return {{"newest", newest != nullptr ? RecordJson(*newest, world) : Json()},
          {"partitions", std::move(partitions)},
          {"proposal", ProposalJson(reload.outcome(), reload)},
          {"ended", std::move(ended)},
          {"zero_share_max", reload.zero_share_max()}};
}

absl::StatusOr<Json> RulesText(const World& world, std::string_view hash) {
  const auto& records = world.history.records();
  const RulesRecord* found = nullptr;
  if (hash == "newest") {
    found = world.history.Find(world.rules->set->hash());
  } else if (hash.size() < kHashDigitsMin) {
    return absl::InvalidArgumentError(
        absl::StrCat("a rule set is named by at least ", kHashDigitsMin, " digits of its hash"));
  }
  for (auto record = records.rbegin(); hash != "newest" && record != records.rend(); ++record) {
    if (!absl::BytesToHexString(record->hash).starts_with(hash)) continue;
    if (found != nullptr && found->hash != record->hash) {
      return absl::InvalidArgumentError("more than one rule set begins so: give more digits");
    }
    if (found == nullptr) found = &*record;
  }
  if (found == nullptr) {
    return absl::NotFoundError("no such rule set is known; see `shelfctl rules history`");
  }
  Json json = RecordJson(*found, world);
  json["text"] = found->text;
  return json;
}

absl::StatusOr<Json> ProposeRules(RulesProposal proposal, int64_t wait_ms, const AskWorker& ask) {
  const auto proposed = std::make_shared<Proposed>();
  const auto given = std::make_shared<RulesProposal>(std::move(proposal));
  const absl::Status status = ask([proposed, given](Worker& worker) {
    const absl::StatusOr<uint32_t> number = worker.ProposeRules(std::move(*given));
    if (!number.ok()) return number.status();
    proposed->number = *number;
    Look(worker, *proposed);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  // It is on its way even when nobody answers.
  return LookUntil(*proposed, wait_ms, ask, Look).json;
}

}  // namespace shelf
