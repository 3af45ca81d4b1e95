// Watches the outputs of a running daemon for records that it did not write. In each round it asks
// where the output logs end, the worker says which parts of them are not its own, those are read,
// and the worker says their keys again.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "io/kafka_options.h"
#include "io/kafka_topics.h"
#include "io/sink.h"
#include "loop/foreign_records.h"
#include "loop/worker.h"

namespace shelf {

struct OutputWatchOptions {
  KafkaOptions kafka;
  std::vector<TopicName> topics;  // those that hold availability, each once
  int32_t partitions = 0;         // of each
  int64_t interval_ms = 5000;     // between two rounds
};

// A round that fails (the broker is away) is made up for by the next: nothing is forgotten before
// the worker has taken it.
class OutputWatch {
 public:
  // Borrows both, which outlive it. The worker is running or about to.
  OutputWatch(OutputWatchOptions options, KafkaCluster& cluster, Worker& worker);
  ~OutputWatch();

  void Start();
  // Returns when its thread has ended, within a few seconds, whatever it waits for. The worker need
  // not run any more.
  void Stop();

 private:
  using Ends = std::map<OutputPartition, OffsetRange>;
  struct Answer;

  // THREAD: its own, all below.
  void Run();
  absl::Status Round();
  // The first trouble of the round; the partitions and topics that have none are done all the same.
  absl::Status AskForEnds(Ends& ends);
  std::optional<std::vector<OutputSpan>> AskWorker(const Ends& ends);
  absl::Status ReadTopic(const TopicName& topic, const std::vector<OutputSpan>& spans,
                         const Ends& ends);
  void Report(const TopicName& topic, ForeignRecords found);
  bool stopping();

  const OutputWatchOptions options_;
  KafkaCluster& cluster_;
  Worker& worker_;
  std::thread thread_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  // under mutex_
};

}  // namespace shelf
