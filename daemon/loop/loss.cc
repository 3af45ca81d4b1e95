#include "loop/loss.h"

#include <string>
#include <vector>

#include "position/apply_body.h"

namespace shelf {
namespace {

constexpr char kBookByName[] = "erp";

void ForgetList(World& world, Store& store) {
  if (!store.state.list.active) return;
  std::vector<PositionId> touched;
  ApplyContext context{.positions = world.positions,
                       .skus = world.sku_names,
                       .now = world.PartitionOf(store).now,
                       .touched = touched};
  DropList(store.state, context);
}

bool HasBook(const StoreState& store) {
  for (const SourceState& source : store.sources) {
    if (source.role == SourceRole::kBook) return true;
  }
  return false;
}

}  // namespace

void AwaitList(World& world, Store& store) {
  // Somebody has to be asked, even where nobody was ever heard.
  if (!HasBook(store.state)) world.FindOrAddSource(kBookByName, store);
  for (SourceState& source : store.state.sources) {
    if (source.role == SourceRole::kBook) source.awaiting_resync = true;
    // It was thought the book before the store's record was in force.
    if (source.role == SourceRole::kEvidence) source.awaiting_resync = false;
    // What of it is gone cannot be told: its order begins where it is heard.
    if (source.sequence.epoch() == 0) source.sequence.BeginWhereHeard();
  }
  ForgetList(world, store);
  store.state.state_lost = true;
  store.state.lost_until.ms = world.PartitionOf(store).lost_until.ms;
  store.state.listed_through = EventTime{};
  world.MarkDirty(store);
}

void NoteTimeAfterLoss(World& world, Partition& partition) {
  if (!partition.lost_in.has_value() || partition.lost_until.ms != 0) return;
  partition.lost_until = partition.now;
  for (const StoreId id : partition.stores) {
    Store& store = world.StoreOf(id);
    store.state.lost_until.ms = partition.lost_until.ms;
    store.state.EndLossWhenPassed();
    world.MarkDirty(store);
  }
}

void AcceptLoss(World& world, Partition& partition, uint64_t incarnation) {
  partition.lost_in = incarnation;
  partition.lost_until = PartitionTime{};
  for (const StoreId id : partition.stores) AwaitList(world, world.StoreOf(id));
}

}  // namespace shelf
