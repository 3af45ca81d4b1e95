#include "decode/oracle.h"

#include <google/protobuf/stubs/logging.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/ids.h"
#include "shelf/v1/stock_event.pb.h"

namespace shelf {
namespace {

// Collects "name=value" pairs, a line each; what is zero or empty is left out, as it is on the
// wire.
class Meaning {
 public:
  void Text(absl::string_view name, std::string_view value) {
    const absl::string_view raw(value.data(), value.size());
    if (!raw.empty()) absl::StrAppend(&text_, name, "=", absl::CHexEscape(raw), "\n");
  }
  template <typename Number>
  void Value(absl::string_view name, Number value) {
    if (value != 0) absl::StrAppend(&text_, name, "=", value, "\n");
  }
  void Verdict(RejectReason reason) { Text("verdict", RejectReasonName(reason)); }
  void GoodLine(uint32_t number, std::string_view sku, int64_t quantity, int64_t found, int reason,
                bool shelf_only) {
    absl::StrAppend(&lines_, number, " ",
                    absl::CHexEscape(absl::string_view(sku.data(), sku.size())), " ", quantity, " ",
                    found, " ", reason, " ", shelf_only ? "shelf" : "", "\n");
  }
  void BadLine(uint32_t number, RejectReason reason) {
    const std::string_view name = RejectReasonName(reason);
    absl::StrAppend(&rejected_, number, " ", absl::string_view(name.data(), name.size()), "\n");
  }
  std::string Whole() const { return text_ + "lines:\n" + lines_ + "rejected:\n" + rejected_; }

 private:
  std::string text_, lines_, rejected_;
};

enum class Sign { kAny, kNotNegative };

RejectReason QuantityFault(int64_t quantity, Sign sign) {
  if (sign == Sign::kNotNegative && quantity < 0) return RejectReason::kNegativeQuantity;
  const bool fits = quantity >= -kQuantityMilliMax && quantity <= kQuantityMilliMax;
  return fits ? RejectReason::kNone : RejectReason::kQuantityOverflow;
}

RejectReason SkuFault(const std::string& sku) {
  if (sku.empty()) return RejectReason::kEmptySku;
  return sku.size() > kSkuBytesMax ? RejectReason::kSkuTooLong : RejectReason::kNone;
}

bool IsKnown(v1::Reason reason) { return v1::Reason_IsValid(reason) && reason != 0; }

void AddDeltas(const v1::Deltas& deltas, Meaning& meaning) {
  meaning.Text("settles_reservation", deltas.settles_reservation());
  meaning.Value("settles_in_part", deltas.settles_in_part());
  meaning.Text("settles_expected", deltas.settles_expected());
  uint32_t number = 0;
  for (const v1::DeltaLine& line : deltas.lines()) {
    ++number;
    const v1::Reason reason = line.reason() != 0 ? line.reason() : deltas.reason();
    RejectReason fault = SkuFault(line.sku());
    // A reason that the line itself names wrongly is found before its quantity is looked at; one
    // that it would have had from the document only at the end.
    if (fault == RejectReason::kNone && line.reason() != 0 && !IsKnown(line.reason())) {
      fault = RejectReason::kUnknownReason;
    }
    if (fault == RejectReason::kNone) fault = QuantityFault(line.quantity_milli(), Sign::kAny);
    if (fault == RejectReason::kNone && !IsKnown(reason)) fault = RejectReason::kUnknownReason;
    if (fault != RejectReason::kNone) {
      meaning.BadLine(number, fault);
    } else {
      meaning.GoodLine(number, line.sku(), line.quantity_milli(), 0, reason, false);
    }
  }
}

template <typename Lines>
void AddAmounts(const Lines& lines, Sign sign, Meaning& meaning) {
  uint32_t number = 0;
  for (const auto& line : lines) {
    ++number;
    RejectReason fault = SkuFault(line.sku());
    if (fault == RejectReason::kNone) fault = QuantityFault(line.quantity_milli(), sign);
    if (fault != RejectReason::kNone) {
      meaning.BadLine(number, fault);
    } else {
      meaning.GoodLine(number, line.sku(), line.quantity_milli(), 0, 0, false);
    }
  }
}

void AddCounts(const v1::Counts& counts, Meaning& meaning) {
  uint32_t number = 0;
  for (const v1::CountLine& line : counts.lines()) {
    ++number;
    RejectReason fault = SkuFault(line.sku());
    if (fault == RejectReason::kNone) {
      fault = QuantityFault(line.quantity_milli(), Sign::kNotNegative);
    }
    if (fault != RejectReason::kNone) {
      meaning.BadLine(number, fault);
    } else {
      meaning.GoodLine(number, line.sku(), line.quantity_milli(), 0, 0, line.shelf_only());
    }
  }
}

void AddPicks(const v1::PickResults& picks, Meaning& meaning) {
  meaning.Text("document", picks.reservation_id());
  uint32_t number = 0;
  for (const v1::PickLine& line : picks.lines()) {
    ++number;
    RejectReason fault = SkuFault(line.sku());
    for (const int64_t quantity : {line.requested_milli(), line.found_milli()}) {
      if (fault == RejectReason::kNone) fault = QuantityFault(quantity, Sign::kNotNegative);
    }
    if (fault != RejectReason::kNone) {
      meaning.BadLine(number, fault);
    } else {
      meaning.GoodLine(number, line.sku(), line.requested_milli(), line.found_milli(), 0, false);
    }
  }
}

bool Decides(const v1::StockEvent& event) {
  const v1::ListDecision::Action action = event.list_decision().action();
  return v1::ListDecision::Action_IsValid(action) && action != 0;
}

void AddBody(const v1::StockEvent& event, Meaning& meaning) {
  switch (event.body_case()) {
    case v1::StockEvent::BODY_NOT_SET:
    case v1::StockEvent::kHeartbeat:
      return;
    case v1::StockEvent::kDeltas:
      return AddDeltas(event.deltas(), meaning);
    case v1::StockEvent::kCounts:
      return AddCounts(event.counts(), meaning);
    case v1::StockEvent::kSnapshotBegin:
      return meaning.Text("document", event.snapshot_begin().snapshot_id());
    case v1::StockEvent::kSnapshotChunk:
      meaning.Text("document", event.snapshot_chunk().snapshot_id());
      return AddAmounts(event.snapshot_chunk().lines(), Sign::kAny, meaning);
    case v1::StockEvent::kSnapshotEnd:
      meaning.Text("document", event.snapshot_end().snapshot_id());
      return meaning.Value("line_count", event.snapshot_end().line_count());
    case v1::StockEvent::kPickResults:
      return AddPicks(event.pick_results(), meaning);
    case v1::StockEvent::kReserve:
      meaning.Text("document", event.reserve().reservation_id());
      meaning.Text("channel", event.reserve().channel());
      meaning.Value("due_or_expiry_ms", event.reserve().expires_at_ms());
      return AddAmounts(event.reserve().lines(), Sign::kNotNegative, meaning);
    case v1::StockEvent::kRelease:
      return meaning.Text("document", event.release().reservation_id());
    case v1::StockEvent::kTick:
      meaning.Value("tick_time", event.tick().time_ms());
      meaning.Text("tick_rule_set", event.tick().rule_set());
      return meaning.Value("tick_reference_offset", event.tick().reference_offset());
    case v1::StockEvent::kExpectedReceipts:
      meaning.Text("document", event.expected_receipts().document());
      meaning.Value("due_or_expiry_ms", event.expected_receipts().due_ms());
      return AddAmounts(event.expected_receipts().lines(), Sign::kNotNegative, meaning);
    case v1::StockEvent::kListDecision:
      meaning.Text("document", event.list_decision().snapshot_id());
      meaning.Value("list_action", Decides(event) ? event.list_decision().action() : 0);
      return meaning.Text("decided_by", event.list_decision().by());
  }
}

RejectReason NameVerdict(const std::string& document) {
  if (document.empty()) return RejectReason::kEmptyDocument;
  return document.size() > 128 ? RejectReason::kDocumentTooLong : RejectReason::kNone;
}

RejectReason DocumentVerdict(const v1::StockEvent& event) {
  if (event.has_release()) return NameVerdict(event.release().reservation_id());
  if (event.has_expected_receipts()) return NameVerdict(event.expected_receipts().document());
  if (!event.has_reserve()) return RejectReason::kNone;
  const RejectReason name = NameVerdict(event.reserve().reservation_id());
  const bool long_channel = event.reserve().channel().size() > 64;
  return name == RejectReason::kNone && long_channel ? RejectReason::kChannelTooLong : name;
}

RejectReason ExpectedVerdict(const v1::StockEvent& event) {
  if (event.has_tick()) return RejectReason::kNone;
  if (event.store().empty()) return RejectReason::kEmptyStore;
  if (event.store().size() > kStoreBytesMax) return RejectReason::kStoreTooLong;
  if (event.has_list_decision()) {
    return Decides(event) ? RejectReason::kNone : RejectReason::kUnknownBody;
  }
  if (event.source().empty()) return RejectReason::kEmptySource;
  if (event.source().size() > 64) return RejectReason::kSourceTooLong;
  if (event.epoch() == 0 || event.sequence() == 0) return RejectReason::kNoSequence;
  if (event.body_case() == v1::StockEvent::BODY_NOT_SET) return RejectReason::kUnknownBody;
  const bool is_snapshot =
      event.has_snapshot_begin() || event.has_snapshot_chunk() || event.has_snapshot_end();
  const bool needs_time =
      !event.has_heartbeat() && !(is_snapshot && event.complete_through_ms() > 0);
  const bool negative = event.event_time_ms() < 0 || event.complete_through_ms() < 0;
  if (negative || (needs_time && event.event_time_ms() == 0)) return RejectReason::kBadEventTime;
  return DocumentVerdict(event);
}

// The generated class numbers the bodies by their fields, from 10 on; Body from 1 on.
int BodyNumber(const v1::StockEvent& event) {
  return event.body_case() == v1::StockEvent::BODY_NOT_SET ? 0 : event.body_case() - 9;
}

}  // namespace

std::string ExpectedMeaning(std::string_view bytes) {
  const google::protobuf::LogSilencer no_complaints;  // bad UTF-8 would fill the log
  v1::StockEvent event;
  if (!event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return "malformed";
  Meaning meaning;
  meaning.Verdict(ExpectedVerdict(event));
  meaning.Text("store", event.store());
  meaning.Text("source", event.source());
  meaning.Value("epoch", event.epoch());
  meaning.Value("sequence", event.sequence());
  meaning.Text("event_id", event.event_id());
  meaning.Value("event_time", event.event_time_ms());
  meaning.Value("sent_time", event.sent_time_ms());
  meaning.Value("complete_through", event.complete_through_ms());
  meaning.Value("body", BodyNumber(event));
  AddBody(event, meaning);
  return meaning.Whole();
}

std::string DecodedMeaning(RejectReason reason, const Event& event) {
  if (reason == RejectReason::kMalformed) return "malformed";
  Meaning meaning;
  meaning.Verdict(reason);
  meaning.Text("store", event.store);
  meaning.Text("source", event.source);
  meaning.Value("epoch", event.epoch);
  meaning.Value("sequence", event.sequence);
  meaning.Text("event_id", event.event_id);
  meaning.Value("event_time", event.event_time.ms);
  meaning.Value("sent_time", event.sent_time.ms);
  meaning.Value("complete_through", event.complete_through.ms);
  meaning.Value("body", static_cast<int>(event.body));
  meaning.Text("settles_reservation", event.settles_reservation);
  meaning.Value("settles_in_part", event.settles_in_part);
  meaning.Text("settles_expected", event.settles_expected);
  meaning.Text("document", event.document);
  meaning.Text("channel", event.channel);
  meaning.Value("line_count", event.line_count);
  meaning.Value("due_or_expiry_ms", event.due_or_expiry_ms);
  meaning.Value("list_action", static_cast<int>(event.list_action));
  meaning.Text("decided_by", event.decided_by);
  meaning.Value("tick_time", event.tick_time.ms);
  meaning.Text("tick_rule_set", event.tick_rule_set);
  meaning.Value("tick_reference_offset", event.tick_reference_offset);
  for (const Line& line : event.lines) {
    meaning.GoodLine(line.number, line.sku, line.quantity_milli, line.found_milli,
                     static_cast<int>(line.reason), line.shelf_only);
  }
  for (const LineReject& reject : event.rejected) meaning.BadLine(reject.number, reject.reason);
  return meaning.Whole();
}

std::string DecodedMeaning(std::string_view bytes) {
  Event event;
  const RejectReason reason = Decode(bytes, event);
  return DecodedMeaning(reason, event);
}

}  // namespace shelf
