// A folder of its own for each test, files in it, and a memory log to send to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "agent/send.h"
#include "io/memory_log.h"
#include "shelf/v1/stock_event.pb.h"

namespace shelf::agent {

class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }
  // Returns its path.
  std::string Write(std::string_view name, std::string_view content) const;
  std::string WriteGzip(std::string_view name, std::string_view content) const;
  // Empty when there is none.
  std::string Read(std::string_view name) const;

 private:
  std::string path_;
};

// Unix milliseconds of the manual clock at the start.
inline constexpr int64_t kStartMs = 1'700'000'000'000;

// A memory log that has the topic "topic".
class OneTopicLog : public MemoryLog {
 public:
  explicit OneTopicLog(int32_t partitions) { CreateTopic("topic", partitions); }
};

// A log with one topic, an agent's folder and a manual clock.
class Agent {
 public:
  explicit Agent(const Folder& folder, int32_t partitions = 4);

  // Opens the state folder, sends and closes it again, as a process does.
  absl::StatusOr<Report> Send(const SendOptions& options);

  // All events of the log, those of a store in their order.
  std::vector<v1::StockEvent> Events() const;
  std::vector<v1::StockEvent> EventsOf(std::string_view store) const;
  // The bodies that a consumer keeps that drops what it has by (store, source, epoch, sequence).
  std::vector<v1::StockEvent> Deduplicated() const;
  // Key and value of every record.
  std::vector<std::pair<std::string, std::string>> Records() const;

  OneTopicLog log;
  MemorySink sink;
  SenderLimits limits;
  int64_t now_ms = kStartMs;
  int64_t step_ms = 0;  // the clock's advance at each reading

 private:
  const Folder& folder_;
  const int32_t partitions_;
};

SendOptions Movements(const std::string& path);
SendOptions List(const std::string& path);

}  // namespace shelf::agent
