#include "loop/list_decision.h"

#include "absl/strings/str_cat.h"
#include "loop/tag.h"
#include "position/sweep.h"
#include "shelf/v1/stock_event.pb.h"

namespace shelf {
namespace {

std::string Encoded(const HoldDecision& decision, const std::string& snapshot_id) {
  v1::StockEvent event;
  event.set_store(decision.store);
  event.set_source("shelfd");
  v1::ListDecision& said = *event.mutable_list_decision();
  said.set_snapshot_id(snapshot_id);
  said.set_action(decision.action == ListAction::kRelease ? v1::ListDecision::ACTION_RELEASE
                                                          : v1::ListDecision::ACTION_DROP);
  said.set_by(decision.by);
  return event.SerializeAsString();
}

}  // namespace

absl::Status AppendListDecision(const HoldDecision& decision, World& world, Sink& sink) {
  const Store* const store = world.FindStore(decision.store);
  if (store == nullptr || !store->state.list.held) {
    return absl::NotFoundError(absl::StrCat("store ", decision.store, " holds no list"));
  }
  const ListState& list = store->state.list;
  if (!decision.snapshot_id.empty() && decision.snapshot_id != list.id) {
    return absl::NotFoundError(absl::StrCat("store ", decision.store, " holds list '", list.id,
                                            "', not '", decision.snapshot_id, "'"));
  }
  if (decision.action == ListAction::kRelease && IsTooOldToRelease(store->state)) {
    return absl::InvalidArgumentError(
        absl::StrCat("list '", list.id, "' of store ", decision.store,
                     " is older than the movements that are kept, so that its sweep would undo "
                     "some; drop it, and a new one is asked for"));
  }
  const bool taken = sink.TrySend({.topic = Topic::kStockEvents,
                                   .partition = store->partition,
                                   .key = decision.store,
                                   .value = Encoded(decision, list.id),
                                   .headers = {},
                                   .tag = Tag{}.Pack()});
  if (!taken) return absl::UnavailableError("the broker takes nothing now; try again");
  return absl::OkStatus();
}

}  // namespace shelf
