#include "decode/random_event.h"

#include <limits>

namespace shelf {
namespace {

uint64_t Below(uint64_t limit, std::mt19937_64& random) { return random() % limit; }
bool OneIn(uint64_t n, std::mt19937_64& random) { return Below(n, random) == 0; }

int64_t RandomQuantity(std::mt19937_64& random) {
  switch (Below(24, random)) {
    case 0:
      return std::numeric_limits<int64_t>::min();
    case 1:
      return std::numeric_limits<int64_t>::max();
    case 2:
      return 1'000'000'000'000'000;
    case 3:
      return -1'000'000'000'000'001;
    case 4:
      return 0;
    default:
      return static_cast<int64_t>(Below(40'000, random)) - 10'000;
  }
}

std::string RandomName(size_t longest, std::mt19937_64& random) {
  static const std::string kPieces[] = {"0557722",          "a", "é",      "商",
                                        "\xF0\x9F\x9B\x92", "-", "4601234"};
  if (OneIn(24, random)) return "";
  if (OneIn(24, random)) return std::string(longest, 'x');
  if (OneIn(24, random)) return std::string(longest + 1, 'x');
  std::string name;
  for (uint64_t i = 0; i <= Below(3, random); ++i) name += kPieces[Below(7, random)];
  return name;
}

int64_t RandomTime(std::mt19937_64& random) {
  if (OneIn(16, random)) return static_cast<int64_t>(Below(3, random)) - 1;
  return 1'700'000'000'000 + static_cast<int64_t>(Below(1'000'000'000, random));
}

v1::Reason RandomReason(std::mt19937_64& random) {
  if (OneIn(20, random)) return static_cast<v1::Reason>(static_cast<int32_t>(random()));
  return static_cast<v1::Reason>(Below(12, random));
}

template <typename Message>
void AddLines(Message& body, std::mt19937_64& random) {
  for (uint64_t i = Below(5, random); i > 0; --i) {
    auto& line = *body.add_lines();
    line.set_sku(RandomName(128, random));
    line.set_quantity_milli(RandomQuantity(random));
  }
}

void FillDeltas(v1::Deltas& deltas, std::mt19937_64& random) {
  AddLines(deltas, random);
  if (!OneIn(3, random)) deltas.set_reason(RandomReason(random));
  for (v1::DeltaLine& line : *deltas.mutable_lines()) {
    if (OneIn(3, random)) line.set_reason(RandomReason(random));
  }
  if (OneIn(3, random)) deltas.set_settles_reservation(RandomName(30, random));
  if (OneIn(3, random)) deltas.set_settles_expected(RandomName(30, random));
  deltas.set_settles_in_part(OneIn(2, random));
}

void FillPicks(v1::PickResults& picks, std::mt19937_64& random) {
  for (uint64_t i = Below(5, random); i > 0; --i) {
    v1::PickLine& line = *picks.add_lines();
    line.set_sku(RandomName(128, random));
    line.set_requested_milli(RandomQuantity(random));
    line.set_found_milli(RandomQuantity(random));
    if (OneIn(3, random)) line.set_substitute_sku(RandomName(128, random));
  }
  picks.set_reservation_id(RandomName(30, random));
}

void FillCounts(v1::Counts& counts, std::mt19937_64& random) {
  AddLines(counts, random);
  for (v1::CountLine& line : *counts.mutable_lines()) line.set_shelf_only(OneIn(2, random));
}

void FillSnapshotChunk(v1::SnapshotChunk& chunk, std::mt19937_64& random) {
  chunk.set_snapshot_id(RandomName(30, random));
  AddLines(chunk, random);
}

void FillSnapshotEnd(v1::SnapshotEnd& end, std::mt19937_64& random) {
  end.set_snapshot_id(RandomName(30, random));
  end.set_line_count(Below(3, random) == 0 ? random() : Below(900, random));
}

void FillReserve(v1::Reserve& reserve, std::mt19937_64& random) {
  reserve.set_reservation_id(RandomName(128, random));
  reserve.set_channel(RandomName(64, random));
  reserve.set_expires_at_ms(RandomTime(random));
  AddLines(reserve, random);
}

void FillTick(v1::Tick& tick, std::mt19937_64& random) {
  tick.set_time_ms(RandomTime(random));
  tick.set_rule_set("\xFF\x00\x80 no text");
  if (OneIn(2, random)) tick.set_reference_offset(static_cast<int64_t>(Below(100, random)));
}

void FillExpected(v1::ExpectedReceipts& expected, std::mt19937_64& random) {
  expected.set_document(RandomName(128, random));
  expected.set_due_ms(RandomTime(random));
  AddLines(expected, random);
}

void FillDecision(v1::ListDecision& decision, std::mt19937_64& random) {
  decision.set_snapshot_id(RandomName(30, random));
  decision.set_by(RandomName(30, random));
  decision.set_action(static_cast<v1::ListDecision::Action>(
      OneIn(8, random) ? static_cast<int32_t>(random()) : static_cast<int32_t>(Below(4, random))));
}

void FillBody(v1::StockEvent& event, std::mt19937_64& random) {
  switch (Below(13, random)) {
    case 0:
      return FillDeltas(*event.mutable_deltas(), random);
    case 1:
      return FillCounts(*event.mutable_counts(), random);
    case 2:
      return event.mutable_snapshot_begin()->set_snapshot_id(RandomName(30, random));
    case 3:
      return FillSnapshotChunk(*event.mutable_snapshot_chunk(), random);
    case 4:
      return FillSnapshotEnd(*event.mutable_snapshot_end(), random);
    case 5:
      return FillPicks(*event.mutable_pick_results(), random);
    case 6:
      return FillReserve(*event.mutable_reserve(), random);
    case 7:
      return event.mutable_release()->set_reservation_id(RandomName(128, random));
    case 8:
      event.mutable_heartbeat();
      return;
    case 9:
      return FillTick(*event.mutable_tick(), random);
    case 10:
      return FillExpected(*event.mutable_expected_receipts(), random);
    case 11:
      return FillDecision(*event.mutable_list_decision(), random);
    default:
      return;
  }
}

std::string TrickyBytes(std::mt19937_64& random) {
  static const std::string kTricky[] = {
      "\x0B",                                                       // a group starts
      "\x0C",                                                       // a group ends
      std::string("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 10),  // zero in ten bytes
      "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F",                   // bits above 64
      "\x8A\x80\x80\x80\x70",                                       // a tag with bits above 32
      std::string("\x85\x80\x80\x80\x00", 5),                       // a length in five bytes
      "\xED\xA0\x80",                                               // a surrogate
      "\xC0\x80",                                                   // an overlong zero
      "\x52",
      "\xA2\x01",
      "\xAA\x01",
      "\x9A\x01",  // body tags
      std::string(1, '\0'),
  };
  return kTricky[Below(std::size(kTricky), random)];
}

void DamageOnce(std::string& bytes, std::mt19937_64& random) {
  const size_t at = Below(bytes.size() + 1, random);
  const size_t count = 1 + Below(6, random);
  switch (Below(6, random)) {
    case 0:
      if (at < bytes.size()) bytes[at] = static_cast<char>(random());
      return;
    case 1:
      if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << Below(8, random)));
      return;
    case 2:
      bytes.erase(at, count);
      return;
    case 3:
      bytes.insert(at, bytes.substr(Below(bytes.size() + 1, random), count));
      return;
    case 4:
      bytes.insert(at, TrickyBytes(random));
      return;
    default:
      bytes.resize(at);
  }
}

}  // namespace

v1::StockEvent RandomEvent(std::mt19937_64& random) {
  v1::StockEvent event;
  event.set_store(RandomName(64, random));
  event.set_source(OneIn(8, random) ? RandomName(64, random) : "erp");
  event.set_epoch(OneIn(16, random) ? 0 : 1'700'000'000);
  event.set_sequence(OneIn(16, random) ? 0 : random());
  if (OneIn(2, random)) event.set_event_id(RandomName(40, random));
  event.set_event_time_ms(RandomTime(random));
  event.set_sent_time_ms(RandomTime(random));
  if (OneIn(2, random)) event.set_complete_through_ms(RandomTime(random));
  FillBody(event, random);
  return event;
}

std::string Damaged(std::string bytes, std::mt19937_64& random) {
  for (uint64_t i = 0; i <= Below(4, random); ++i) DamageOnce(bytes, random);
  return bytes;
}

}  // namespace shelf
