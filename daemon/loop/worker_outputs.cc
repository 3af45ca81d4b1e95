// What a worker does about records in its outputs that are not its own, or that it does not know to
// be: their keys are said again.
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/murmur2.h"
#include "loop/lag.h"
#include "loop/worker.h"

namespace shelf {

std::vector<OutputSpan> Worker::SawOutputEnds(const std::map<OutputPartition, int64_t>& ends) {
  why_ = CauseKind::kForeign;
  OutputOffsets& offsets = publisher_->offsets();
  for (const auto& [output, end] : ends) {
    if (!offsets.SawEnd(output, end)) continue;
    ++counters_.outputs_cut;
    Partition* const partition = world_.FindPartition(output.second);
    if (partition != nullptr) SayAllAgain(*partition);
    changed_since_checkpoint_ = true;
  }
  return offsets.Unread();
}

void Worker::TakeForeign(const ForeignRecords& found) {
  const OutputPartition& output = found.span.output;
  if (found.incarnation_max > incarnation()) {
    failure_ = Superseded(incarnation(), found.incarnation_max,
                          absl::StrCat("topic ", options_.availability_topics.at(output.first)));
    return;
  }
  // A store's output goes to the partition of its input.
  Partition* const partition = world_.FindPartition(output.second);
  if (partition == nullptr) return;
  counters_.foreign_keys += found.keys.size();
  why_ = CauseKind::kForeign;
  if (found.all_keys) SayAllAgain(*partition);
  partition->say_again.insert(partition->say_again.end(), found.keys.begin(), found.keys.end());
  RetireStrays();
  if (partition->live()) {
    SayAgain(*partition);
    // A key of no known position is a new one, which nothing has been decided about.
    for (const PositionId id : touched_) {
      Store& store = world_.StoreOf(id);
      if (store.lag_band < 0) UpdateLag(store, *partition);
      evaluator_.Evaluate(id, CauseOf(*partition));
    }
  }
  publisher_->offsets().Read(found.span);
  changed_since_checkpoint_ = true;
}

// By channel that has no place in the table: how many keys wait.
std::map<std::string, size_t> Worker::StrayKeys() const {
  std::map<std::string, size_t> keys;
  for (const auto& partition : world_.partitions) {
    if (partition == nullptr) continue;
    const std::string* known = nullptr;  // most stand channel by channel
    for (const KeyNames& names : partition->say_again) {
      if (known != nullptr && *known == names.channel) continue;
      if (world_.ChannelNamed(names.channel).valid()) {
        known = &names.channel;
      } else if (PartitionOf(names.store, world_.options.partitions_total) == partition->id) {
        ++keys[names.channel];
      }
    }
  }
  return keys;
}

// An unused number left standing would be sold by: their channels are taken for removed ones.
void Worker::RetireStrays() {
  std::vector<std::string> retired;
  strays_.beyond.clear();
  strays_.keys_beyond = 0;
  for (const auto& [channel, keys] : StrayKeys()) {
    if (world_.channel_names.size() + retired.size() < static_cast<size_t>(kChannelsMax)) {
      retired.push_back(channel);
    } else {
      strays_.beyond.push_back(channel);
      strays_.keys_beyond += keys;
    }
  }
  if (retired.empty()) return;
  strays_.retired.insert(strays_.retired.end(), retired.begin(), retired.end());
  world_.AddRetired(retired);
  AddRoutes();
  for (const auto& partition : world_.partitions) {
    if (partition == nullptr) continue;
    AlignRules(*partition);
    partition->beacon_due = PartitionTime{};
  }
}

// touched_ are the positions of the keys. Those of channels without a place go on waiting.
void Worker::SayAgain(Partition& partition) {
  AlignRules(partition);
  touched_.clear();
  std::vector<KeyNames> beyond;
  for (KeyNames& names : partition.say_again) {
    if (PartitionOf(names.store, world_.options.partitions_total) != partition.id) continue;
    const ChannelId channel = world_.ChannelNamed(names.channel);
    if (channel.valid()) {
      SayKeyAgain(names, channel, partition);
    } else {
      beyond.push_back(std::move(names));
    }
  }
  DropRepeated(beyond);
  partition.say_again = std::move(beyond);
}

void Worker::SayKeyAgain(const KeyNames& names, ChannelId channel, Partition& partition) {
  Store& store = world_.FindOrAddStore(names.store, partition);
  ApplyContext context{.positions = world_.positions,
                       .skus = world_.sku_names,
                       .now = partition.now,
                       .touched = touched_};
  const PositionId id = FindOrAddPosition(names.sku, store.state, context);
  const Slot slot = world_.positions.SlotOf(id, channel);
  if (!slot.Has(SlotFlags::kPublished)) {
    slot.Set(SlotFlags::kPublished | SlotFlags::kUndecided);
  }
  outbox_.Requeue({id, channel, CauseOf(partition)});
  world_.positions.MarkDirty(id);
  touched_.push_back(id);
}

// Every key of the partition that was ever published: at once, or when it goes live.
void Worker::SayAllAgain(Partition& partition) {
  for (const StoreId id : partition.stores) {
    world_.StoreOf(id).state.index.ForEach(
        [&](PositionId position) { SayAgainOrLater(position, partition); });
  }
}

}  // namespace shelf
