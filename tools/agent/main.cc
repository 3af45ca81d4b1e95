// shelf-agent: options to one run, and its status to an exit code.
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>

#include "agent/command_line.h"
#include "agent/send.h"
#include "io/kafka_sink.h"
#include "io/kafka_topics.h"

namespace shelf::agent {
namespace {

enum ExitCode { kDone = 0, kWrongCommand = 2, kRowsRejected = 3, kEnvironment = 4, kRefused = 5 };

int64_t NowMs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

// Before anything is written down, so that a mistyped topic leaves no interrupted run behind.
absl::Status CheckTopic(const CommandLine& line) {
  absl::StatusOr<std::unique_ptr<KafkaCluster>> cluster = KafkaCluster::Open(line.kafka);
  if (!cluster.ok()) return cluster.status();
  const absl::Status status =
      (*cluster)
          ->PartitionCount(line.send.topic, static_cast<int>(line.limits.ack_timeout_ms))
          .status();
  return absl::IsNotFound(status) ? absl::InvalidArgumentError(status.message()) : status;
}

absl::StatusOr<Report> Run(const CommandLine& line) {
  absl::StatusOr<std::unique_ptr<StateFolder>> folder = StateFolder::Open(line.state);
  if (!folder.ok()) return folder.status();
  if (absl::Status s = CheckTopic(line); !s.ok()) return s;
  absl::StatusOr<std::unique_ptr<KafkaSink>> sink =
      KafkaSink::Open(line.kafka, {{kTopic, line.send.topic}});
  if (!sink.ok()) return sink.status();
  return Send(line.send, **folder, **sink, line.limits, NowMs);
}

ExitCode CodeOf(const absl::Status& status) {
  if (absl::IsInvalidArgument(status)) return kWrongCommand;
  return absl::IsFailedPrecondition(status) ? kRefused : kEnvironment;
}

ExitCode Fail(const absl::Status& status) {
  std::cerr << "shelf-agent: " << status.message() << '\n';
  return CodeOf(status);
}

int Main(int argc, char** argv) {
  const absl::StatusOr<std::optional<CommandLine>> line = ParseCommandLine(argc, argv);
  if (!line.ok()) return Fail(line.status());
  if (!line->has_value()) return kDone;
  const absl::StatusOr<Report> report = Run(**line);
  if (!report.ok()) return Fail(report.status());
  Print(*report, std::cout);
  return (*line)->strict && report->rejected > 0 ? kRowsRejected : kDone;
}

}  // namespace
}  // namespace shelf::agent

int main(int argc, char** argv) { return shelf::agent::Main(argc, argv); }
