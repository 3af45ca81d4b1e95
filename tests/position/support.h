// A store as a test writes it: documents in one line of text each, fed to Apply one by one.
//
//   SOURCE[@EPOCH] SEQUENCE BODY TIME [ID [LINES]] [SKU QUANTITY]... [claim TIME]
//
//   erp 4 receipt 09:30 milk 10 claim 09:00     any Reason in lower case: a movement
//   scan 1 count 10:00 milk 7                   shelf_count: on the shelf only
//   pos 2 heartbeat 10:00 claim 09:55
//   erp 5 begin 10:00 L1                        chunk ID SKU QUANTITY...; end ID LINE_COUNT
//   pick 1 pick 10:00 milk 3 found 1            three asked for, one found
//   oms 1 reserve 10:00 R1 milk 2 [channel web] [until 11:00]
//   oms 2 release 10:05 R1                      pos 2 sale 10:10 milk -2 settles R1 [part]
//   erp 6 expect 08:00 P1 milk 9 due 12:00      erp 7 receipt 12:10 milk 9 closes P1
//
// Times are HH:MM or HH:MM:SS of one day; quantities are whole units.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/interner.h"
#include "decode/event.h"
#include "position/apply.h"
#include "position/position_table.h"
#include "position/store_state.h"

namespace shelf::position_test {

inline constexpr int64_t kMinuteMs = 60 * 1000;
inline constexpr int64_t kMidnightMs = 1'699'920'000'000;

// "09:30" or "09:30:15" of the day that begins at kMidnightMs.
EventTime At(std::string_view clock);
std::string ClockText(EventTime time);

struct DocumentLine {
  std::string sku;
  int64_t quantity_milli = 0;
  int64_t found_milli = 0;
};

struct Document {
  std::string source;
  uint64_t epoch = 1;
  uint64_t sequence = 0;
  Body body = Body::kHeartbeat;
  Reason reason = Reason::kUnspecified;
  bool shelf_only = false;
  EventTime time;
  EventTime claim;   // 0 = none
  std::string list;  // or the reservation, or what is expected
  uint64_t line_count = 0;
  std::vector<DocumentLine> lines;
  std::string channel;
  std::string settles, closes;
  bool in_part = false;
  EventTime due_or_expiry;                     // 0 = none
  RejectReason decoded = RejectReason::kNone;  // what Decode said of the body; not in the text
};

// The document of one line of text; fails the test when it is none.
Document Parse(std::string_view text);
// The line of text of a document.
std::string Text(const Document& document);

class World {
 public:
  // Sources erp (book), pos (early, not required), scan, pick and oms (evidence). No tick seen.
  explicit World(size_t ring_bytes_max = 4 << 20);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void Declare(std::string_view source, SourceRole role, bool required = false);
  void Require(std::string_view source) { SourceOf(source).required = true; }
  // A tick: from here on time is known, and what is due by it happens.
  void Tick(std::string_view clock);
  void Tick(EventTime now);
  // Minutes after midnight, for days that follow the first.
  void TickAfter(int64_t minutes) { Tick(EventTime{kMidnightMs + minutes * kMinuteMs}); }
  // Kafka's own timestamp of the records to come; 0 = none.
  void RecordTime(EventTime time) { record_time_ms_ = time.ms; }

  // Feeds each line of `documents`; the result of the last.
  ApplyResult Feed(std::string_view documents);
  ApplyResult Feed(const Document& document);

  // In whole units; fails the test when there is no such position or a fraction.
  int64_t OnHand(std::string_view sku) const;
  // What reservations hold of it, in whole units; 0 when there is no such position.
  int64_t Held(std::string_view sku) const;
  // The same without those of `channel`.
  int64_t HeldByOthers(std::string_view sku, std::string_view channel) const;
  // What documents announce of it, in whole units.
  int64_t Expected(std::string_view sku) const;
  // The SKUs of `touched`.
  std::vector<std::string> Touched() const;
  // Thousandths; 0 when there is no such position.
  int64_t OnHandMilli(std::string_view sku) const;
  bool Knows(std::string_view sku) const { return Find(sku).valid(); }
  const Position& PositionOf(std::string_view sku) const { return positions[Find(sku)]; }
  bool HasNilPick(std::string_view sku) const { return PositionOf(sku).Has(Position::kNilPick); }

  EventTime complete_through() const { return store.book_complete_through; }
  EventTime watermark() const { return store.watermark; }
  SourceState& SourceOf(std::string_view name);

  PositionTable positions{2};
  Names<SkuId> skus;
  StoreState store;
  // Of the last document.
  std::vector<LineReject> rejected;
  std::vector<PositionId> touched;

 private:
  PositionId Find(std::string_view sku) const;

  PartitionTime now_;
  bool time_known_ = false;
  int64_t record_time_ms_ = 0;
};

}  // namespace shelf::position_test
