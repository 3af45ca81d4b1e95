#include "sim/agents.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace shelf::sim {
namespace {

constexpr int64_t kDayMs = 24LL * 3600 * 1000;
constexpr int64_t kMinuteMs = 60'000;

}  // namespace

v1::StockEvent Agents::Blank(uint8_t source, int64_t time_ms) {
  v1::StockEvent event;
  event.set_store(name());
  event.set_source(kSourceNames[source]);
  event.set_event_time_ms(time_ms + clock_ms_);
  return event;
}

void Agents::Send(uint8_t source, const v1::StockEvent& event, int64_t now_ms, Chance& chance) {
  Source& from = sources_[source];
  v1::StockEvent numbered = event;
  numbered.set_epoch(from.epoch);
  numbered.set_sequence(++from.sequence);
  from.sent.push_back(numbered.SerializeAsString());
  if (from.lose > 0) {
    --from.lose;
    return;
  }
  network_.Send(now_ms, source,
                {.store = store_, .key = name(), .value = from.sent.back(), .partition = -1},
                chance);
}

void Agents::Again(uint8_t source, uint64_t sequence, int64_t due_ms) {
  const Source& from = sources_[source];
  if (sequence == 0 || sequence > from.sent.size()) return;
  network_.SendAt(
      due_ms, {.store = store_, .key = name(), .value = from.sent[sequence - 1], .partition = -1});
}

void Agents::Move(uint8_t source, v1::Reason reason, const Step& step, int64_t units,
                  int64_t now_ms, Chance& chance) {
  v1::StockEvent event = Blank(source, now_ms);
  event.mutable_deltas()->set_reason(reason);
  v1::DeltaLine& line = *event.mutable_deltas()->add_lines();
  line.set_sku(Sku(step));
  line.set_quantity_milli(Milli(step, units));
  if (reason == v1::REASON_SALE && chance.Hits(10)) {
    // An exchange: something else comes back.
    v1::DeltaLine& back = *event.mutable_deltas()->add_lines();
    back.set_sku(chance.Of(plan_.names.skus));
    back.set_quantity_milli(1000);
    back.set_reason(v1::REASON_RETURN);
  }
  if (chance.Hits(20)) event.set_complete_through_ms(now_ms + clock_ms_ - 1);
  Send(source, event, now_ms, chance);
}

void Agents::TillMoves(v1::Reason reason, const Step& step, int64_t units, int64_t now_ms,
                       Chance& chance) {
  unbooked_.push_back({Sku(step), Milli(step, units), now_ms + clock_ms_});
  instants_.push_back(now_ms);
  Move(kPos, reason, step, units, now_ms, chance);
}

void Agents::Count(const Step& step, int64_t now_ms, Chance& chance) {
  v1::StockEvent event = Blank(kScan, now_ms - step.more);
  v1::CountLine& line = *event.mutable_counts()->add_lines();
  line.set_sku(Sku(step));
  line.set_quantity_milli(Milli(step, step.amount));
  line.set_shelf_only(chance.Hits(15));
  Send(kScan, event, now_ms, chance);
}

void Agents::Pick(const Step& step, int64_t now_ms, Chance& chance) {
  v1::StockEvent event = Blank(kPicking, now_ms - chance.In(0, kMinuteMs));
  v1::PickLine& line = *event.mutable_pick_results()->add_lines();
  line.set_sku(Sku(step));
  line.set_requested_milli(Milli(step, step.amount));
  line.set_found_milli(Milli(step, step.more));
  if (!orders_.empty() && chance.Hits(50)) {
    event.mutable_pick_results()->set_reservation_id(chance.Of(orders_));
  }
  Send(kPicking, event, now_ms, chance);
}

void Agents::Reserve(const Step& step, int64_t now_ms, Chance& chance) {
  if (orders_.empty() || chance.Hits(75)) {
    orders_.push_back(absl::StrCat("order-", orders_.size() + 1));
  }
  v1::StockEvent event = Blank(kOms, now_ms - (chance.Hits(80) ? 0 : chance.In(0, 26 * 3'600'000)));
  v1::Reserve& reserve = *event.mutable_reserve();
  reserve.set_reservation_id(chance.Of(orders_));
  reserve.set_channel(chance.Hits(90) ? chance.Of(plan_.names.channels) : "phone");
  v1::ReserveLine& line = *reserve.add_lines();
  line.set_sku(Sku(step));
  line.set_quantity_milli(Milli(step, step.amount));
  if (chance.Hits(30)) {
    v1::ReserveLine& more = *reserve.add_lines();
    more.set_sku(chance.Of(plan_.names.skus));
    more.set_quantity_milli(1000);
  }
  if (chance.Hits(60)) {
    reserve.set_expires_at_ms(now_ms + chance.In(-kMinuteMs, 40 * kMinuteMs));
    instants_.push_back(reserve.expires_at_ms() - clock_ms_);
  }
  Send(kOms, event, now_ms, chance);
}

void Agents::Settle(const Step& step, int64_t now_ms, Chance& chance) {
  const uint8_t source = chance.Hits(70) ? kPos : kErp;
  v1::StockEvent event = Blank(source, now_ms);
  v1::Deltas& deltas = *event.mutable_deltas();
  deltas.set_reason(v1::REASON_SALE);
  v1::DeltaLine& line = *deltas.add_lines();
  line.set_sku(Sku(step));
  line.set_quantity_milli(-Milli(step, step.amount));
  // Of an order that will come, now and then.
  deltas.set_settles_reservation(!orders_.empty() && chance.Hits(85)
                                     ? chance.Of(orders_)
                                     : absl::StrCat("order-", orders_.size() + 1));
  deltas.set_settles_in_part(chance.Hits(30));
  if (source == kPos) unbooked_.push_back({Sku(step), -Milli(step, step.amount), now_ms});
  Send(source, event, now_ms, chance);
}

void Agents::Release(int64_t now_ms, Chance& chance) {
  if (orders_.empty()) return;
  v1::StockEvent event = Blank(kOms, now_ms);
  event.mutable_release()->set_reservation_id(chance.Of(orders_));
  Send(kOms, event, now_ms, chance);
}

void Agents::Expect(const Step& step, int64_t now_ms, Chance& chance) {
  v1::StockEvent event = Blank(kErp, now_ms);
  v1::ExpectedReceipts& expected = *event.mutable_expected_receipts();
  expected.set_document(absl::StrCat("delivery-", chance.Below(4)));
  expected.set_due_ms(now_ms + kDayMs);
  v1::ExpectedLine& line = *expected.add_lines();
  line.set_sku(Sku(step));
  line.set_quantity_milli(Milli(step, 5));
  Send(kErp, event, now_ms, chance);
}

// What is promised: now and then just the moment at which something happened.
int64_t Agents::Instant(int64_t through_ms, int64_t now_ms, Chance& chance) const {
  if (instants_.empty() || !chance.Hits(25)) return through_ms;
  const auto newest = static_cast<int64_t>(std::min<size_t>(instants_.size(), 6));
  const int64_t instant_ms =
      instants_[instants_.size() - 1 - static_cast<size_t>(chance.Below(newest))];
  return instant_ms <= now_ms ? instant_ms : through_ms;
}

void Agents::Claim(uint8_t source, int64_t through_ms, int64_t now_ms, Chance& chance) {
  v1::StockEvent event = Blank(source, now_ms);
  event.set_complete_through_ms(through_ms + clock_ms_);
  event.mutable_heartbeat();
  Send(source, event, now_ms, chance);
}

// The sales of the tills as the book has them, a document for each hour or so, then its promise.
void Agents::Export(int64_t through_ms, int64_t now_ms, Chance& chance) {
  const auto later = std::stable_partition(
      unbooked_.begin(), unbooked_.end(),
      [&](const Sale& sale) { return sale.time_ms <= through_ms + clock_ms_; });
  for (auto sale = unbooked_.begin(); sale != later; ++sale) {
    v1::StockEvent event = Blank(kErp, now_ms);
    event.set_event_time_ms(sale->time_ms);
    event.mutable_deltas()->set_reason(v1::REASON_SALE);
    v1::DeltaLine& line = *event.mutable_deltas()->add_lines();
    line.set_sku(sale->sku);
    line.set_quantity_milli(sale->milli);
    book_[sale->sku] += sale->milli;
    Send(kErp, event, now_ms, chance);
  }
  unbooked_.erase(unbooked_.begin(), later);
  Claim(kErp, through_ms, now_ms, chance);
}

// `wrong`: 1 its end does not come; 2 it says another number of lines; 3 a line is missing;
// 4 something happens while it is written; 5 it makes no promise.
void Agents::List(int64_t through_ms, int64_t wrong, int64_t now_ms, Chance& chance) {
  const std::string id = absl::StrCat("list-", ++lists_);
  v1::StockEvent part = Blank(kErp, now_ms - (chance.Hits(70) ? 0 : chance.In(0, kMinuteMs)));
  if (wrong != 5) part.set_complete_through_ms(through_ms + clock_ms_);
  part.mutable_snapshot_begin()->set_snapshot_id(id);
  Send(kErp, part, now_ms, chance);
  uint64_t lines = 0;
  for (const std::string& sku : plan_.names.skus) {
    if ((wrong == 3 && chance.Hits(30)) || chance.Hits(5)) continue;
    part.mutable_snapshot_chunk()->set_snapshot_id(id);
    v1::BookLine& line = *part.mutable_snapshot_chunk()->add_lines();
    line.set_sku(sku);
    line.set_quantity_milli(chance.Hits(80) ? std::max<int64_t>(book_[sku], 0) + 10'000
                                            : chance.In(-2, 20) * 1000);
    ++lines;
    if (!chance.Hits(40)) continue;
    Send(kErp, part, now_ms, chance);
    part.clear_snapshot_chunk();
    if (wrong == 4) {
      v1::StockEvent sale = Blank(kErp, now_ms);
      sale.mutable_deltas()->set_reason(v1::REASON_SALE);
      v1::DeltaLine& sold = *sale.mutable_deltas()->add_lines();
      sold.set_sku(chance.Of(plan_.names.skus));
      sold.set_quantity_milli(-1000);
      Send(kErp, sale, now_ms, chance);
    }
  }
  if (part.has_snapshot_chunk()) Send(kErp, part, now_ms, chance);
  if (wrong == 1) return;
  part.mutable_snapshot_end()->set_snapshot_id(id);
  part.mutable_snapshot_end()->set_line_count(wrong == 2 ? lines + 1 : lines);
  Send(kErp, part, now_ms, chance);
}

void Agents::SpoolIsLost(uint8_t source, bool knows, uint64_t at_least) {
  Source& from = sources_[source];
  if (knows) from.epoch = std::max(from.epoch + 1, at_least);
  from.sequence = 0;
  from.sent.clear();
  from.lose = 0;
}

void Agents::Do(const Step& step, int64_t now_ms) {
  Chance chance(step.salt);
  Source& source = sources_[step.source];
  switch (step.kind) {
    case StepKind::kSell:
      return TillMoves(v1::REASON_SALE, step, -step.amount, now_ms, chance);
    case StepKind::kReturn:
      return TillMoves(v1::REASON_RETURN, step, step.amount, now_ms, chance);
    case StepKind::kBookSale:
      return Move(kErp, v1::REASON_SALE, step, -step.amount, now_ms, chance);
    case StepKind::kReceive:
      return Move(kErp, v1::REASON_RECEIPT, step, step.amount, now_ms, chance);
    case StepKind::kAdjust:
      return Move(kErp, v1::REASON_ADJUSTMENT, step, step.amount, now_ms, chance);
    case StepKind::kCount:
      return Count(step, now_ms, chance);
    case StepKind::kPick:
      return Pick(step, now_ms, chance);
    case StepKind::kReserve:
      return Reserve(step, now_ms, chance);
    case StepKind::kSettle:
      return Settle(step, now_ms, chance);
    case StepKind::kRelease:
      return Release(now_ms, chance);
    case StepKind::kExpect:
      return Expect(step, now_ms, chance);
    case StepKind::kClaim:
      return Claim(step.source, Instant(now_ms - step.more, now_ms, chance), now_ms, chance);
    case StepKind::kExport:
      return Export(Instant(now_ms - step.more, now_ms, chance), now_ms, chance);
    case StepKind::kList:
      return List(now_ms - step.more, step.amount, now_ms, chance);
    case StepKind::kBadDocument:
      return SendBad(step, now_ms, chance);
    case StepKind::kLose:
      source.lose = static_cast<int>(step.amount);
      return;
    case StepKind::kDouble:
      for (int64_t n = 0; n < step.amount && n < static_cast<int64_t>(source.sequence); ++n) {
        Again(step.source, source.sequence - static_cast<uint64_t>(n),
              now_ms + chance.In(0, step.more));
      }
      return;
    case StepKind::kSpoolLost:
      return SpoolIsLost(step.source, step.amount > 0, 0);
    case StepKind::kStoreClock:
      clock_ms_ = step.amount;
      return;
    default:
      return;
  }
}

void Agents::Answer(const v1::ResyncRequest& request, int64_t now_ms) {
  uint8_t which = 0;
  while (which < kSourcesOfStore && kSourceNames[which] != request.source()) ++which;
  if (which == kSourcesOfStore) return;
  Source& source = sources_[which];
  Chance chance(plan_.seed ^ (uint64_t{store_} << 56) ^ (uint64_t{which} << 48) ^ ++requests_);
  if (chance.Hits(20)) return;  // asked in vain
  const bool starts_over = request.min_epoch() > source.epoch;
  if (starts_over) SpoolIsLost(which, true, request.min_epoch());
  const int64_t due_ms = now_ms + chance.In(0, chance.Hits(80) ? 8000 : 20 * kMinuteMs);
  switch (request.kind()) {
    case v1::ResyncRequest::KIND_RESEND:
      if (request.epoch() != source.epoch) return;
      for (uint64_t n = request.from_sequence(); n <= request.to_sequence(); ++n) {
        Again(which, n, due_ms);
      }
      return;
    case v1::ResyncRequest::KIND_SNAPSHOT:
      return List(now_ms - chance.In(0, 5000), chance.Hits(85) ? 0 : chance.In(1, 5), now_ms,
                  chance);
    case v1::ResyncRequest::KIND_COUNT:
      for (const std::string& sku : request.count_skus()) {
        const auto known = std::find(plan_.names.skus.begin(), plan_.names.skus.end(), sku);
        if (known == plan_.names.skus.end()) continue;
        Step count;
        count.sku = static_cast<uint8_t>(known - plan_.names.skus.begin());
        count.amount = chance.In(0, 9);
        Count(count, now_ms, chance);
      }
      return;
    default:
      return;
  }
}

void Agents::ComeToRest(int64_t now_ms) {
  clock_ms_ = 0;
  Chance chance(plan_.seed ^ store_);
  for (uint8_t s = 0; s < kSourcesOfStore; ++s) sources_[s].lose = 0;
  List(now_ms, 0, now_ms, chance);
  Claim(kPos, now_ms, now_ms, chance);
  Claim(kErp, now_ms, now_ms, chance);
}

}  // namespace shelf::sim
