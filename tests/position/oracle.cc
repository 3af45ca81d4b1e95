#include "position/oracle.h"

#include <algorithm>

namespace shelf::position_test {
namespace {

constexpr int64_t kSkewMs = 2 * kMinuteMs;
constexpr int64_t kToleranceMs = 5 * kMinuteMs;

// The anchor's time of a list is what it is complete through; its event time without a promise.
EventTime ListTime(const Document& document) {
  return document.claim.ms != 0 ? document.claim : document.time;
}

bool IsList(const Document& document) { return !document.list.empty(); }

}  // namespace

// Duplicates are found by sequence. Everything else consumes its sequence, also when refused.
// A document is applied under the Tb that stood before it.
void Oracle::Arrive(const Document& document, EventTime now) {
  if (received_[document.source].contains(document.sequence)) return;
  NoteReceived(document, now);
  if (!IsRefused(document, now)) {
    documents_.push_back(document);
    ApplyBody(document);
  }
  MoveTb();
}

// Event times and claims more than five minutes ahead are refused.
bool Oracle::IsRefused(const Document& document, EventTime now) const {
  const int64_t latest = now.ms + kToleranceMs;
  return document.decoded != RejectReason::kNone || document.time.ms > latest ||
         document.claim.ms > latest;
}

// A document reveals a gap when neither its neighbour before nor the one after has been received.
// One that bears a time too far ahead reveals it at the latest time that it could rightly bear.
void Oracle::NoteReceived(const Document& document, EventTime now) {
  std::set<uint64_t>& received = received_[document.source];
  const uint64_t sequence = document.sequence;
  const bool reveals = sequence > Contiguous(document.source) + 1 &&
                       !received.contains(sequence - 1) && !received.contains(sequence + 1);
  if (reveals && document.source == "pos") {
    const EventTime said = std::max(document.time, document.claim);
    revealed_ = std::max(revealed_, std::min(said, EventTime{now.ms + kToleranceMs}));
  }
  received.insert(sequence);
}

void Oracle::ApplyBody(const Document& document) {
  for (const DocumentLine& line : document.lines) known_.insert(line.sku);
  if (IsList(document)) return ApplyList(document);
  if (document.body != Body::kCounts || document.shelf_only) return;
  for (const DocumentLine& line : document.lines) {
    State(line.sku, {.kind = Anchor::Kind::kCount,
                     .quantity_milli = line.quantity_milli,
                     .time = document.time,
                     .source = document.source,
                     .sequence = document.sequence,
                     .kept = {}});
  }
}

// Each line of a list holds at once and alone. Only the newest list can end: one of which a newer
// list's document has come first never sweeps.
void Oracle::ApplyList(const Document& document) {
  for (const DocumentLine& line : document.lines) {
    State(line.sku, {.kind = Anchor::Kind::kList,
                     .quantity_milli = line.quantity_milli,
                     .time = ListTime(document),
                     .source = document.source,
                     .sequence = document.sequence,
                     .kept = {}});
  }
  const bool newer_came =
      std::any_of(documents_.begin(), documents_.end(), [&](const Document& other) {
        return IsList(other) && other.list != document.list && other.sequence > document.sequence;
      });
  if (!newer_came && !completed_.contains(document.list)) EndList(document.list);
}

// A list is whole when begin, end and as many lines as the end says have come. Then what it did not
// mention is zero at T, in the book's order at the list's end; a movement that came between begin
// and end by sequence, and has arrived, stays when it happened after T. What is missing before the
// begin no longer matters.
void Oracle::EndList(const std::string& list) {
  const Document* begin = nullptr;
  const Document* end = nullptr;
  uint64_t lines = 0;
  std::set<std::string> mentioned;
  for (const Document& document : documents_) {
    if (document.list != list) continue;
    if (document.body == Body::kSnapshotBegin) begin = &document;
    if (document.body == Body::kSnapshotEnd) end = &document;
    lines += document.lines.size();
    for (const DocumentLine& line : document.lines) mentioned.insert(line.sku);
  }
  if (begin == nullptr || end == nullptr || end->line_count != lines) return;
  completed_.insert(list);

  Anchor absent{.kind = Anchor::Kind::kList,
                .quantity_milli = 0,
                .time = ListTime(*end),
                .source = end->source,
                .sequence = end->sequence,
                .kept = {}};
  for (const Document& document : documents_) {
    if (document.source == begin->source && document.body == Body::kDeltas &&
        document.sequence > begin->sequence && document.sequence < end->sequence &&
        document.time > absent.time) {
      absent.kept.insert(document.sequence);
    }
  }
  for (const std::string& sku : known_) {
    if (!mentioned.contains(sku)) State(sku, absent);
  }
  for (uint64_t s = 1; s <= begin->sequence; ++s) received_[begin->source].insert(s);
}

void Oracle::State(const std::string& sku, const Anchor& anchor) {
  if (Replaces(sku, anchor)) anchors_[sku] = anchor;
}

// Within one source's lists the sequence decides. Across sources within the skew the lower result
// holds: lower now, with the movements that have arrived by now, so here the order of arrival
// matters. Otherwise the later time holds, and at the same time the later sequence.
bool Oracle::Replaces(const std::string& sku, const Anchor& anchor) {
  const auto found = anchors_.find(sku);
  if (found == anchors_.end()) return true;
  const Anchor& held = found->second;
  const bool same_source = anchor.source == held.source;
  if (same_source && anchor.kind == Anchor::Kind::kList && held.kind == Anchor::Kind::kList) {
    return anchor.sequence > held.sequence;
  }
  const int64_t apart = anchor.time.ms - held.time.ms;
  if (!same_source && apart >= -kSkewMs && apart <= kSkewMs) {
    ++within_skew_;
    return Under(anchor, sku) < Under(held, sku);
  }
  return apart != 0 ? apart > 0 : anchor.sequence > held.sequence;
}

// A book delta is after a count by its time and after a list line by its sequence; an early delta
// is after either by its time, and beyond Tb.
bool Oracle::IsAfter(const Document& movement, const Anchor& anchor) const {
  const bool later = anchor.kind == Anchor::Kind::kNone || movement.time > anchor.time;
  if (movement.source == "pos") return later && movement.time > tb_;
  if (movement.source != "erp") return false;
  if (anchor.kind != Anchor::Kind::kList) return later;
  return movement.sequence > anchor.sequence || anchor.kept.contains(movement.sequence);
}

int64_t Oracle::Under(const Anchor& anchor, const std::string& sku) const {
  int64_t on_hand = anchor.quantity_milli;
  for (const Document& document : documents_) {
    if (document.body != Body::kDeltas || !IsAfter(document, anchor)) continue;
    for (const DocumentLine& line : document.lines) {
      if (line.sku == sku) on_hand += line.quantity_milli;
    }
  }
  return on_hand;
}

int64_t Oracle::OnHandMilli(const std::string& sku) const {
  const auto found = anchors_.find(sku);
  return Under(found == anchors_.end() ? Anchor{} : found->second, sku);
}

uint64_t Oracle::Contiguous(const std::string& source) const {
  const auto found = received_.find(source);
  if (found == received_.end()) return 0;
  uint64_t contiguous = 0;
  while (found->second.contains(contiguous + 1)) ++contiguous;
  return contiguous;
}

// The largest claim that nothing missing lies before. A list's counts once it has ended whole.
EventTime Oracle::Promise(const std::string& source) const {
  const uint64_t contiguous = Contiguous(source);
  EventTime promise;
  for (const Document& document : documents_) {
    if (document.source != source || document.sequence > contiguous) continue;
    if (IsList(document)) {
      const bool ended = document.body == Body::kSnapshotEnd && completed_.contains(document.list);
      if (!ended) continue;
    }
    promise = std::max(promise, document.claim);
  }
  return promise;
}

// Tb is what the book is complete through. Where it has passed whatever revealed the early source's
// gaps, what is missing there no longer matters.
void Oracle::MoveTb() {
  tb_ = std::max(tb_, Promise("erp"));
  std::set<uint64_t>& early = received_["pos"];
  if (early.empty() || Contiguous("pos") == *early.rbegin() || tb_ < revealed_) return;
  ++early_healed_;
  for (uint64_t s = *early.rbegin(); s > 0; --s) early.insert(s);
}

EventTime Oracle::watermark() const {
  return early_required_ ? std::max(tb_, Promise("pos")) : tb_;
}

}  // namespace shelf::position_test
