#include "decode/decode.h"

#include <functional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "shelf/v1/stock_event.pb.h"
#include "support/catch.h"

namespace shelf {
namespace {

constexpr int64_t kTime = 1'700'000'000'000;

v1::StockEvent Envelope() {
  v1::StockEvent event;
  event.set_store("0557722");
  event.set_source("erp");
  event.set_epoch(1'700'000'000);
  event.set_sequence(7);
  event.set_event_time_ms(kTime);
  return event;
}

// An event and the bytes that it borrows from.
struct Decoded {
  explicit Decoded(const v1::StockEvent& message) : Decoded(message.SerializeAsString()) {}
  explicit Decoded(std::string b) : bytes(std::move(b)) { reason = Decode(bytes, event); }

  std::string bytes;
  Event event;
  RejectReason reason;
};

TEST_CASE("the envelope is read whole", "[decode]") {
  v1::StockEvent message = Envelope();
  message.set_event_id("GRN-1");
  message.set_sent_time_ms(kTime + 1);
  message.set_complete_through_ms(kTime + 2);
  message.mutable_heartbeat();
  const Decoded decoded(message);
  REQUIRE(decoded.reason == RejectReason::kNone);
  CHECK(decoded.event.store == "0557722");
  CHECK(decoded.event.source == "erp");
  CHECK(decoded.event.epoch == 1'700'000'000);
  CHECK(decoded.event.sequence == 7);
  CHECK(decoded.event.event_id == "GRN-1");
  CHECK(decoded.event.event_time == EventTime{kTime});
  CHECK(decoded.event.sent_time == EventTime{kTime + 1});
  CHECK(decoded.event.complete_through == EventTime{kTime + 2});
  CHECK(decoded.event.body == Body::kHeartbeat);
}

TEST_CASE("what is read points into the record's bytes", "[decode]") {
  v1::StockEvent message = Envelope();
  message.mutable_counts()->add_lines()->set_sku("4601234");
  const Decoded decoded(message);
  const auto borrowed = [&decoded](std::string_view text) {
    return text.data() >= decoded.bytes.data() &&
           text.data() + text.size() <= decoded.bytes.data() + decoded.bytes.size();
  };
  REQUIRE(decoded.event.lines.size() == 1);
  CHECK(borrowed(decoded.event.store));
  CHECK(borrowed(decoded.event.lines[0].sku));
}

TEST_CASE("deltas carry what they settle", "[decode]") {
  v1::StockEvent message = Envelope();
  v1::Deltas& deltas = *message.mutable_deltas();
  deltas.set_reason(v1::REASON_RECEIPT);
  deltas.set_settles_reservation("R1");
  deltas.set_settles_in_part(true);
  deltas.set_settles_expected("PO9");
  const Decoded decoded(message);
  REQUIRE(decoded.reason == RejectReason::kNone);
  CHECK(decoded.event.body == Body::kDeltas);
  CHECK(decoded.event.settles_reservation == "R1");
  CHECK(decoded.event.settles_in_part);
  CHECK(decoded.event.settles_expected == "PO9");
  CHECK(decoded.event.lines.empty());
}

TEST_CASE("a line's own reason goes before the document's", "[decode]") {
  v1::StockEvent message = Envelope();
  v1::Deltas& deltas = *message.mutable_deltas();
  deltas.set_reason(v1::REASON_SALE);
  v1::DeltaLine& sold = *deltas.add_lines();
  sold.set_sku("a");
  sold.set_quantity_milli(-1000);
  v1::DeltaLine& returned = *deltas.add_lines();
  returned.set_sku("b");
  returned.set_quantity_milli(2000);
  returned.set_reason(v1::REASON_RETURN);
  const Decoded decoded(message);
  REQUIRE(decoded.event.lines.size() == 2);
  CHECK(decoded.event.lines[0].reason == Reason::kSale);
  CHECK(decoded.event.lines[0].quantity_milli == -1000);
  CHECK(decoded.event.lines[0].number == 1);
  CHECK(decoded.event.lines[1].reason == Reason::kReturn);
  CHECK(decoded.event.lines[1].quantity_milli == 2000);
  CHECK(decoded.event.lines[1].number == 2);
}

// Parsing one message after another merges them, so fields can be put in any order on the wire.
std::string DeltasBytes(const std::function<void(v1::Deltas&)>& fill) {
  v1::StockEvent message;
  fill(*message.mutable_deltas());
  return message.SerializeAsString();
}

TEST_CASE("the document's reason may stand after its lines", "[decode]") {
  const std::string lines = DeltasBytes([](v1::Deltas& d) { d.add_lines()->set_sku("a"); });
  const std::string reason = DeltasBytes([](v1::Deltas& d) { d.set_reason(v1::REASON_DAMAGE); });
  const Decoded decoded(lines + reason + Envelope().SerializeAsString());
  REQUIRE(decoded.reason == RejectReason::kNone);
  REQUIRE(decoded.event.lines.size() == 1);
  CHECK(decoded.event.lines[0].reason == Reason::kDamage);
}

TEST_CASE("a delta line without any known reason is rejected alone", "[decode]") {
  v1::StockEvent message = Envelope();
  v1::Deltas& deltas = *message.mutable_deltas();
  deltas.add_lines()->set_sku("no reason");
  v1::DeltaLine& good = *deltas.add_lines();
  good.set_sku("good");
  good.set_reason(v1::REASON_SALE);
  v1::DeltaLine& newer = *deltas.add_lines();
  newer.set_sku("reason of a newer contract");
  newer.set_reason(static_cast<v1::Reason>(11));

  SECTION("when the document names none") {}
  SECTION("when the document names one of a newer contract") {
    deltas.set_reason(static_cast<v1::Reason>(-1));
  }
  const Decoded decoded(message);
  CHECK(decoded.reason == RejectReason::kNone);
  REQUIRE(decoded.event.lines.size() == 1);
  CHECK(decoded.event.lines[0].sku == "good");
  REQUIRE(decoded.event.rejected.size() == 2);
  CHECK(decoded.event.rejected[0].number == 1);
  CHECK(decoded.event.rejected[0].reason == RejectReason::kUnknownReason);
  CHECK(decoded.event.rejected[1].number == 3);
  CHECK(decoded.event.rejected[1].reason == RejectReason::kUnknownReason);
}

TEST_CASE("a count says whether it was of the shelf only", "[decode]") {
  v1::StockEvent message = Envelope();
  v1::CountLine& line = *message.mutable_counts()->add_lines();
  line.set_sku("a");
  line.set_quantity_milli(3500);
  line.set_shelf_only(true);
  const Decoded decoded(message);
  CHECK(decoded.event.body == Body::kCounts);
  REQUIRE(decoded.event.lines.size() == 1);
  CHECK(decoded.event.lines[0].quantity_milli == 3500);
  CHECK(decoded.event.lines[0].shelf_only);
}

TEST_CASE("a snapshot's three parts name it", "[decode]") {
  v1::StockEvent message = Envelope();
  SECTION("begin") {
    message.mutable_snapshot_begin()->set_snapshot_id("S");
    CHECK(Decoded(message).event.body == Body::kSnapshotBegin);
  }
  SECTION("chunk") {
    message.mutable_snapshot_chunk()->set_snapshot_id("S");
    v1::BookLine& line = *message.mutable_snapshot_chunk()->add_lines();
    line.set_sku("a");
    line.set_quantity_milli(-4000);
    const Decoded decoded(message);
    CHECK(decoded.event.body == Body::kSnapshotChunk);
    REQUIRE(decoded.event.lines.size() == 1);
    CHECK(decoded.event.lines[0].quantity_milli == -4000);
  }
  SECTION("end") {
    message.mutable_snapshot_end()->set_snapshot_id("S");
    message.mutable_snapshot_end()->set_line_count(12'000);
    const Decoded decoded(message);
    CHECK(decoded.event.body == Body::kSnapshotEnd);
    CHECK(decoded.event.line_count == 12'000);
  }
  const Decoded decoded(message);
  CHECK(decoded.reason == RejectReason::kNone);
  CHECK(decoded.event.document == "S");
}

TEST_CASE("a pick has what was asked for and what was found", "[decode]") {
  v1::StockEvent message = Envelope();
  message.mutable_pick_results()->set_reservation_id("R1");
  v1::PickLine& line = *message.mutable_pick_results()->add_lines();
  line.set_sku("a");
  line.set_requested_milli(3000);
  line.set_found_milli(1000);
  line.set_substitute_sku("b");
  const Decoded decoded(message);
  CHECK(decoded.event.body == Body::kPickResults);
  CHECK(decoded.event.document == "R1");
  REQUIRE(decoded.event.lines.size() == 1);
  CHECK(decoded.event.lines[0].quantity_milli == 3000);
  CHECK(decoded.event.lines[0].found_milli == 1000);
}

TEST_CASE("a reservation and its release name the same document", "[decode]") {
  v1::StockEvent message = Envelope();
  message.mutable_reserve()->set_reservation_id("R1");
  message.mutable_reserve()->set_channel("own-site");
  message.mutable_reserve()->set_expires_at_ms(kTime + 5);
  v1::ReserveLine& line = *message.mutable_reserve()->add_lines();
  line.set_sku("a");
  line.set_quantity_milli(2000);
  const Decoded reserve(message);
  CHECK(reserve.event.body == Body::kReserve);
  CHECK(reserve.event.document == "R1");
  CHECK(reserve.event.channel == "own-site");
  CHECK(reserve.event.due_or_expiry_ms == kTime + 5);
  REQUIRE(reserve.event.lines.size() == 1);
  CHECK(reserve.event.lines[0].quantity_milli == 2000);

  message.mutable_release()->set_reservation_id("R1");
  const Decoded release(message);
  CHECK(release.event.body == Body::kRelease);
  CHECK(release.event.document == "R1");
}

TEST_CASE("expected receipts without lines are whole: they withdraw the document", "[decode]") {
  v1::StockEvent message = Envelope();
  message.mutable_expected_receipts()->set_document("PO9");
  message.mutable_expected_receipts()->set_due_ms(kTime + 9);
  const Decoded decoded(message);
  CHECK(decoded.reason == RejectReason::kNone);
  CHECK(decoded.event.body == Body::kExpectedReceipts);
  CHECK(decoded.event.document == "PO9");
  CHECK(decoded.event.due_or_expiry_ms == kTime + 9);
  CHECK(decoded.event.lines.empty());
}

TEST_CASE("a tick needs no store, source, sequence or event time", "[decode]") {
  v1::StockEvent message;
  message.mutable_tick()->set_time_ms(kTime);
  message.mutable_tick()->set_rule_set("\xFE\xFF");
  SECTION("without a reference offset it means: as loaded") {
    CHECK_FALSE(Decoded(message).event.tick_has_reference_offset);
  }
  SECTION("with one it says so") {
    message.mutable_tick()->set_reference_offset(41);
    CHECK(Decoded(message).event.tick_has_reference_offset);
    CHECK(Decoded(message).event.tick_reference_offset == 41);
  }
  const Decoded decoded(message);
  CHECK(decoded.reason == RejectReason::kNone);
  CHECK(decoded.event.body == Body::kTick);
  CHECK(decoded.event.tick_time == PartitionTime{kTime});
  CHECK(decoded.event.tick_rule_set == "\xFE\xFF");
}

struct EnvelopeCase {
  const char* what;
  RejectReason reason;
  std::function<void(v1::StockEvent&)> change;
};

TEST_CASE("an operator's decision needs a store and an action, and no sequence", "[decode]") {
  v1::StockEvent message;
  message.set_store("0557722");
  message.set_source("shelfd");
  message.mutable_list_decision()->set_snapshot_id("night");
  message.mutable_list_decision()->set_by("Ada");
  CHECK(Decoded(message).reason == RejectReason::kUnknownBody);
  message.mutable_list_decision()->set_action(v1::ListDecision::ACTION_DROP);
  const Decoded decoded(message);
  REQUIRE(decoded.reason == RejectReason::kNone);
  CHECK(decoded.event.body == Body::kListDecision);
  CHECK(decoded.event.document == "night");
  CHECK(decoded.event.list_action == ListAction::kDrop);
  CHECK(decoded.event.decided_by == "Ada");
  message.clear_store();
  CHECK(Decoded(message).reason == RejectReason::kEmptyStore);
}

TEST_CASE("an event that cannot be used says why", "[decode]") {
  using E = v1::StockEvent;
  const std::vector<EnvelopeCase> cases = {
      {"good", RejectReason::kNone, [](E&) {}},
      {"no store", RejectReason::kEmptyStore, [](E& e) { e.clear_store(); }},
      {"longest store", RejectReason::kNone,
       [](E& e) { e.set_store(std::string(kStoreBytesMax, 's')); }},
      {"long store", RejectReason::kStoreTooLong,
       [](E& e) { e.set_store(std::string(kStoreBytesMax + 1, 's')); }},
      {"no source", RejectReason::kEmptySource, [](E& e) { e.clear_source(); }},
      {"longest source", RejectReason::kNone,
       [](E& e) { e.set_source(std::string(kSourceBytesMax, 's')); }},
      {"long source", RejectReason::kSourceTooLong,
       [](E& e) { e.set_source(std::string(kSourceBytesMax + 1, 's')); }},
      {"no epoch", RejectReason::kNoSequence, [](E& e) { e.clear_epoch(); }},
      {"no sequence", RejectReason::kNoSequence, [](E& e) { e.clear_sequence(); }},
      {"no body", RejectReason::kUnknownBody, [](E& e) { e.clear_body(); }},
      {"no store and no body", RejectReason::kEmptyStore,
       [](E& e) {
         e.clear_store();
         e.clear_body();
       }},
      {"no time", RejectReason::kBadEventTime, [](E& e) { e.clear_event_time_ms(); }},
      {"negative time", RejectReason::kBadEventTime, [](E& e) { e.set_event_time_ms(-1); }},
      {"negative claim", RejectReason::kBadEventTime, [](E& e) { e.set_complete_through_ms(-1); }},
      {"a claim is no event time", RejectReason::kBadEventTime,
       [](E& e) {
         e.clear_event_time_ms();
         e.set_complete_through_ms(kTime);
       }},
      {"a heartbeat without time", RejectReason::kNone,
       [](E& e) {
         e.clear_event_time_ms();
         e.mutable_heartbeat();
       }},
      {"a heartbeat with a negative time", RejectReason::kBadEventTime,
       [](E& e) {
         e.set_event_time_ms(-1);
         e.mutable_heartbeat();
       }},
      {"a heartbeat without sequence", RejectReason::kNoSequence,
       [](E& e) {
         e.clear_sequence();
         e.mutable_heartbeat();
       }},
      {"a snapshot whose claim is its time", RejectReason::kNone,
       [](E& e) {
         e.clear_event_time_ms();
         e.set_complete_through_ms(kTime);
         e.mutable_snapshot_chunk();
       }},
      {"a snapshot of no time", RejectReason::kBadEventTime,
       [](E& e) {
         e.clear_event_time_ms();
         e.mutable_snapshot_end();
       }},
      {"a reservation without an id", RejectReason::kEmptyDocument,
       [](E& e) { e.mutable_reserve(); }},
      {"a release without an id", RejectReason::kEmptyDocument, [](E& e) { e.mutable_release(); }},
      {"expected receipts without a document", RejectReason::kEmptyDocument,
       [](E& e) { e.mutable_expected_receipts(); }},
      {"the longest reservation id and channel", RejectReason::kNone,
       [](E& e) {
         e.mutable_reserve()->set_reservation_id(std::string(kDocumentBytesMax, 'r'));
         e.mutable_reserve()->set_channel(std::string(kChannelBytesMax, 'c'));
       }},
      {"a long reservation id", RejectReason::kDocumentTooLong,
       [](E& e) {
         e.mutable_reserve()->set_reservation_id(std::string(kDocumentBytesMax + 1, 'r'));
       }},
      {"a long channel of a reservation", RejectReason::kChannelTooLong,
       [](E& e) {
         e.mutable_reserve()->set_reservation_id("R1");
         e.mutable_reserve()->set_channel(std::string(kChannelBytesMax + 1, 'c'));
       }},
      {"a settlement by a name that no reservation can have", RejectReason::kNone,
       [](E& e) {
         e.mutable_deltas()->set_settles_reservation(std::string(kDocumentBytesMax + 1, 'r'));
       }},
  };
  for (const EnvelopeCase& c : cases) {
    v1::StockEvent message = Envelope();
    message.mutable_counts();
    c.change(message);
    INFO(c.what);
    CHECK(RejectReasonName(Decoded(message).reason) == RejectReasonName(c.reason));
  }
}

TEST_CASE("a body of a newer contract is unknown, and its envelope still readable", "[decode]") {
  // Field 22, a message of one byte's length.
  const Decoded decoded(Envelope().SerializeAsString() + std::string("\xB2\x01\x01\x00", 4));
  CHECK(decoded.reason == RejectReason::kUnknownBody);
  CHECK(decoded.event.sequence == 7);
}

}  // namespace
}  // namespace shelf
