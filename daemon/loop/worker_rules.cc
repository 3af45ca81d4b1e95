// How a worker's rule sets change: at its start, by a proposal, and in a partition by a tick.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/failpoint.h"
#include "loop/lag.h"
#include "loop/worker.h"

namespace shelf {

// The history may not know the set that we begin with: nothing was ever written, or by a version
// that kept no rules, or the one that was in force cannot be used any more.
void Worker::NoteRulesAtStart() {
  AddRoutes();
  RulesHistory& history = world_.history;
  const RuleSet& set = *world_.rules->set;
  if (!history.records().empty() && history.records().back().hash == set.hash()) return;
  history.Add({.number = 0,
               .hash = set.hash(),
               .text = set.text(),
               .source = options_.rules_source,
               .by = "start",
               .taken = PartitionTime{},
               .in_force = PartitionTime{}});
  history.set_taken_from_file(set.hash());
}

absl::StatusOr<uint32_t> Worker::ProposeRules(RulesProposal proposal) {
  changed_since_checkpoint_ = true;
  return rules_reload_.Propose(std::move(proposal));
}

void Worker::StepRules() {
  if (!rules_reload_.under_way()) return;
  const std::shared_ptr<RulesInForce> taken = rules_reload_.Step(caught_up());
  changed_since_checkpoint_ = true;
  if (taken != nullptr) world_.AdoptRules(taken);
  AddRoutes();
  if (taken == nullptr) return;
  SHELF_FAILPOINT("rules-saved");
  outbox_.SetMinIntervals(MinIntervals(*taken->set));
}

void Worker::KnowRules(std::unique_ptr<RuleSet> rules) {
  SHELF_CHECK(state_ != WorkerState::kNew, "what the checkpoint knows comes first");
  world_.KnowRules(std::make_shared<RulesInForce>(std::move(rules)));
  AddRoutes();
}

// Channels that a set has added.
void Worker::AddRoutes() {
  for (size_t c = outputs_.size(); c < world_.channel_names.size(); ++c) {
    const OutputRoute route =
        options_.route_of ? options_.route_of(world_.channel_names[c]) : OutputRoute{};
    outputs_.push_back(route);
    world_.channel_topics.push_back(options_.availability_topics.at(route.topic));
    world_.channel_json.push_back(route.json);
    if (publisher_ != nullptr) publisher_->AddRoute(route);
  }
}

// Before anything is said of a channel that the partition's rules may lack. No number changes by
// it.
void Worker::AlignRules(Partition& partition) {
  if (!world_.Align(partition) || !partition.live()) return;
  for (const StoreId id : partition.stores) UpdateLag(world_.StoreOf(id), partition);
}

// The tick being handled says which rules hold from here on, if we know them. A tick that stood in
// the log before our start may name others than ours do: they held then.
// Our own is taken whatever numbers stand in the log: the starts' topic may have been made anew.
void Worker::TakeTickRules(Partition& partition, bool is_ours) {
  if (event_.tick_rule_set.empty()) return;
  if (!is_ours && event_.epoch < partition.rules_epoch) return;
  partition.rules_epoch = event_.epoch;
  // What it goes by already need not have the newest channels.
  const bool stays = partition.rules->set->hash() == event_.tick_rule_set;
  const std::shared_ptr<RulesInForce> named =
      stays ? partition.rules : world_.FindRules(event_.tick_rule_set);
  AddRoutes();
  if (named == nullptr) return;
  world_.history.NoteInForce(event_.tick_rule_set, partition.now);
  if (partition.rules_since.ms == 0) partition.rules_since = partition.now;
  if (named == partition.rules) return;
  world_.SwitchRules(partition, named);
  partition.rules_since = partition.now;
  partition.beacon_due = PartitionTime{};
  if (partition.live()) SweepForRules(partition);
}

void Worker::SweepForRules(Partition& partition) {
  why_ = CauseKind::kRules;
  for (const StoreId id : partition.stores) {
    UpdateLag(world_.StoreOf(id), partition);
    partition.sweeps.Add(id, CauseOf(partition));
  }
  why_ = CauseKind::kTime;
}

bool Worker::sweeping() const {
  return std::any_of(world_.partitions.begin(), world_.partitions.end(), [](const auto& p) {
    return p != nullptr &&
           !(p->sweeps.empty() && p->wheel.due() == 0 && p->wheel.late_rises() == 0);
  });
}

bool Worker::RulesAreSettled() const {
  const RulesHistory& history = world_.history;
  if (history.records().back().hash != world_.rules->set->hash()) return false;
  return std::all_of(world_.partitions.begin(), world_.partitions.end(), [this](const auto& p) {
    return p == nullptr || (p->live() && p->rules->set->hash() == world_.rules->set->hash() &&
                            p->sweeps.empty() && beacon_->StatesAreEnded(*p));
  });
}

}  // namespace shelf
