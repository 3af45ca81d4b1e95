// `shelfd run`: configuration to a running daemon. The one place that wires concrete types.
#pragma once

#include <string>

#include "config/config.h"

namespace shelf {

struct RunOptions {
  Config config;
  bool embedded = false;     // brings its own broker; config.brokers is then not used
  bool accept_loss = false;  // goes on where the log no longer holds what the state needs
};

// Runs until SIGTERM or SIGINT. Returns an ExitCode.
int RunDaemon(const RunOptions& options);

// `shelfd broker`: the embedded broker of a state folder, until SIGTERM or SIGINT.
int RunBroker(const std::string& state_dir);

}  // namespace shelf
