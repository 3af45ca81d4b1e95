// What people and tools ask of a running worker, as JSON. Quantities are thousandths of the unit of
// measure (`_milli`), times Unix milliseconds (`_ms`); null stands for "not known".
// THREAD: the worker's (Worker::Post). They change nothing.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "loop/worker.h"
#include "nlohmann/json.hpp"

namespace shelf {

using Json = nlohmann::ordered_json;

// A position, its evidence and what each channel was last told. NotFound says what is unknown.
absl::StatusOr<Json> GetPosition(Worker& worker, std::string_view store, std::string_view sku);

// The worker as a whole: time and offsets by partition, how far the stores are behind, counters,
// memory.
Json GetStatus(Worker& worker);

}  // namespace shelf
