// What a worker does about records in its outputs that are not its own.
#include "absl/strings/str_cat.h"
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

// Every key of the partition that was ever published: at once, or when it goes live.
void Worker::SayAllAgain(Partition& partition) {
  for (const StoreId id : partition.stores) {
    world_.StoreOf(id).state.index.ForEach(
        [&](PositionId position) { SayAgainOrLater(position, partition); });
  }
}

}  // namespace shelf
