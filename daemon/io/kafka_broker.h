// The broker that `--embedded` brings along for demos and tests: librdkafka's mock cluster on a
// loopback port, in a process of its own, so that a killed daemon finds its log again.
//
// It speaks Kafka's wire protocol and forgets: a partition keeps its newest 5 MiB or 100,000 record
// batches, whichever is less, in memory, and drops the oldest. It makes a topic at the first
// question about it. It has no compaction, no LogAppendTime, no ACLs, TLS or SASL, no admin
// requests, and does not enforce idempotence. Java, franz-go and kafka-python clients cannot talk
// to it; librdkafka's own (kcat, confluent-kafka) can.
//
// Files in the state folder: broker.json (who and where, written whole or not at all), broker.lock
// (held while a broker runs), broker.log.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace shelf {

struct EmbeddedTopic {
  std::string name;
  int32_t partitions = 1;
};

struct EmbeddedBrokerOptions {
  std::string state_dir;  // made when it does not exist
  std::vector<EmbeddedTopic> topics;
};

// A broker that ran a moment ago. Its log is another one when `pid` or `started_ms` differ.
struct EmbeddedBroker {
  pid_t pid = 0;
  std::string bootstrap;   // "127.0.0.1:port"
  int64_t started_ms = 0;  // Unix milliseconds
};

// Serves until `stop` is true (seen within 100 ms), then removes broker.json. Signals are the
// caller's. AlreadyExists: another broker holds the state folder.
absl::Status RunEmbeddedBroker(const EmbeddedBrokerOptions& options, const std::atomic<bool>& stop);

// The live broker of `state_dir`. NotFound: there is none, whatever file a dead one left.
absl::StatusOr<EmbeddedBroker> FindEmbeddedBroker(const std::string& state_dir);

// Starts `program_path broker --state DIR` in a session of its own, with its output appended to
// broker.log, and waits for it to answer. A live broker is returned as it is. It survives the end
// of this process, but not of a container, nor of a systemd unit with KillMode=control-group.
// DeadlineExceeded or Unavailable: it did not come up; broker.log says why.
absl::StatusOr<EmbeddedBroker> StartEmbeddedBroker(const std::string& program_path,
                                                   const std::string& state_dir, int deadline_ms);

}  // namespace shelf
