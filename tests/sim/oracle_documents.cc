#include "sim/oracle_documents.h"

#include <utility>

#include "shelf/v1/stock_event.pb.h"

namespace shelf::sim::oracle {
namespace {

constexpr size_t kStoreBytes = 64;
constexpr size_t kSourceBytes = 64;
constexpr size_t kSkuBytes = 128;
constexpr size_t kNameBytes = 128;
constexpr size_t kChannelBytes = 64;
constexpr int64_t kAheadMs = 5 * 60'000;

// Why no store, source and number can be read off it; empty: they can.
std::string EnvelopeFault(const v1::StockEvent& event) {
  if (event.store().empty()) return "empty_store";
  if (event.store().size() > kStoreBytes) return "store_too_long";
  if (event.source().empty()) return "empty_source";
  if (event.source().size() > kSourceBytes) return "source_too_long";
  if (event.epoch() == 0 || event.sequence() == 0) return "no_sequence";
  return "";
}

std::string SkuFault(const std::string& sku) {
  if (sku.empty()) return "empty_sku";
  return sku.size() > kSkuBytes ? "sku_too_long" : "";
}

std::string SizeFault(int64_t milli) {
  return milli > kMostMilli || milli < -kMostMilli ? "quantity_overflow" : "";
}

std::string AmountFault(int64_t milli) {
  return milli < 0 ? "negative_quantity" : SizeFault(milli);
}

bool IsReason(int reason) {
  return reason >= v1::REASON_SALE && reason <= v1::REASON_SHELF_REPLENISHMENT;
}

class Filling {
 public:
  explicit Filling(Document& document) : document_(document) {}

  // The first fault that is not empty keeps the line out.
  void Add(Line line, std::initializer_list<std::string> faults) {
    for (const std::string& fault : faults) {
      if (fault.empty()) continue;
      document_.bad_lines.push_back(fault);
      if (!SkuFault(line.sku).empty()) ++document_.nameless;
      return;
    }
    document_.lines.push_back(std::move(line));
  }

 private:
  Document& document_;
};

void ReadMoves(const v1::Deltas& deltas, Document& document) {
  Filling lines(document);
  document.settles = deltas.settles_reservation();
  document.settles_in_part = deltas.settles_in_part();
  for (const v1::DeltaLine& line : deltas.lines()) {
    const int own = line.reason();
    const int reason = own != 0 ? own : static_cast<int>(deltas.reason());
    const char* const unknown = "unknown_reason";
    // A line that leaves its reason to the document is looked at for the rest first.
    lines.Add({.sku = line.sku(),
               .milli = line.quantity_milli(),
               .found_milli = 0,
               .reason = reason,
               .shelf_only = false},
              {SkuFault(line.sku()), own != 0 && !IsReason(own) ? unknown : "",
               SizeFault(line.quantity_milli()), IsReason(reason) ? "" : unknown});
  }
}

void ReadCounts(const v1::Counts& counts, Document& document) {
  Filling lines(document);
  for (const v1::CountLine& line : counts.lines()) {
    lines.Add({.sku = line.sku(),
               .milli = line.quantity_milli(),
               .found_milli = 0,
               .reason = 0,
               .shelf_only = line.shelf_only()},
              {SkuFault(line.sku()), AmountFault(line.quantity_milli())});
  }
}

void ReadList(const v1::SnapshotChunk& part, Document& document) {
  Filling lines(document);
  document.name = part.snapshot_id();
  for (const v1::BookLine& line : part.lines()) {
    lines.Add({.sku = line.sku(),
               .milli = line.quantity_milli(),
               .found_milli = 0,
               .reason = 0,
               .shelf_only = false},
              {SkuFault(line.sku()), SizeFault(line.quantity_milli())});
  }
}

void ReadPicks(const v1::PickResults& picks, Document& document) {
  Filling lines(document);
  for (const v1::PickLine& line : picks.lines()) {
    lines.Add({.sku = line.sku(),
               .milli = line.requested_milli(),
               .found_milli = line.found_milli(),
               .reason = 0,
               .shelf_only = false},
              {SkuFault(line.sku()), AmountFault(line.requested_milli()),
               AmountFault(line.found_milli())});
  }
}

template <typename Lines>
void ReadAmounts(const Lines& amounts, Document& document) {
  Filling lines(document);
  for (const auto& line : amounts) {
    lines.Add({.sku = line.sku(),
               .milli = line.quantity_milli(),
               .found_milli = 0,
               .reason = 0,
               .shelf_only = false},
              {SkuFault(line.sku()), AmountFault(line.quantity_milli())});
  }
}

What ReadBody(const v1::StockEvent& event, Document& document) {
  switch (event.body_case()) {
    case v1::StockEvent::kDeltas:
      ReadMoves(event.deltas(), document);
      return What::kMoves;
    case v1::StockEvent::kCounts:
      ReadCounts(event.counts(), document);
      return What::kCounts;
    case v1::StockEvent::kSnapshotBegin:
      document.name = event.snapshot_begin().snapshot_id();
      return What::kListBegin;
    case v1::StockEvent::kSnapshotChunk:
      ReadList(event.snapshot_chunk(), document);
      return What::kListPart;
    case v1::StockEvent::kSnapshotEnd:
      document.name = event.snapshot_end().snapshot_id();
      document.line_count = event.snapshot_end().line_count();
      return What::kListEnd;
    case v1::StockEvent::kPickResults:
      ReadPicks(event.pick_results(), document);
      return What::kPicks;
    case v1::StockEvent::kReserve:
      document.name = event.reserve().reservation_id();
      document.channel = event.reserve().channel();
      document.expires_ms = event.reserve().expires_at_ms();
      ReadAmounts(event.reserve().lines(), document);
      return What::kReserve;
    case v1::StockEvent::kRelease:
      document.name = event.release().reservation_id();
      return What::kRelease;
    case v1::StockEvent::kExpectedReceipts:
      document.name = event.expected_receipts().document();
      ReadAmounts(event.expected_receipts().lines(), document);
      return What::kExpected;
    case v1::StockEvent::kHeartbeat:
      return What::kHeartbeat;
    default:
      return What::kNothing;
  }
}

bool HasTime(const Document& document) {
  if (document.time_ms < 0 || document.claim_ms < 0) return false;
  if (document.time_ms > 0 || document.what == What::kHeartbeat) return true;
  const bool is_list = document.what == What::kListBegin || document.what == What::kListPart ||
                       document.what == What::kListEnd;
  return is_list && document.claim_ms > 0;
}

std::string BodyFault(const Document& document) {
  if (document.what == What::kNothing) return "unknown_body";
  if (!HasTime(document)) return "bad_event_time";
  const bool is_named = document.what == What::kReserve || document.what == What::kRelease ||
                        document.what == What::kExpected;
  if (!is_named) return "";
  if (document.name.empty()) return "empty_document";
  if (document.name.size() > kNameBytes) return "document_too_long";
  return document.channel.size() > kChannelBytes ? "channel_too_long" : "";
}

Reading Refused(std::string reason) {
  Reading reading;
  reading.refusal = std::move(reason);
  return reading;
}

Reading ReadTick(const v1::StockEvent& event, int64_t timestamp_ms) {
  if (event.source() != "shelfd") return Refused("unknown_body");
  if (timestamp_ms > 0 && event.tick().time_ms() > timestamp_ms + kAheadMs) {
    return Refused("future_time");
  }
  Reading reading;
  reading.tick = Tick{.time_ms = event.tick().time_ms(),
                      .rule_set = event.tick().rule_set(),
                      .reference_offset = event.tick().reference_offset(),
                      .epoch = event.epoch()};
  return reading;
}

// Nothing waits for a decision, since lists that would wait are left out.
std::string DecisionFault(const v1::StockEvent& event) {
  if (event.store().empty()) return "empty_store";
  return event.store().size() > kStoreBytes ? "store_too_long" : "";
}

Reading ReadDocument(const v1::StockEvent& event) {
  Reading reading;
  reading.document = std::make_unique<Document>();
  Document& document = *reading.document;
  document.store = event.store();
  document.source = event.source();
  document.epoch = event.epoch();
  document.sequence = event.sequence();
  document.time_ms = event.event_time_ms();
  document.claim_ms = event.complete_through_ms();
  document.what = ReadBody(event, document);
  document.refusal = BodyFault(document);
  return reading;
}

uint32_t Murmur2(std::string_view text) {
  constexpr uint32_t m = 0x5bd1e995;
  uint32_t h = 0x9747b28c ^ static_cast<uint32_t>(text.size());
  while (text.size() >= 4) {
    uint32_t k = 0;
    for (int byte = 3; byte >= 0; --byte) {
      k = k << 8 | static_cast<uint8_t>(text[static_cast<size_t>(byte)]);
    }
    k *= m;
    h = h * m ^ (k ^ k >> 24) * m;
    text.remove_prefix(4);
  }
  uint32_t tail = 0;
  for (size_t byte = text.size(); byte > 0; --byte) {
    tail = tail << 8 | static_cast<uint8_t>(text[byte - 1]);
  }
  if (!text.empty()) h = (h ^ tail) * m;
  h = (h ^ h >> 13) * m;
  return h ^ h >> 15;
}

}  // namespace

int32_t PartitionFor(std::string_view store, int32_t partitions) {
  return static_cast<int32_t>(Murmur2(store) & 0x7fffffff) % partitions;
}

Reading Read(std::string_view key, std::optional<std::string_view> value, int64_t timestamp_ms,
             int32_t partition, int32_t partitions) {
  v1::StockEvent event;
  if (!value || !event.ParseFromArray(value->data(), static_cast<int>(value->size()))) {
    return Refused("malformed");
  }
  if (event.has_tick()) return ReadTick(event, timestamp_ms);
  const bool decides = event.has_list_decision();
  const std::string fault = decides ? DecisionFault(event) : EnvelopeFault(event);
  if (!fault.empty()) return Refused(fault);
  if (key != event.store()) return Refused("wrong_key");
  if (PartitionFor(key, partitions) != partition) return Refused("wrong_partition");
  if (!decides) return ReadDocument(event);
  const int action = event.list_decision().action();
  const bool decided =
      action == v1::ListDecision::ACTION_RELEASE || action == v1::ListDecision::ACTION_DROP;
  return Refused(decided && event.source() == "shelfd" ? "no_such_list" : "unknown_body");
}

}  // namespace shelf::sim::oracle
