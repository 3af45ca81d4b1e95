// One line of `shelfd pipe`'s input, from JSON to the record that Kafka would have carried.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace shelf {

struct PipeRecord {
  bool reference = false;            // else of stock-events
  std::string key;                   // empty where the line has none, or null
  std::optional<std::string> value;  // Protobuf; nullopt: a tombstone
  int64_t timestamp_ms = 0;          // 0: the line has none
  std::string value_json;            // the value as it came, for a reject
  // Why the value is no message of its topic, in the JSON parser's words; empty: it is one.
  // Then `value` holds bytes that no reader takes.
  std::string trouble;
};

// Reads `{"topic": …, "key": …, "value": …}`, with an optional "timestamp" in Unix ms. Other
// members are passed over. InvalidArgument says what is wrong with the line itself.
absl::StatusOr<PipeRecord> ReadPipeLine(std::string_view line);

}  // namespace shelf
