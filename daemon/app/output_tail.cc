#include "app/output_tail.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/failpoint.h"
#include "io/kafka_source.h"
#include "io/read_through.h"
#include "loop/foreign_records.h"

namespace shelf {
namespace {

constexpr int kQuestionMs = 60'000;
constexpr int kPatienceMs = 30'000;

}  // namespace

absl::Status OutputTail::Read(const TopicName& topic, StartFacts& facts) {
  std::vector<PartitionOffset> from;
  std::map<int32_t, int64_t> ends;
  for (int32_t p = 0; p < partitions_; ++p) {
    const absl::StatusOr<OffsetRange> range = cluster_.Watermarks(topic.name, p, kQuestionMs);
    if (!range.ok()) return range.status();
    SHELF_FAILPOINT("output-tail");
    const auto known = meta_.outputs.find({topic.topic, p});
    int64_t next = known != meta_.outputs.end() ? known->second : range->low;
    // An end before what was written would have been refused, were it not for --accept-loss.
    if (next < range->low || next > range->high) {
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
  absl::Status read = ReadThrough(**source, std::move(ends), kPatienceMs,
                                  [&](const Record& record) { Note(record, facts); });
  if (!absl::IsUnavailable(read)) return read;
  return absl::UnavailableError(absl::StrCat("topic ", topic.name, " ", read.message()));
}

void OutputTail::Note(const Record& record, StartFacts& facts) {
  std::optional<KeyNames> names = NamesIn(record.key);
  if (!names.has_value()) return;  // not of ours
  if (const uint64_t version = VersionOf(record.value, *names); version != 0) {
    has_version_ = true;
    incarnation_max_ = std::max(incarnation_max_, version >> 40);
  }
  facts.written_since.emplace_back(record.partition, *std::move(names));
}

}  // namespace shelf
