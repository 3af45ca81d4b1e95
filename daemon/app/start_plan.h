// Where to read on after a start, or why not to start: what the checkpoint says against what the
// logs hold. Pure. That the input topic has as many partitions as the state was made with is
// Worker::Restore's to judge, before this.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "io/kafka_topics.h"

namespace shelf {

// One partition of a log, and where the checkpoint goes on in it.
struct LogPlace {
  std::string topic;
  int32_t partition = 0;
  OffsetRange log;
  std::optional<int64_t> next;  // nullopt: there is no checkpoint that knows it
};

struct StartQuestion {
  bool has_state = false;       // a checkpoint was restored; else no place has a `next`
  std::string state_folder;     // for the words
  int64_t state_time_ms = 0;    // the latest partition time in the checkpoint; 0 = none
  std::vector<LogPlace> input;  // all partitions of the input topic
  LogPlace reference;           // compacted: what is below its log's begin is not missed
  int64_t now_ms = 0;           // by the wall
  // How long the reference topic keeps the removal of a key, delete.retention.ms; nullopt: not
  // known.
  std::optional<int64_t> removals_kept_ms;
  std::vector<LogPlace> outputs;             // all partitions of all availability topics
  OffsetRange starts;                        // the start records of those before us
  std::optional<int32_t> partitions_before;  // as the newest of them says; only without a state
  std::optional<int64_t> retention_ms;       // of the input topic; nullopt: endless, or not known
  bool accept_loss = false;                  // --accept-loss
};

struct StartPlan {
  std::map<int32_t, int64_t> input;  // by partition: the offset to read first
  int64_t reference = 0;             // the same
  // The state is older than removals are kept: the topic is read from its begin, and what is not in
  // it any more was removed meanwhile. See StartFacts.
  bool reference_anew = false;
  std::map<int32_t, int64_t> input_ends;  // by partition: where its log ends now
  // Input partitions of which records are gone that the state does not know; only with accept_loss.
  // Each is read from where its log begins.
  std::vector<int32_t> lost;
  std::vector<std::string> notes;  // for the daemon's log, each a sentence
};

// FailedPrecondition: going on would lose or double data; one message with every finding in every
// partition, and what to do. With `accept_loss` only what it cannot mend is refused: reference data
// that ends before what the state has read, and another number of partitions than at the last
// start.
absl::StatusOr<StartPlan> PlanStart(const StartQuestion& question);

}  // namespace shelf
