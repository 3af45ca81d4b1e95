#include "agent/command_line.h"

#include <fstream>
#include <iostream>
#include <map>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"

namespace shelf::agent {
namespace {

struct LimitedOption {
  CLI::Option* option;
  bool lists;
  bool movements;
  bool heartbeats;
};

// As typed, before the texts are read.
struct Typed {
  CommandLine parsed;
  std::string kind;
  std::vector<std::string> librdkafka;
  std::vector<std::string> columns;
  std::vector<std::string> constants;
  std::vector<std::string> only_stores;
  std::vector<std::string> skip_stores;
  std::string delimiter = ",";
  std::string thousandths_file;
  std::string reason;
  bool decimal_comma = false;
  bool no_claims = false;
  double time_shift_s = 0;
  double ack_timeout_s = 60;
  std::vector<LimitedOption> limited;
};

void AddCommonOptions(CLI::App& app, Typed& line) {
  app.add_option("KIND", line.kind, "stores, items, listings, list, movements or heartbeats")
      ->required();
  app.add_option("FILE", line.parsed.send.file.path,
                 "a CSV with a header row, gzip or not; heartbeats have none");
  app.add_option("--state", line.parsed.state, "the agent's folder")->required();
  app.add_option("--brokers", line.parsed.kafka.brokers, "Kafka bootstrap servers")
      ->envname("SHELFD_BROKERS")
      ->required();
  app.add_option("--topic", line.parsed.send.topic, "default stock-events or reference");
  app.add_option("--librdkafka", line.librdkafka, "KEY=VALUE")->allow_extra_args(false);
  app.add_option("--columns", line.columns, "OURS=THEIRS,...")->allow_extra_args(false);
  app.add_option("--set", line.constants, "OURS=VALUE")->allow_extra_args(false);
  app.add_option("--delimiter", line.delimiter, "one character, or tab");
  app.add_option("--rows-from", line.parsed.send.file.row_first)->check(CLI::PositiveNumber);
  app.add_option("--rows-to", line.parsed.send.file.row_last)->check(CLI::PositiveNumber);
  app.add_option("--rate", line.parsed.limits.lines_per_second, "lines a second")
      ->check(CLI::PositiveNumber);
  app.add_option("--ahead-max", line.parsed.limits.ahead_max, "records not acknowledged")
      ->check(CLI::PositiveNumber);
  app.add_option("--ack-timeout", line.ack_timeout_s, "seconds")->check(CLI::PositiveNumber);
  app.add_flag("--strict", line.parsed.strict, "exit 3 when rows were rejected");
}

void AddEventOptions(CLI::App& app, Typed& line) {
  const auto limit = [&](CLI::Option* option, bool lists, bool movements, bool heartbeats) {
    line.limited.push_back({option, lists, movements, heartbeats});
    return option;
  };
  const auto any = [&](CLI::Option* option) { return limit(option, true, true, true); };
  const auto events = [&](CLI::Option* option) { return limit(option, true, true, false); };
  const auto list_only = [&](CLI::Option* option) { return limit(option, true, false, false); };
  const auto movements_only = [&](CLI::Option* option) {
    return limit(option, false, true, false);
  };

  SendOptions& send = line.parsed.send;
  any(app.add_option("--source", send.source, "the system of record"));
  any(app.add_option("--only-stores", line.only_stores, "STORE,..."))
      ->delimiter(',')
      ->allow_extra_args(false);
  any(app.add_option("--skip-stores", line.skip_stores, "STORE,..."))
      ->delimiter(',')
      ->allow_extra_args(false);
  events(app.add_option("--sign", send.rows.sign, "1 or -1"))->check(CLI::IsMember({1, -1}));
  events(app.add_option("--thousandths-skus", line.thousandths_file, "SKUs, one a line"));
  events(app.add_flag("--decimal-comma", line.decimal_comma, "1,5 is one and a half"));
  any(app.add_option("--timezone", send.rows.timezone, "IANA zone of times without one"));
  any(app.add_option("--time-shift", line.time_shift_s, "seconds added to times"));
  any(app.add_option("--complete-through", send.complete_through, "the claim"));
  events(app.add_flag("--no-claims", line.no_claims, "for files that are not complete"));
  any(app.add_flag("--new-epoch", send.new_epoch, "sequences from 1 in a new epoch"));
  list_only(app.add_option("--time", send.time, "what the list is the state of"));
  movements_only(app.add_option("--reason", line.reason, "sale, receipt, ..."));
  movements_only(app.add_flag("--all-stores", send.all_stores, "heartbeats to all ever sent"));
  movements_only(app.add_flag("--again", send.again, "send rows that were sent before"));
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

absl::Status CheckLimits(const Typed& line) {
  const Kind kind = line.parsed.send.kind;
  for (const LimitedOption& limited : line.limited) {
    const bool fits = (kind == Kind::kList && limited.lists) ||
                      (kind == Kind::kMovements && limited.movements) ||
                      (kind == Kind::kHeartbeats && limited.heartbeats);
    if (limited.option->count() > 0 && !fits) {
      return absl::InvalidArgumentError(limited.option->get_name() + " is not for " + line.kind);
    }
  }
  const bool has_file = !line.parsed.send.file.path.empty();
  if (kind == Kind::kHeartbeats && has_file) {
    return absl::InvalidArgumentError("heartbeats are of no file");
  }
  if (kind != Kind::kHeartbeats && !has_file) return absl::InvalidArgumentError("FILE is missing");
  return absl::OkStatus();
}

absl::Status ReadNames(Typed& line) {
  const std::optional<Kind> kind = ParseKind(line.kind);
  if (!kind) return absl::InvalidArgumentError("'" + line.kind + "' is no KIND");
  line.parsed.send.kind = *kind;
  if (absl::Status s = CheckLimits(line); !s.ok()) return s;
  if (line.parsed.send.topic.empty())
    line.parsed.send.topic = IsReference(*kind) ? "reference" : "stock-events";
  if (!line.reason.empty()) {
    const std::optional<v1::Reason> reason = ParseReason(line.reason);
    if (!reason) return absl::InvalidArgumentError("'" + line.reason + "' is no reason");
    line.parsed.send.rows.reason = *reason;
  }
  const std::string& source = line.parsed.send.source;
  if (source.empty() || source.size() > 64 || !IsUtf8(source)) {
    return absl::InvalidArgumentError("--source is empty, longer than 64 bytes or not UTF-8");
  }
  if (line.delimiter == "tab") line.delimiter = "\t";
  if (line.delimiter.size() != 1) return absl::InvalidArgumentError("--delimiter is no character");
  line.parsed.send.file.delimiter = line.delimiter[0];
  if (line.parsed.send.file.row_first > line.parsed.send.file.row_last) {
    return absl::InvalidArgumentError("--rows-from is above --rows-to");
  }
  return absl::OkStatus();
}

absl::Status ReadTyped(Typed& line) {
  if (absl::Status s = ReadNames(line); !s.ok()) return s;
  ColumnOptions& columns = line.parsed.send.file.columns;
  if (absl::Status s = AddPairs(line.columns, ',', columns.columns); !s.ok()) return s;
  if (absl::Status s = AddPairs(line.constants, '\n', columns.constants); !s.ok()) return s;
  if (absl::Status s = AddPairs(line.librdkafka, '\n', line.parsed.kafka.librdkafka); !s.ok())
    return s;
  if (!line.thousandths_file.empty()) {
    absl::Status s = ReadSkus(line.thousandths_file, line.parsed.send.rows.thousandths_skus);
    if (!s.ok()) return s;
  }
  line.parsed.send.only_stores.insert(line.only_stores.begin(), line.only_stores.end());
  line.parsed.send.skip_stores.insert(line.skip_stores.begin(), line.skip_stores.end());
  line.parsed.send.rows.decimal_sign = line.decimal_comma ? ',' : '.';
  line.parsed.send.rows.time_shift_ms = static_cast<int64_t>(line.time_shift_s * 1000);
  line.parsed.send.claims = !line.no_claims;
  line.parsed.limits.ack_timeout_ms = static_cast<int64_t>(line.ack_timeout_s * 1000);
  line.parsed.kafka.client_id = "shelf-agent";
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<CommandLine>> ParseCommandLine(int argc, const char* const* argv) {
  CLI::App app("Sends what an ERP exports to the topics of shelfd.", "shelf-agent");
  app.require_subcommand(1);
  CLI::App& send = *app.add_subcommand("send", "a file, once");
  Typed line;
  AddCommonOptions(send, line);
  AddEventOptions(send, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    app.exit(asked, std::cout, std::cerr);
    return std::optional<CommandLine>();
  } catch (const CLI::ParseError& error) {
    return absl::InvalidArgumentError(error.what());
  }
  if (absl::Status s = ReadTyped(line); !s.ok()) return s;
  return std::optional<CommandLine>(std::move(line.parsed));
}

}  // namespace shelf::agent
