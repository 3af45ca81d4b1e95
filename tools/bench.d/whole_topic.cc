#include "whole_topic.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "io/kafka_source.h"
#include "io/kafka_topics.h"

namespace shelf {
namespace {

constexpr int kQuestionMs = 10'000;
constexpr size_t kBatchRecords = 5'000;  // the daemon's intake.batch_records_max

absl::StatusOr<std::vector<OffsetRange>> Ranges(const KafkaOptions& options,
                                                const std::string& topic) {
  auto cluster = KafkaCluster::Open(options);
  if (!cluster.ok()) return cluster.status();
  const absl::StatusOr<int32_t> count = (*cluster)->PartitionCount(topic, kQuestionMs);
  if (!count.ok()) return count.status();
  std::vector<OffsetRange> ranges;
  for (int32_t p = 0; p < *count; ++p) {
    absl::StatusOr<OffsetRange> range = (*cluster)->Watermarks(topic, p, kQuestionMs);
    if (!range.ok()) return range.status();
    ranges.push_back(*range);
  }
  return ranges;
}

}  // namespace

absl::StatusOr<std::vector<int64_t>> TopicEnds(const KafkaOptions& options,
                                               const std::string& topic) {
  const auto ranges = Ranges(options, topic);
  if (!ranges.ok()) return ranges.status();
  std::vector<int64_t> ends;
  for (const OffsetRange& range : *ranges) ends.push_back(range.high);
  return ends;
}

absl::StatusOr<WholeTopic> WholeTopic::Open(const KafkaOptions& options, const std::string& topic,
                                            const std::vector<int64_t>& starts) {
  const auto ranges = Ranges(options, topic);
  if (!ranges.ok()) return ranges.status();
  if (!starts.empty() && starts.size() != ranges->size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("topic ", topic, " has ", ranges->size(), " partitions, not ", starts.size()));
  }
  WholeTopic whole;
  std::vector<PartitionOffset> from;
  for (size_t p = 0; p < ranges->size(); ++p) {
    const int64_t start = starts.empty() ? (*ranges)[p].low : starts[p];
    from.push_back({static_cast<int32_t>(p), start});
    whole.left_.push_back({start, (*ranges)[p].high});
  }
  auto source = OpenKafkaSource(options, topic, from);
  if (!source.ok()) return source.status();
  whole.source_ = *std::move(source);
  return whole;
}

absl::Status WholeTopic::Poll(int wait_ms, std::vector<Record>& out) {
  if (absl::Status status = source_->Poll(wait_ms, kBatchRecords, out); !status.ok()) {
    return status;
  }
  for (const Record& record : out)
    left_[static_cast<size_t>(record.partition)].next = record.offset + 1;
  return absl::OkStatus();
}

bool WholeTopic::done() const {
  for (size_t p = 0; p < left_.size(); ++p) {
    // What EndSeen tells is known even where the last offsets hold nothing for consumers.
    const int64_t seen = source_->EndSeen(static_cast<int32_t>(p));
    if (std::max(left_[p].next, seen) < left_[p].end) return false;
  }
  return true;
}

}  // namespace shelf
