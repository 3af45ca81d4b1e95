#include "app/record_reader.h"

#include <memory>
#include <vector>

#include "io/kafka_source.h"

namespace shelf {
namespace {

constexpr int kTurnMs = 100;
constexpr int kTurnsMax = 30;

absl::StatusOr<std::optional<ReadBack>> ReadOne(Source& source, const RecordPlace& place) {
  std::vector<Record> records;
  for (int turn = 0; turn < kTurnsMax; ++turn) {
    const absl::Status status = source.Poll(kTurnMs, 1, records);
    if (absl::IsOutOfRange(status)) return std::nullopt;
    if (!status.ok()) return status;
    if (!records.empty()) {
      const Record& record = records.front();
      if (record.offset != place.offset) return std::nullopt;  // compacted away
      return ReadBack{.has_value = record.has_value,
                      .key = std::string(record.key),
                      .value = std::string(record.value)};
    }
    if (source.EndSeen(place.partition) > place.offset) return std::nullopt;
  }
  return absl::UnavailableError("the broker did not give it within 3 s");
}

}  // namespace

ReadRecord KafkaRecordReader(const KafkaOptions& options, const RecordTopics& topics) {
  return [options, topics](const RecordPlace& place) -> absl::StatusOr<std::optional<ReadBack>> {
    auto source = OpenKafkaSource(options, place.reference ? topics.reference : topics.input,
                                  {{place.partition, place.offset}});
    if (!source.ok()) return source.status();
    return ReadOne(**source, place);
  };
}

}  // namespace shelf
