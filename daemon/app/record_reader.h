// Reads single records of the input and of the reference topic, to name what caused a number.
#pragma once

#include <string>

#include "app/publication_json.h"
#include "io/kafka_options.h"

namespace shelf {

struct RecordTopics {
  std::string input, reference;
};

// Each call opens a consumer of its own and waits for its record, 3 s at most: Unavailable then.
// THREAD: any.
ReadRecord KafkaRecordReader(const KafkaOptions& options, const RecordTopics& topics);

}  // namespace shelf
