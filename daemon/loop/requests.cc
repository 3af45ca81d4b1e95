#include <algorithm>

#include "loop/messages.h"

namespace shelf {
namespace {

constexpr int64_t kFirstPauseMs = 5'000;
constexpr int kDoublingsMax = 7;  // the longest pause is a little over ten minutes

PartitionTime NextAsk(PartitionTime now, int32_t attempts) {
  return PartitionTime{now.ms + (kFirstPauseMs << std::min<int32_t>(attempts, kDoublingsMax))};
}

}  // namespace

v1::ResyncRequest Requests::Blank(const Store& store, const SourceState& source,
                                  std::string_view reason) {
  v1::ResyncRequest request;
  request.set_store(std::string(world_.store_names.Text(store.state.id)));
  request.set_source(source.name);
  request.set_epoch(source.sequence.epoch());
  request.set_requested_at_ms(world_.PartitionOf(store).now.ms);
  request.set_reason(std::string(reason));
  request.set_request_id(versions_.Next());
  return request;
}

void Requests::Send(const v1::ResyncRequest& request) {
  // Not taken or lost: it is asked for again after the pause.
  (void)sink_.TrySend({.topic = Topic::kRequests,
                       .partition = -1,
                       .key = request.store(),
                       .value = request.SerializeAsString(),
                       .headers = {},
                       .tag = Tag{}.Pack()});
}

void Requests::Ask(Store& store, int source_index, RequestKind kind, std::string_view reason) {
  const SourceState& source = store.state.sources[static_cast<size_t>(source_index)];
  RequestState& state = store.requests[static_cast<size_t>(source_index)];
  state.next = NextAsk(world_.PartitionOf(store).now, state.attempts++);
  v1::ResyncRequest request = Blank(store, source, reason);
  if (kind == RequestKind::kList) {
    if (source.role != SourceRole::kBook) return;  // an early source heals when the book passes it
    request.set_kind(v1::ResyncRequest::KIND_SNAPSHOT);
  } else {
    request.set_kind(v1::ResyncRequest::KIND_RESEND);
    request.set_from_sequence(source.sequence.gap_first());
    request.set_to_sequence(source.sequence.gap_last());
  }
  Send(request);
}

void Requests::AskWhenDue(Store& store, int source, RequestKind kind, std::string_view reason) {
  const RequestState& state = store.requests[static_cast<size_t>(source)];
  if (world_.PartitionOf(store).now >= state.next) Ask(store, source, kind, reason);
}

void Requests::AnswerOldEpoch(const Store& store, const SourceState& source) {
  v1::ResyncRequest request = Blank(store, source, "epoch is below the one in force");
  request.set_kind(v1::ResyncRequest::KIND_SNAPSHOT);
  request.set_min_epoch(source.sequence.epoch());
  Send(request);
}

void Requests::AskForCount(const Store& store, const SourceState& source,
                           const std::vector<std::string>& skus) {
  v1::ResyncRequest request = Blank(store, source, "counted before the history that is kept");
  request.set_kind(v1::ResyncRequest::KIND_COUNT);
  for (const std::string& sku : skus) request.add_count_skus(sku);
  Send(request);
}

void Requests::Run(Partition& partition) {
  for (const StoreId id : partition.stores) {
    Store& store = world_.StoreOf(id);
    for (size_t s = 0; s < store.state.sources.size(); ++s) {
      const SourceState& source = store.state.sources[s];
      if (!source.frozen()) {
        store.requests[s] = RequestState{};
        continue;
      }
      const bool list = source.awaiting_resync || !source.sequence.has_gap();
      AskWhenDue(store, static_cast<int>(s), list ? RequestKind::kList : RequestKind::kResend,
                 "still missing");
    }
  }
}

}  // namespace shelf
