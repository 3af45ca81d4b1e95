#include "app/embedded.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "state/rows.h"

namespace shelf {
namespace {

namespace fs = std::filesystem;
constexpr int kStartMs = 20'000;

// Names the broker whose log the checkpoint's offsets count.
fs::path IdentityFile(const std::string& state_dir) { return fs::path(state_dir) / "broker.of"; }

std::string Identity(const EmbeddedBroker& broker) {
  return absl::StrCat(broker.pid, " ", broker.started_ms);
}

absl::Status SetAside(const std::string& state_dir, int64_t wall_ms, std::string& said) {
  const fs::path state = fs::path(state_dir) / kCheckpointFolder;
  if (!fs::exists(state)) return absl::OkStatus();
  const fs::path aside = absl::StrCat(state.string(), ".of-a-lost-broker.", wall_ms);
  std::error_code error;
  fs::rename(state, aside, error);
  if (error) {
    return absl::InternalError(
        absl::StrCat("cannot rename ", state.string(), ": ", error.message()));
  }
  absl::StrAppend(
      &said,
      "the broker that this state belongs to is gone, and its log with it: the old state is set "
      "aside as ",
      aside.string(), "\n");
  return absl::OkStatus();
}

}  // namespace

std::vector<EmbeddedTopic> EmbeddedTopics(const Config& config) {
  const TopicNames& topics = config.topics;
  std::vector<EmbeddedTopic> all = {{topics.stock_events, kEmbeddedPartitions},
                                    {topics.availability, kEmbeddedPartitions},
                                    {topics.locations, kEmbeddedPartitions},
                                    {topics.reference, 1},
                                    {topics.stock_requests, kEmbeddedPartitions},
                                    {topics.stock_rejects, 1},
                                    {topics.shelfd_starts, 1}};
  for (const auto& [name, output] : config.channels) {
    if (!output.topic.empty()) all.push_back({output.topic, kEmbeddedPartitions});
  }
  return all;
}

absl::StatusOr<EmbeddedBroker> EnsureEmbeddedBroker(const std::string& state_dir, int64_t wall_ms,
                                                    std::string& said) {
  std::error_code error;
  fs::create_directories(state_dir, error);
  if (error) {
    return absl::InternalError(absl::StrCat("cannot make ", state_dir, ": ", error.message()));
  }
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  auto broker =
      StartEmbeddedBroker(program.string(), (fs::path(state_dir) / "broker").string(), kStartMs);
  if (!broker.ok()) return broker;
  std::string known;
  std::getline(std::ifstream(IdentityFile(state_dir)) >> std::ws, known);
  if (known == Identity(*broker)) return broker;
  if (absl::Status status = SetAside(state_dir, wall_ms, said); !status.ok()) return status;
  std::ofstream(IdentityFile(state_dir)) << Identity(*broker) << "\n";
  return broker;
}

}  // namespace shelf
