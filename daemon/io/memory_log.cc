#include "io/memory_log.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "base/murmur2.h"

namespace shelf {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// The first record at or after `offset`.
std::deque<MemoryRecord>::const_iterator Seek(const std::deque<MemoryRecord>& records,
                                              int64_t offset) {
  return std::lower_bound(
      records.begin(), records.end(), offset,
      [](const MemoryRecord& record, int64_t sought) { return record.offset < sought; });
}

}  // namespace

void MemoryLog::CreateTopic(std::string_view topic, int32_t partitions) {
  SHELF_CHECK(partitions >= 1, "a topic has partitions");
  const bool created = topics_.try_emplace(std::string(topic), partitions).second;
  SHELF_CHECK(created, "topic exists");
}

bool MemoryLog::HasTopic(std::string_view topic) const { return topics_.contains(View(topic)); }

int32_t MemoryLog::PartitionCount(std::string_view topic) const {
  const auto found = topics_.find(View(topic));
  SHELF_CHECK(found != topics_.end(), "no such topic");
  return static_cast<int32_t>(found->second.size());
}

PartitionOffset MemoryLog::Append(std::string_view topic, int32_t partition, MemoryRecord record) {
  if (partition == -1) partition = PartitionOf(record.key, PartitionCount(topic));
  Partition& at = At(topic, partition);
  record.offset = at.high++;
  record.timestamp_ms = now_ms_;
  at.records.push_back(std::move(record));
  const MemoryRecord& appended = at.records.back();
  if (observer_) observer_(topic, partition, appended);
  return {partition, appended.offset};
}

PartitionOffset MemoryLog::Append(std::string_view topic, int32_t partition, std::string_view key,
                                  std::string_view value) {
  MemoryRecord record;
  record.key = key;
  record.value = value;
  return Append(topic, partition, std::move(record));
}

int64_t MemoryLog::LowWatermark(std::string_view topic, int32_t partition) const {
  return At(topic, partition).low;
}

int64_t MemoryLog::HighWatermark(std::string_view topic, int32_t partition) const {
  return At(topic, partition).high;
}

const std::deque<MemoryRecord>& MemoryLog::Records(std::string_view topic,
                                                   int32_t partition) const {
  return At(topic, partition).records;
}

void MemoryLog::TrimBefore(std::string_view topic, int32_t partition, int64_t offset) {
  Partition& at = At(topic, partition);
  at.low = std::clamp(offset, at.low, at.high);
  while (!at.records.empty() && at.records.front().offset < at.low) at.records.pop_front();
}

void MemoryLog::Compact(std::string_view topic, int32_t partition) {
  Partition& at = At(topic, partition);
  std::unordered_set<std::string_view> newer;
  std::deque<MemoryRecord> kept;
  for (auto record = at.records.rbegin(); record != at.records.rend(); ++record) {
    if (!newer.insert(record->key).second) continue;
    kept.push_front(*record);
  }
  at.records = std::move(kept);
}

const MemoryLog::Partition& MemoryLog::At(std::string_view topic, int32_t partition) const {
  const auto found = topics_.find(View(topic));
  SHELF_CHECK(found != topics_.end(), "no such topic");
  SHELF_CHECK(partition >= 0 && static_cast<size_t>(partition) < found->second.size(),
              "no such partition");
  return found->second[static_cast<size_t>(partition)];
}

MemoryLog::Partition& MemoryLog::At(std::string_view topic, int32_t partition) {
  return const_cast<Partition&>(std::as_const(*this).At(topic, partition));
}

MemorySource::MemorySource(const MemoryLog* log, std::string topic,
                           std::vector<PartitionOffset> from)
    : log_(log), topic_(std::move(topic)), next_(std::move(from)) {
  for (PartitionOffset& at : next_) {
    if (at.offset == kFromBeginning) at.offset = log_->LowWatermark(topic_, at.partition);
    if (at.offset == kFromEnd) at.offset = log_->HighWatermark(topic_, at.partition);
  }
}

absl::Status MemorySource::Poll(int /*wait_ms*/, size_t records_max, std::vector<Record>& out) {
  out.clear();
  absl::Status failure;
  for (size_t i = 0; i < next_.size(); ++i) {
    failure.Update(Read(next_[(turn_ + i) % next_.size()], records_max, out));
  }
  if (!next_.empty()) turn_ = (turn_ + 1) % next_.size();
  // As from Kafka, a failure is told after what could be read.
  return out.empty() ? failure : absl::OkStatus();
}

absl::Status MemorySource::Read(PartitionOffset& at, size_t records_max,
                                std::vector<Record>& out) const {
  const int64_t low = log_->LowWatermark(topic_, at.partition);
  const int64_t high = log_->HighWatermark(topic_, at.partition);
  if (at.offset < low || at.offset > high) {
    return absl::OutOfRangeError(absl::StrCat("topic ", topic_, ", partition ", at.partition,
                                              ": offset ", at.offset,
                                              " is not in the log, which is ", low, " to ", high));
  }
  const std::deque<MemoryRecord>& records = log_->Records(topic_, at.partition);
  auto record = Seek(records, at.offset);
  for (; record != records.end() && out.size() < records_max; ++record) {
    out.push_back({at.partition, record->offset, record->timestamp_ms, record->has_value,
                   record->key, record->value});
    at.offset = record->offset + 1;
  }
  // The log may end in a hole.
  if (record == records.end()) at.offset = high;
  return absl::OkStatus();
}

MemorySink::MemorySink(MemoryLog* log, const std::vector<TopicName>& topics)
    : log_(log), topics_(topics) {
  for (const TopicName& topic : topics_) {
    SHELF_CHECK(log_->HasTopic(topic.name), "no such topic");
  }
}

bool MemorySink::TrySend(const OutRecord& record) {
  if (in_flight() >= queue_records_max_) return false;
  MemoryRecord taken;
  taken.key = record.key;
  taken.value = record.value;
  taken.headers.assign(record.headers.begin(), record.headers.end());
  Sent sent{&NameOf(record.topic), record.topic, record.partition, record.tag, std::move(taken)};
  if (connected_ && !away_.contains(record.topic)) {
    Write(std::move(sent));
  } else {
    waiting_.push_back(std::move(sent));
  }
  return true;
}

void MemorySink::Drain(int /*wait_ms*/, std::vector<Delivery>& out) {
  if (corked_) return;
  out.insert(out.end(), std::make_move_iterator(delivered_.begin()),
             std::make_move_iterator(delivered_.end()));
  delivered_.clear();
}

void MemorySink::LoseProducer() {
  corked_ = false;
  for (const Sent& sent : waiting_) {
    delivered_.push_back({sent.topic, sent.partition, -1, sent.tag, absl::OkStatus()});
  }
  waiting_.clear();
  for (Delivery& delivery : delivered_) {
    delivery.offset = -1;
    delivery.status = absl::AbortedError("the producer was replaced");
  }
}

void MemorySink::Connect() {
  connected_ = true;
  away_.clear();
  while (!waiting_.empty()) {
    Write(std::move(waiting_.front()));
    waiting_.pop_front();
  }
}

void MemorySink::Write(Sent sent) {
  Delivery delivery{sent.topic, sent.partition, -1, sent.tag, absl::OkStatus()};
  if (fail_next_ > 0) {
    --fail_next_;
    delivery.status = failure_;
  } else {
    const PartitionOffset at = log_->Append(*sent.name, sent.partition, std::move(sent.record));
    delivery.partition = at.partition;
    delivery.offset = at.offset;
  }
  delivered_.push_back(std::move(delivery));
}

const std::string& MemorySink::NameOf(Topic topic) const {
  const auto found = std::find_if(topics_.begin(), topics_.end(),
                                  [topic](const TopicName& known) { return known.topic == topic; });
  SHELF_CHECK(found != topics_.end(), "topic was not given");
  return found->name;
}

}  // namespace shelf
