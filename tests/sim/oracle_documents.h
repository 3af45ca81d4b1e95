// What a record of `stock-events` says, read with the library's own parser, and why it cannot be
// used where it cannot.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shelf::sim::oracle {

// Largest magnitude of a line and of on-hand.
inline constexpr int64_t kMostMilli = 1'000'000'000'000'000;

enum class What {
  kMoves,
  kCounts,
  kListBegin,
  kListPart,
  kListEnd,
  kPicks,
  kReserve,
  kRelease,
  kExpected,
  kHeartbeat,
  kNothing,
};

struct Line {
  std::string sku;
  int64_t milli = 0;        // moved, counted, listed, looked for, reserved, expected
  int64_t found_milli = 0;  // picks
  int reason = 0;           // v1::Reason, of moves
  bool shelf_only = false;
};

struct Document {
  std::string store;
  std::string source;
  uint64_t epoch = 0;
  uint64_t sequence = 0;
  int64_t time_ms = 0;
  int64_t claim_ms = 0;
  What what = What::kNothing;
  std::string refusal;  // of the whole body; empty: it can be used
  std::vector<Line> lines;
  std::vector<std::string> bad_lines;  // reasons, in the order of the lines
  uint64_t nameless = 0;               // bad lines that name no SKU
  std::string name;                    // of a list, a reservation, an announcement
  std::string channel;
  std::string settles;
  bool settles_in_part = false;
  uint64_t line_count = 0;
  int64_t expires_ms = 0;
};

struct Tick {
  int64_t time_ms = 0;
  std::string rule_set;
  int64_t reference_offset = 0;
  uint64_t epoch = 0;
};

// One of: a tick; a document that can be placed in its source's order; or refused, with nothing
// that could be placed.
struct Reading {
  std::optional<Tick> tick;
  std::unique_ptr<Document> document;
  std::string refusal;
};

// The record as found in `partition` of `partitions`.
Reading Read(std::string_view key, std::optional<std::string_view> value, int64_t timestamp_ms,
             int32_t partition, int32_t partitions);

// Where a store's records belong: murmur2 as in the Java client, which is what its default
// partitioner takes.
int32_t PartitionFor(std::string_view store, int32_t partitions);

}  // namespace shelf::sim::oracle
