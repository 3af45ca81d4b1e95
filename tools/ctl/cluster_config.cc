#include "ctl/cluster_config.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "app/load.h"

namespace shelf::ctl {

absl::StatusOr<Config> ClusterConfig(const std::string& path, std::vector<std::string> sets) {
  const bool said = !path.empty() || std::any_of(sets.begin(), sets.end(), [](const auto& set) {
    return absl::StartsWith(set, "brokers=");
  });
  const char* const brokers = std::getenv("SHELFD_BROKERS");
  if (!said && brokers != nullptr) sets.push_back(absl::StrCat("brokers=", brokers));
  std::optional<Config> config = LoadConfigFile(path, sets);
  if (config.has_value()) return *std::move(config);
  return absl::InvalidArgumentError("the configuration cannot be used");
}

absl::Status WithBrokers(const absl::Status& status, const std::string& brokers) {
  if (!absl::IsUnavailable(status)) return status;
  return absl::UnavailableError(
      absl::StrCat(status.message(), "; asked at ", brokers,
                   ": --config, --set brokers=HOST:PORT or $SHELFD_BROKERS name others"));
}

}  // namespace shelf::ctl
