// Which Kafka a command asks, for those that ask it themselves.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "config/config.h"

namespace shelf::ctl {

// The configuration of `path` (empty: the defaults) with `sets` on top. Where neither a file nor
// `sets` say which brokers, $SHELFD_BROKERS does, as for shelf-agent. InvalidArgument when it
// cannot be used; each reason is printed to stderr.
absl::StatusOr<Config> ClusterConfig(const std::string& path, std::vector<std::string> sets);

// An Unavailable as it is, with who was asked and how to name another; others unchanged.
absl::Status WithBrokers(const absl::Status& status, const std::string& brokers);

}  // namespace shelf::ctl
