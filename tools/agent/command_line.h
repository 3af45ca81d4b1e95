// The command line of shelf-agent; README.md is its reference.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "agent/send.h"
#include "agent/sender.h"
#include "io/kafka_options.h"

namespace shelf::agent {

struct CommandLine {
  std::string state;  // the agent's folder
  bool strict = false;
  KafkaOptions kafka;
  SenderLimits limits;
  SendOptions send;
};

// Reads the file of --thousandths-skus too. nullopt: help was asked for and printed.
// InvalidArgument: with what is wrong.
absl::StatusOr<std::optional<CommandLine>> ParseCommandLine(int argc, const char* const* argv);

}  // namespace shelf::agent
