#include "app/output_tail.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/percent.h"
#include "io/kafka_source.h"
#include "shelf/v1/availability.pb.h"

namespace shelf {
namespace {

constexpr int kQuestionMs = 60'000;
constexpr int kSilentTurnsMax = 300;  // of 100 ms
constexpr size_t kBatchMax = 10'000;

// The version of a record in either format; 0 when it has none that can be read.
uint64_t VersionOf(std::string_view value) {
  v1::Availability record;
  if (!value.empty() && value.front() == '{') {
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    const auto status = google::protobuf::util::JsonStringToMessage(
        google::protobuf::StringPiece(value.data(), value.size()), &record, options);
    return status.ok() ? record.version() : 0;
  }
  return record.ParseFromArray(value.data(), static_cast<int>(value.size())) ? record.version() : 0;
}

}  // namespace

absl::Status OutputTail::Read(const TopicName& topic, StartFacts& facts) {
  std::vector<PartitionOffset> from;
  std::map<int32_t, int64_t> ends;
  for (int32_t p = 0; p < partitions_; ++p) {
    const absl::StatusOr<OffsetRange> range = cluster_.Watermarks(topic.name, p, kQuestionMs);
    if (!range.ok()) return range.status();
    const auto known = meta_.outputs.find({topic.topic, p});
    int64_t next = known != meta_.outputs.end() ? known->second : range->low;
    if (next > range->high) {
      return absl::FailedPreconditionError(absl::StrCat(
          "topic ", topic.name, " partition ", p, " ends at offset ", range->high,
          ", the checkpoint has written up to ", next, ": the log was cut or made anew"));
    }
    if (next < range->low) {
      facts.outputs_cut.push_back(p);
      next = range->low;
    }
    facts.output_ends[{topic.topic, p}] = range->high;
    if (next == range->high) continue;
    from.push_back({p, next});
    ends[p] = range->high;
  }
  return from.empty() ? absl::OkStatus() : ReadRecords(topic, from, std::move(ends), facts);
}

absl::Status OutputTail::ReadRecords(const TopicName& topic,
                                     const std::vector<PartitionOffset>& from,
                                     std::map<int32_t, int64_t> ends, StartFacts& facts) {
  auto source = OpenKafkaSource(kafka_, topic.name, from);
  if (!source.ok()) return source.status();
  std::vector<Record> records;
  for (int silent = 0; !ends.empty() && silent < kSilentTurnsMax; ++silent) {
    if (absl::Status status = (*source)->Poll(100, kBatchMax, records); !status.ok()) return status;
    for (const Record& record : records) {
      silent = 0;
      const auto end = ends.find(record.partition);
      if (end == ends.end()) continue;
      Note(record, facts);
      if (record.offset + 1 >= end->second) ends.erase(end);
    }
    std::erase_if(ends,
                  [&](const auto& end) { return (*source)->EndSeen(end.first) >= end.second; });
  }
  if (ends.empty()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("topic ", topic.name, " partition ",
                                             ends.begin()->first,
                                             " could not be read back to its end"));
}

void OutputTail::Note(const Record& record, StartFacts& facts) {
  if (const uint64_t version = VersionOf(record.value); version != 0) {
    has_version_ = true;
    incarnation_max_ = std::max(incarnation_max_, version >> 40);
  }
  auto parts = SplitKey(record.key);
  if (!parts.has_value() || parts->size() != 3) return;  // not of ours
  facts.written_since.emplace_back(
      record.partition,
      KeyNames{std::move((*parts)[0]), std::move((*parts)[1]), std::move((*parts)[2])});
}

}  // namespace shelf
