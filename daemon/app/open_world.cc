#include "app/open_world.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "loop/lag.h"

namespace shelf {
namespace {

std::vector<std::string> NamesOf(const std::vector<SavedChannel>& channels) {
  std::vector<std::string> names;
  for (const SavedChannel& channel : channels) names.push_back(channel.name);
  return names;
}

// The newest set that the checkpoint knows; each partition's own comes with its row.
absl::StatusOr<std::string> NewestText(CheckpointStore& store) {
  const absl::StatusOr<RulesHistory> history = RulesHistory::Read(store);
  if (!history.ok()) return history.status();
  if (!history->records().empty()) return history->records().back().text;
  return absl::FailedPreconditionError(
      "the checkpoint does not tell which rules were in force; name their file");
}

absl::StatusOr<std::unique_ptr<RuleSet>> RulesFor(CheckpointStore& store,
                                                  const std::optional<std::string>& given,
                                                  const std::vector<SavedChannel>& channels) {
  const absl::StatusOr<std::string> text = given.has_value() ? *given : NewestText(store);
  if (!text.ok()) return text.status();
  std::vector<RulesMessage> messages;
  std::unique_ptr<RuleSet> rules = RuleSet::Load(*text, messages, NamesOf(channels));
  if (rules != nullptr) return rules;
  const auto error = std::find_if(messages.begin(), messages.end(),
                                  [](const RulesMessage& message) { return !message.warning; });
  return absl::InvalidArgumentError(
      absl::StrCat(given.has_value() ? "the rules" : "the rules that were in force",
                   " cannot be used: ", error->line, ":", error->column, ": ", error->text));
}

}  // namespace

absl::StatusOr<std::unique_ptr<OpenedWorld>> OpenedWorld::Open(CheckpointStore& store,
                                                               const OpenWorldOptions& options) {
  absl::StatusOr<CheckpointMeta> meta = ReadMeta(store, {});
  if (!meta.ok()) return meta.status();
  if (!meta->has_incarnation) return absl::NotFoundError("nothing was ever written there");
  const absl::StatusOr<std::vector<SavedChannel>> channels = ReadChannels(store);
  if (!channels.ok()) return channels.status();
  absl::StatusOr<std::unique_ptr<RuleSet>> rules = RulesFor(store, options.rules, *channels);
  if (!rules.ok()) return rules.status();
  const WorldOptions world_options{.partitions_total = meta->partitions_total};
  std::unique_ptr<OpenedWorld> opened(
      new OpenedWorld(world_options, *std::move(rules), *std::move(meta)));
  opened->RouteAsSaved(*channels);
  if (absl::Status status = RestoreWorld(store, opened->world_); !status.ok()) return status;
  World& world = opened->world_;
  world.channel_topics.resize(world.channel_names.size());
  for (const std::unique_ptr<Partition>& partition : world.partitions) {
    if (options.rules.has_value() && partition != nullptr) {
      world.SwitchRules(*partition, world.rules);
    }
  }
  for (Store& restored : world.stores) UpdateLag(restored, world.PartitionOf(restored));
  return opened;
}

// A channel whose topic seems to be another now would have all its keys noted, to be said again.
void OpenedWorld::RouteAsSaved(const std::vector<SavedChannel>& channels) {
  world_.channel_topics.resize(world_.channel_names.size());
  for (const SavedChannel& saved : channels) {
    const ChannelId channel = world_.ChannelNamed(saved.name);
    if (channel.valid()) world_.channel_topics[channel.value] = saved.topic;
  }
}

std::optional<OpenedWorld::Times> OpenedWorld::times() const {
  std::optional<Times> times;
  for (const std::unique_ptr<Partition>& partition : world_.partitions) {
    if (partition == nullptr || !partition->time_known) continue;
    if (!times.has_value()) times = {.oldest = partition->now, .newest = partition->now};
    times->oldest = std::min(times->oldest, partition->now);
    times->newest = std::max(times->newest, partition->now);
  }
  return times;
}

}  // namespace shelf
