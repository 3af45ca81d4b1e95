#include "app/explain.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "app/order_queries.h"
#include "app/position_json.h"
#include "app/stage_settings.h"
#include "loop/outlook.h"
#include "loop/stops.h"
#include "loop/worker.h"

namespace shelf {
namespace {

Json DueMs(PartitionTime due) { return due != kNever ? Json(due.ms) : Json(); }

Json IneligibleJson(Ineligible why) {
  return why == Ineligible::kNo ? Json() : Json(IneligibleName(why));
}

Json RuleJson(uint16_t rule, const ChannelRules& channel) {
  if (rule == StageOutcome::kNoRule) return {};
  return {{"id", channel.rules[rule].id}, {"line", channel.rules[rule].line}};
}

Json StagesJson(const Decision& decision, const ChannelRules& channel, const Json& settings) {
  Json stages = Json::array();
  int64_t quantity = decision.base_milli;
  for (size_t s = 0; s < decision.stages.size(); ++s) {
    const StageOutcome& outcome = decision.stages[s];
    const std::string_view name = StageName(static_cast<Stage>(s));
    Json stage{{"stage", name}, {"in_milli", quantity}};
    quantity -= outcome.withheld_milli;
    stage["out_milli"] = quantity;
    stage["withheld_milli"] = outcome.withheld_milli;
    stage["rule"] = RuleJson(outcome.rule, channel);
    stage["setting"] = settings.value(std::string(name), Json());
    stages.push_back(std::move(stage));
  }
  return stages;
}

// The evidence that the stages see beside the quantity.
Json FactsJson(const Facts& facts) {
  return {{"now_ms", facts.now.ms},
          {"on_hand_milli", facts.on_hand_milli},
          {"reserved_milli", facts.reserved_milli},
          {"lag_ms", facts.lag_ms < kLagUnknownMs ? Json(facts.lag_ms) : Json()},
          {"nil_pick", facts.nil_pick},
          {"silence_ms", facts.mean_gap_ms > 0 ? Json(facts.silence_ms) : Json()},
          {"mean_gap_ms", facts.mean_gap_ms > 0 ? Json(facts.mean_gap_ms) : Json()}};
}

Json OrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json StopsJson(const World& world, PositionId id, ChannelId channel) {
  Json stops = Json::array();
  for (const StopInfo* const stop : StopsFor(world, id, channel)) {
    stops.push_back({{"id", stop->id},
                     {"by", OrNull(stop->by)},
                     {"reason", OrNull(stop->reason)},
                     {"expires_ms", stop->expires_at_ms > 0 ? Json(stop->expires_at_ms) : Json()},
                     {"sku", OrNull(stop->sku)},
                     {"store", OrNull(stop->store)},
                     {"channel", OrNull(stop->channel)}});
  }
  return stops;
}

// The first stage in which two decisions part; the base when they begin with different ones.
Json WherePart(const Decision& now, const Decision& then) {
  if (now.base_milli != then.base_milli) return "base";
  for (size_t s = 0; s < now.stages.size(); ++s) {
    if (now.stages[s].withheld_milli != then.stages[s].withheld_milli) {
      return StageName(static_cast<Stage>(s));
    }
  }
  return "status";
}

// The rule that the stage goes by: then, or where it takes nothing off any more, now.
Json RuleOfChange(const Decision& now, const Decision& then, const ChannelRules& channel) {
  for (size_t s = 0; s < now.stages.size(); ++s) {
    if (now.base_milli != then.base_milli) break;
    if (now.stages[s].withheld_milli == then.stages[s].withheld_milli) continue;
    const bool still = then.stages[s].rule != StageOutcome::kNoRule;
    return RuleJson(still ? then.stages[s].rule : now.stages[s].rule, channel);
  }
  return {};
}

Json ChangesJson(const Outlook& outlook, const Decision& now, const ChannelRules& channel) {
  if (!outlook.change.has_value()) {
    if (outlook.looked_until == kNever) return {};
    return {{"undecided_from_ms", outlook.looked_until.ms}};
  }
  const Decision& then = outlook.change->decision;
  return {{"at_ms", outlook.change->at.ms},    {"sellable", then.sellable},
          {"status", StatusName(then.status)}, {"ineligible", IneligibleJson(then.ineligible)},
          {"stage", WherePart(now, then)},     {"rule", RuleOfChange(now, then, channel)}};
}

bool Agrees(const Decision& decision, const Slot& last) {
  // Before its first record a key that may not be sold is not spoken of.
  if (!last.Has(SlotFlags::kPublished)) return decision.ineligible != Ineligible::kNo;
  return last.sellable == decision.sellable &&
         (last.flags & SlotFlags::kStatusMask) == static_cast<uint8_t>(decision.status);
}

// The rise that waits behind what was decided.
Json HeldRiseJson(const World& world, PositionId id, ChannelId channel, const ChannelPlan& plan) {
  if (!world.positions[id].Has(Position::kRiseHeld)) return {};
  const Store& store = world.stores[world.positions[id].store.value];
  const std::optional<SteadyHold> hold = store.state.steady_holds.Find(id, channel);
  if (!hold.has_value()) return {};
  const int64_t rise_after_ms = plan.steady != nullptr ? plan.steady->rise_after_ms : 0;
  return {{"level", hold->level},
          {"since_ms", hold->since.ms},
          {"until_ms", hold->since.ms + rise_after_ms}};
}

struct Found {
  PositionId position;
  ChannelId channel;
};

absl::StatusOr<Found> Find(World& world, const KeyNames& key) {
  const ChannelId channel = world.ChannelNamed(key.channel);
  if (!channel.valid()) {
    return absl::NotFoundError(absl::StrCat("no channel ", key.channel, " in the rules"));
  }
  const absl::StatusOr<PositionId> position = FindPosition(world, key.store, key.sku);
  if (!position.ok()) return position.status();
  // Rules that have it are taken, and the tick that brings them is not back yet.
  if (channel.value >= world.RulesOf(*position).set->channels().size()) {
    return absl::NotFoundError(absl::StrCat("no channel ", key.channel,
                                            " in the rules in force yet; they are on their way"));
  }
  return Found{*position, channel};
}

// `rules` is the set in force for the position.
void AddDecision(World& world, Evaluator& evaluator, const Found& key, RuleSet& rules, Json& json) {
  const ChannelRules& channel = rules.channels()[key.channel.value];
  Facts facts = FactsOf(world, key.position);
  const Decision decision = evaluator.DecideWith(key.position, facts)[key.channel.value];
  facts.reserved_milli = ReservedMilli(world, key.position, channel);
  const auto plans = rules.Plan(facts.store_class, facts.item_class);
  const Json settings = StageSettings(plans[key.channel.value], channel, facts, rules);
  json["facts"] = FactsJson(facts);
  json["base_milli"] = decision.base_milli;
  json["stages"] = StagesJson(decision, channel, settings);
  json["sellable"] = decision.sellable;
  json["status"] = StatusName(decision.status);
  json["ineligible"] = IneligibleJson(decision.ineligible);
  json["until_ms"] = DueMs(std::min(
      {decision.until, world.StoreOf(key.position).lag_due, ReservedUntil(world, key.position)}));
  json["changes"] = ChangesJson(OutlookOf(world, key.position, key.channel), decision, channel);
  json["held_rise"] = HeldRiseJson(world, key.position, key.channel, plans[key.channel.value]);
  json["last"] = LastDecided(world, key.position, key.channel);
  json["agrees"] = Agrees(decision, world.positions.SlotOf(key.position, key.channel));
}

// `partition` goes by the set of that hash.
Json RulesJson(const World& world, const Partition& partition, std::string_view hash) {
  const RulesRecord* const record = world.history.Find(hash);
  const bool known = record != nullptr;
  return {{"file", known ? OrNull(record->source) : Json()},
          {"by", known ? OrNull(record->by) : Json()},
          {"since_ms", partition.rules_since.ms != 0 ? Json(partition.rules_since.ms) : Json()}};
}

Json ExplainFound(World& world, Evaluator& evaluator, const KeyNames& key, const Found& found) {
  RuleSet& rules = *world.RulesOf(found.position).set;
  Json json;
  json["channel"] = key.channel;
  json["position"] = PositionJson(world, found.position);
  json["position"]["evidence"] = EvidenceJson(world, found.position);
  json["stops"] = StopsJson(world, found.position, found.channel);
  AddDecision(world, evaluator, found, rules, json);
  json["rule_set"] = absl::BytesToHexString(rules.hash());
  json["rules"] = RulesJson(world, world.PartitionOf(world.StoreOf(found.position)), rules.hash());
  return json;
}

Json WaitsJson(const Slot& slot, bool rise_held) {
  if (rise_held) return "rise_held";
  if (slot.Has(SlotFlags::kInFlight)) return "in_flight";
  return slot.Has(SlotFlags::kQueued) ? Json("outbox") : Json();
}

}  // namespace

absl::StatusOr<Json> ExplainKey(World& world, Evaluator& evaluator, const KeyNames& key) {
  const absl::StatusOr<Found> found = Find(world, key);
  if (!found.ok()) return found.status();
  return ExplainFound(world, evaluator, key, *found);
}

absl::StatusOr<Explanation> ExplainKey(Worker& worker, const KeyNames& key) {
  World& world = worker.world();
  const absl::StatusOr<Found> found = Find(world, key);
  if (!found.ok()) return found.status();
  const Slot slot = world.positions.SlotOf(found->position, found->channel);
  const OutboxKey outbox_key{.position = found->position, .channel = found->channel};
  const Position& position = world.positions[found->position];
  Explanation explanation;
  explanation.json = ExplainFound(world, worker.evaluator(), key, *found);
  explanation.json["last"]["waits"] = WaitsJson(slot, worker.outbox().IsHeldRise(outbox_key));
  explanation.key = key;
  explanation.store = position.store;
  explanation.sku = position.sku;
  explanation.partition = world.StoreOf(position.store).partition;
  explanation.ever_published = slot.Has(SlotFlags::kPublished);
  explanation.published = worker.publisher().journal().Find(outbox_key);
  return explanation;
}

Json Complete(Explanation explanation, CheckpointStore* store, const ReadRecord& read) {
  Json& published = explanation.json["published"];
  if (!explanation.ever_published) return std::move(explanation.json);
  Published known = explanation.published;
  if (store != nullptr) {
    const absl::StatusOr<Published> on_disk =
        ReadPublished(*store, explanation.store, explanation.sku, explanation.key.channel);
    if (on_disk.ok()) known = Journal::Newer(*on_disk, known);
  }
  published = PublicationJson(known, explanation.partition, explanation.key.sku, read);
  return std::move(explanation.json);
}

}  // namespace shelf
