#include <algorithm>
#include <iterator>
#include <utility>

#include "loop/messages.h"

namespace shelf {
namespace {

constexpr int64_t kFirstPauseMs = 5'000;
constexpr int kDoublingsMax = 7;  // the longest pause is a little over ten minutes
constexpr int64_t kEpochAnswerPauseMs = 60'000;
// Who was sent to count needs the time for it.
constexpr int64_t kCountPauseMs = 60 * 60 * 1000;

PartitionTime NextAsk(PartitionTime now, int32_t attempts) {
  return PartitionTime{now.ms + (kFirstPauseMs << std::min<int32_t>(attempts, kDoublingsMax))};
}

bool IsPartOfList(Body body) {
  return body == Body::kSnapshotBegin || body == Body::kSnapshotChunk || body == Body::kSnapshotEnd;
}

bool NeedsList(const SourceState& source) {
  if (source.role != SourceRole::kBook) return false;
  const bool gaps_full = source.sequence.ranges().size() == SequenceTracker::kRangesMax;
  return source.awaiting_resync || source.list_wanted || gaps_full;
}

std::string_view WhyCount(CountWanted::Why why) {
  return why == CountWanted::Why::kNilPick ? "not found where the records say there is some"
                                           : "counted before the history that is kept";
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

bool Requests::Send(const v1::ResyncRequest& request) {
  return sink_.TrySend({.topic = Topic::kRequests,
                        .partition = -1,
                        .key = request.store(),
                        .value = request.SerializeAsString(),
                        .headers = {},
                        .tag = Tag{}.Pack()});
}

void Requests::Ask(Store& store, int source_index, RequestKind kind, std::string_view reason) {
  const SourceState& source = store.state.sources[static_cast<size_t>(source_index)];
  RequestState& state = store.requests[static_cast<size_t>(source_index)];
  // A gap that is served in parts is no failure. Whoever lacks a list goes on writing documents
  // that say nothing of it.
  if (kind == RequestKind::kResend && source.sequence.low() != state.low) state.attempts = 0;
  state.low = source.sequence.low();
  state.next = NextAsk(world_.PartitionOf(store).now, state.attempts++);
  v1::ResyncRequest request = Blank(store, source, reason);
  if (kind == RequestKind::kList) {
    if (source.role != SourceRole::kBook) return;
    request.set_kind(v1::ResyncRequest::KIND_SNAPSHOT);
  } else {
    // What lies between two gaps comes once more; it is known by its sequence.
    request.set_kind(v1::ResyncRequest::KIND_RESEND);
    request.set_from_sequence(source.sequence.gap_first());
    request.set_to_sequence(source.sequence.ranges().back().first - 1);
  }
  (void)Send(request);  // not taken or lost: it is asked for again after the pause
}

void Requests::AskWhenDue(Store& store, int source, RequestKind kind, std::string_view reason) {
  const RequestState& state = store.requests[static_cast<size_t>(source)];
  if (world_.PartitionOf(store).now >= state.next) Ask(store, source, kind, reason);
}

void Requests::NoteDocument(Store& store, int source, Body body) {
  const ListState& list = store.state.list;
  if (!IsPartOfList(body) || !list.active || list.held) return;
  if (!NeedsList(store.state.sources[static_cast<size_t>(source)])) return;
  RequestState& state = store.requests[static_cast<size_t>(source)];
  state.next =
      NextAsk(world_.PartitionOf(store).now, list.end_seen ? state.attempts : kDoublingsMax);
}

void Requests::AskForNewGap(Store& store, int source_index, uint64_t sequence) {
  const SourceState& source = store.state.sources[static_cast<size_t>(source_index)];
  const std::vector<SequenceTracker::Range>& ranges = source.sequence.ranges();
  if (ranges.empty() || ranges.back().first != sequence) return;
  if (ranges.size() == 1) {
    Ask(store, source_index, RequestKind::kResend, "events are missing");
    return;
  }
  v1::ResyncRequest request = Blank(store, source, "events are missing");
  request.set_kind(v1::ResyncRequest::KIND_RESEND);
  request.set_from_sequence(std::prev(ranges.end(), 2)->last + 1);
  request.set_to_sequence(sequence - 1);
  (void)Send(request);
}

void Requests::AnswerOldEpoch(Store& store, int source_index) {
  const SourceState& source = store.state.sources[static_cast<size_t>(source_index)];
  RequestState& state = store.requests[static_cast<size_t>(source_index)];
  const PartitionTime now = world_.PartitionOf(store).now;
  if (now < state.epoch_answers) return;
  v1::ResyncRequest request = Blank(store, source, "epoch is below the one in force");
  const bool is_book = source.role == SourceRole::kBook;
  request.set_kind(is_book ? v1::ResyncRequest::KIND_SNAPSHOT : v1::ResyncRequest::KIND_RESEND);
  // The epoch in force has its sequences already: who starts over needs one above it.
  request.set_min_epoch(source.sequence.epoch() + 1);
  if (Send(request)) state.epoch_answers = PartitionTime{now.ms + kEpochAnswerPauseMs};
}

bool Requests::IsDue(const Store& store, const CountWanted& wanted) {
  if (store.counts_asked.contains(wanted.sku)) return false;
  if (wanted.why != CountWanted::Why::kNilPick) return true;
  // While we caught up it may have been found or counted.
  const PositionId id = store.state.index.Find(wanted.sku, world_.positions);
  return id.valid() && world_.positions[id].Has(Position::kNilPick);
}

void Requests::AskForCounts(Store& store) {
  if (store.state.counts_wanted.empty()) return;
  const PartitionTime now = world_.PartitionOf(store).now;
  absl::erase_if(store.counts_asked,
                 [&](const auto& asked) { return now.ms >= asked.second.ms + kCountPauseMs; });
  std::map<std::pair<uint8_t, CountWanted::Why>, std::vector<SkuId>> by_source;
  for (const CountWanted& wanted : store.state.counts_wanted) {
    if (IsDue(store, wanted)) by_source[{wanted.source, wanted.why}].push_back(wanted.sku);
  }
  for (const auto& [from, skus] : by_source) {
    v1::ResyncRequest request =
        Blank(store, store.state.sources[from.first], WhyCount(from.second));
    request.set_kind(v1::ResyncRequest::KIND_COUNT);
    for (const SkuId sku : skus) request.add_count_skus(std::string(world_.sku_names.Text(sku)));
    if (!Send(request)) return;  // all of it with the next tick; who was asked already is not again
    for (const SkuId sku : skus) store.counts_asked[sku] = now;
  }
  store.state.counts_wanted.clear();
  world_.MarkDirty(store);
}

void Requests::Run(Partition& partition) {
  for (const StoreId id : partition.stores) {
    Store& store = world_.StoreOf(id);
    AskForCounts(store);
    for (size_t s = 0; s < store.state.sources.size(); ++s) {
      const SourceState& source = store.state.sources[s];
      const bool list = NeedsList(source);
      if (!list && !source.sequence.has_gap()) {
        store.requests[s].attempts = 0;
        store.requests[s].next = PartitionTime{};
        continue;
      }
      // It has come; now its operator is asked.
      if (list && store.state.list.held && store.state.list.source == s) continue;
      AskWhenDue(store, static_cast<int>(s), list ? RequestKind::kList : RequestKind::kResend,
                 store.state.state_lost ? "the daemon lost what it knew" : "still missing");
    }
  }
}

}  // namespace shelf
