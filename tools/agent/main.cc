// shelf-agent: command line to options, and a status to an exit code.
#include <chrono>
#include <fstream>
#include <iostream>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "agent/send.h"
#include "io/kafka_sink.h"
#include "io/kafka_topics.h"

namespace shelf::agent {
namespace {

enum ExitCode { kDone = 0, kWrongCommand = 2, kRowsRejected = 3, kEnvironment = 4, kRefused = 5 };

// As typed; MakeOptions reads them.
struct CommandLine {
  std::string kind;
  std::string state;
  std::vector<std::string> librdkafka;
  std::vector<std::string> columns;
  std::vector<std::string> constants;
  std::string delimiter = ",";
  std::string thousandths_file;
  std::string reason;
  bool decimal_comma = false;
  bool no_claims = false;
  bool strict = false;
  double time_shift_s = 0;
  double ack_timeout_s = 60;
  KafkaOptions kafka;
  SenderLimits limits;
  SendOptions send;
};

int64_t NowMs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

void AddCommonOptions(CLI::App& app, CommandLine& line) {
  app.add_option("KIND", line.kind, "stores, items, listings, list or movements")->required();
  app.add_option("FILE", line.send.file.path, "a CSV with a header row, gzip or not")->required();
  app.add_option("--state", line.state, "the agent's folder")->required();
  app.add_option("--brokers", line.kafka.brokers, "Kafka bootstrap servers")->required();
  app.add_option("--topic", line.send.topic, "default stock-events or reference");
  app.add_option("--librdkafka", line.librdkafka, "KEY=VALUE")->allow_extra_args(false);
  app.add_option("--columns", line.columns, "OURS=THEIRS,...")->allow_extra_args(false);
  app.add_option("--set", line.constants, "OURS=VALUE")->allow_extra_args(false);
  app.add_option("--delimiter", line.delimiter, "one character, or tab");
  app.add_option("--rows-from", line.send.file.row_first)->check(CLI::PositiveNumber);
  app.add_option("--rows-to", line.send.file.row_last)->check(CLI::PositiveNumber);
  app.add_option("--rate", line.limits.lines_per_second, "lines a second")
      ->check(CLI::PositiveNumber);
  app.add_option("--ahead-max", line.limits.ahead_max, "records not acknowledged")
      ->check(CLI::PositiveNumber);
  app.add_option("--ack-timeout", line.ack_timeout_s, "seconds")->check(CLI::PositiveNumber);
  app.add_flag("--strict", line.strict, "exit 3 when rows were rejected");
}

void AddEventOptions(CLI::App& app, CommandLine& line) {
  app.add_option("--source", line.send.source, "the system of record");
  app.add_option("--reason", line.reason, "sale, receipt, ...");
  app.add_option("--sign", line.send.rows.sign, "1 or -1")->check(CLI::IsMember({1, -1}));
  app.add_option("--thousandths-skus", line.thousandths_file, "SKUs, one a line");
  app.add_flag("--decimal-comma", line.decimal_comma);
  app.add_option("--timezone", line.send.rows.timezone, "IANA zone of times without one");
  app.add_option("--time-shift", line.time_shift_s, "seconds added to times");
  app.add_option("--time", line.send.time, "what a list is the state of");
  app.add_option("--complete-through", line.send.complete_through, "the claim");
  app.add_flag("--no-claims", line.no_claims);
  app.add_flag("--all-stores", line.send.all_stores, "heartbeats to every store ever sent");
  app.add_flag("--again", line.send.again, "send rows that were sent before");
  app.add_flag("--new-epoch", line.send.new_epoch, "sequences from 1 in a new epoch");
}

absl::Status AddPairs(const std::vector<std::string>& given, char separator,
                      std::map<std::string, std::string>& out) {
  for (const std::string& text : given) {
    absl::Status status;
    ForEachPart(text, separator, [&](std::string_view pair) {
      const size_t equals = pair.find('=');
      const bool good = equals != std::string_view::npos && equals > 0;
      if (good) {
        out[std::string(pair.substr(0, equals))] = pair.substr(equals + 1);
      } else {
        status = absl::InvalidArgumentError("'" + std::string(pair) + "' is not NAME=VALUE");
      }
    });
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ReadSkus(const std::string& path, absl::flat_hash_set<std::string>& out) {
  std::ifstream file(path);
  if (!file) return absl::InvalidArgumentError(path + " cannot be read");
  for (std::string sku; std::getline(file, sku);) {
    const std::string_view bare = Trim(std::string_view(sku).substr(0, sku.find('\r')));
    if (!bare.empty()) out.emplace(bare);
  }
  return absl::OkStatus();
}

absl::Status ReadNames(CommandLine& line) {
  const std::optional<Kind> kind = ParseKind(line.kind);
  if (!kind) return absl::InvalidArgumentError("'" + line.kind + "' is no KIND");
  line.send.kind = *kind;
  if (line.send.topic.empty()) line.send.topic = IsReference(*kind) ? "reference" : "stock-events";
  if (!line.reason.empty()) {
    const std::optional<v1::Reason> reason = ParseReason(line.reason);
    if (!reason) return absl::InvalidArgumentError("'" + line.reason + "' is no reason");
    line.send.rows.reason = *reason;
  }
  const std::string& source = line.send.source;
  if (source.empty() || source.size() > 64 || !IsUtf8(source)) {
    return absl::InvalidArgumentError("--source is empty, longer than 64 bytes or not UTF-8");
  }
  if (line.delimiter == "tab") line.delimiter = "\t";
  if (line.delimiter.size() != 1) return absl::InvalidArgumentError("--delimiter is no character");
  line.send.file.delimiter = line.delimiter[0];
  if (line.send.file.row_first > line.send.file.row_last) {
    return absl::InvalidArgumentError("--rows-from is above --rows-to");
  }
  return absl::OkStatus();
}

absl::Status ReadCommandLine(CommandLine& line) {
  if (absl::Status s = ReadNames(line); !s.ok()) return s;
  ColumnOptions& columns = line.send.file.columns;
  if (absl::Status s = AddPairs(line.columns, ',', columns.columns); !s.ok()) return s;
  if (absl::Status s = AddPairs(line.constants, '\n', columns.constants); !s.ok()) return s;
  if (absl::Status s = AddPairs(line.librdkafka, '\n', line.kafka.librdkafka); !s.ok()) return s;
  if (!line.thousandths_file.empty()) {
    absl::Status s = ReadSkus(line.thousandths_file, line.send.rows.thousandths_skus);
    if (!s.ok()) return s;
  }
  line.send.rows.decimal_sign = line.decimal_comma ? ',' : '.';
  line.send.rows.time_shift_ms = static_cast<int64_t>(line.time_shift_s * 1000);
  line.send.claims = !line.no_claims;
  line.limits.ack_timeout_ms = static_cast<int64_t>(line.ack_timeout_s * 1000);
  line.kafka.client_id = "shelf-agent";
  return absl::OkStatus();
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

absl::StatusOr<Report> Run(CommandLine& line) {
  if (absl::Status s = ReadCommandLine(line); !s.ok()) return s;
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

int Main(int argc, char** argv) {
  CLI::App app("Sends what an ERP exports to the topics of shelfd.", "shelf-agent");
  app.require_subcommand(1);
  CLI::App& send = *app.add_subcommand("send", "a file, once");
  CommandLine line;
  AddCommonOptions(send, line);
  AddEventOptions(send, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kWrongCommand;
  }
  absl::StatusOr<Report> report = Run(line);
  if (!report.ok()) {
    std::cerr << "shelf-agent: " << report.status().message() << '\n';
    return CodeOf(report.status());
  }
  Print(*report, std::cout);
  return line.strict && report->rejected > 0 ? kRowsRejected : kDone;
}

}  // namespace
}  // namespace shelf::agent

int main(int argc, char** argv) { return shelf::agent::Main(argc, argv); }
