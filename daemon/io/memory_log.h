// Topics in memory, for tests, simulation and `shelfd pipe`, with a Source and a Sink over them.
// THREAD: everything here belongs to one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "io/sink.h"
#include "io/source.h"

namespace shelf {

struct MemoryRecord {
  int64_t offset = 0;
  int64_t timestamp_ms = 0;
  bool has_value = true;
  std::string key;
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;
};

// A record keeps its address until it is trimmed away or its partition compacted.
class MemoryLog {
 public:
  using Observer =
      std::function<void(std::string_view topic, int32_t partition, const MemoryRecord& record)>;

  MemoryLog() = default;
  MemoryLog(const MemoryLog&) = delete;
  MemoryLog& operator=(const MemoryLog&) = delete;

  // The topic must not exist yet; partitions >= 1.
  void CreateTopic(std::string_view topic, int32_t partitions);
  bool HasTopic(std::string_view topic) const;

  // The time that appended records get, LogAppendTime.
  void set_now_ms(int64_t now_ms) { now_ms_ = now_ms; }

  // Told of every record as it is appended, whoever appends it, in order over all topics.
  void set_observer(Observer observer) { observer_ = std::move(observer); }

  // From here on the topic and the partition must exist.
  int32_t PartitionCount(std::string_view topic) const;

  // Partition -1: by murmur2 of the key. The record's offset and timestamp are set here; returns
  // where it is.
  PartitionOffset Append(std::string_view topic, int32_t partition, MemoryRecord record);
  PartitionOffset Append(std::string_view topic, int32_t partition, std::string_view key,
                         std::string_view value);

  int64_t LowWatermark(std::string_view topic, int32_t partition) const;
  int64_t HighWatermark(std::string_view topic, int32_t partition) const;

  // By rising offset; holes where the log was compacted.
  const std::deque<MemoryRecord>& Records(std::string_view topic, int32_t partition) const;

  // Retention: forgets what lies below `offset`; reading from there is out of range afterwards.
  void TrimBefore(std::string_view topic, int32_t partition, int64_t offset);

  // Compaction: keeps the last record of each key.
  void Compact(std::string_view topic, int32_t partition);

 private:
  struct Partition {
    std::deque<MemoryRecord> records;
    int64_t low = 0;
    int64_t high = 0;
  };

  Partition& At(std::string_view topic, int32_t partition);
  const Partition& At(std::string_view topic, int32_t partition) const;

  absl::flat_hash_map<std::string, std::vector<Partition>> topics_;
  int64_t now_ms_ = 0;
  Observer observer_;
};

// Polling never waits: what is not in the log now is not waited for. Partitions take turns to be
// first, so that none starves.
class MemorySource final : public Source {
 public:
  // The topic and partitions must exist. Borrows `log`, which must outlive the source.
  MemorySource(const MemoryLog* log, std::string topic, std::vector<PartitionOffset> from);

  absl::Status Poll(int wait_ms, size_t records_max, std::vector<Record>& out) override;

 private:
  absl::Status Read(PartitionOffset& at, size_t records_max, std::vector<Record>& out) const;

  const MemoryLog* const log_;
  const std::string topic_;
  std::vector<PartitionOffset> next_;
  size_t turn_ = 0;  // index in next_ of the partition that is read first
};

// Appends to the log what is sent and acknowledges it, unless told to behave like a bad network.
class MemorySink final : public Sink {
 public:
  // The named topics must exist; topics may share a name. Borrows `log`, which must outlive it.
  MemorySink(MemoryLog* log, const std::vector<TopicName>& topics);

  // `record.topic` must be one of those given.
  bool TrySend(const OutRecord& record) override;
  void Drain(int wait_ms, std::vector<Delivery>& out) override;

  // Records reach the log, their acknowledgements do not come back before uncork().
  void cork() { corked_ = true; }
  void uncork() { corked_ = false; }

  // An outage: records are taken and wait, in order, for Connect() to be appended. Of one topic
  // alone, or of all.
  void Disconnect() { connected_ = false; }
  void Disconnect(Topic topic) { away_.insert(topic); }
  void Connect();

  // The producer fails for good: everything that Drain has not handed out comes back as failed,
  // what is in the log and what is not. Ends a cork.
  void LoseProducer();

  // The next `count` records that would be appended are not, and come back as failed.
  void FailNext(int count, absl::Status why = absl::UnavailableError("told to fail")) {
    fail_next_ = count;
    failure_ = std::move(why);
  }

  // TrySend is refused while this many records wait for their delivery to be drained.
  void set_queue_records_max(size_t records) { queue_records_max_ = records; }

  // Records taken whose delivery Drain has not handed out yet.
  size_t in_flight() const { return waiting_.size() + delivered_.size(); }

 private:
  struct Sent {
    const std::string* name;
    Topic topic;
    int32_t partition;
    uint64_t tag;
    MemoryRecord record;
  };

  const std::string& NameOf(Topic topic) const;
  void Write(Sent sent);

  MemoryLog* const log_;
  const std::vector<TopicName> topics_;
  bool corked_ = false;
  bool connected_ = true;
  std::set<Topic> away_;
  int fail_next_ = 0;
  absl::Status failure_;  // theirs
  size_t queue_records_max_ = 100'000;
  std::deque<Sent> waiting_;         // not in the log yet
  std::vector<Delivery> delivered_;  // not drained yet
};

}  // namespace shelf
