#include "app/configured_rules.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "app/load.h"
#include "loop/checkpoint.h"

namespace shelf {

namespace {

std::string Joined(const std::vector<std::string>& channels) {
  return absl::StrJoin(channels, ", ");
}

void Say(const RulesOutcome& outcome, const RulesReload& reload) {
  for (const RulesMessage& message : outcome.messages) {
    spdlog::log(message.warning ? spdlog::level::warn : spdlog::level::err, "{}:{}:{}: {}",
                outcome.source, message.line, message.column, message.text);
  }
  const std::string hash = absl::BytesToHexString(outcome.hash).substr(0, 12);
  if (outcome.phase == RulesPhase::kTaken) {
    spdlog::info("rules {} from {}, by {}, are in force from the next ticks on", hash,
                 outcome.source, outcome.by);
  } else if (outcome.phase == RulesPhase::kUnchanged) {
    spdlog::info("rules {} from {} are those already in force", hash, outcome.source);
  } else if (outcome.phase == RulesPhase::kBraked) {
    spdlog::error("rules {} from {} are not taken: {}", hash, outcome.source,
                  BrakeWords(outcome, reload.zero_share_max()));
  } else if (outcome.phase == RulesPhase::kReplaced) {
    spdlog::warn("rules {} from {}, by {}, are not taken: a later proposal took their place", hash,
                 outcome.source, outcome.by);
  } else {
    spdlog::error("the rules from {} cannot be used; the old ones stay in force", outcome.source);
  }
}

}  // namespace

absl::StatusOr<RulesAtStart> ConfiguredRules::AtStart(CheckpointStore& store) const {
  const absl::StatusOr<std::string> text = ReadRulesText(path_);
  RulesAtStart chosen;
  const absl::Status status = ChooseRules(&store, text.ok() ? *text : std::string(), chosen);
  if (!chosen.gave_way.empty()) spdlog::warn("{}", chosen.gave_way);
  if (!text.ok()) {
    std::cerr << path_ << ":1:1: error: " << std::string(text.status().message()) << '\n';
    chosen.propose = false;
    if (absl::IsInvalidArgument(status)) return status;
  }
  PrintRulesMessages(path_, chosen.messages, std::cerr);
  if (!status.ok()) return status;
  return chosen;
}

absl::StatusOr<RulesProposal> ConfiguredRules::Proposal(std::string by) const {
  absl::StatusOr<std::string> text = ReadRulesText(path_);
  if (!text.ok()) {
    return absl::NotFoundError(
        absl::StrCat("rules file ", path_, ": ", std::string(text.status().message())));
  }
  return RulesProposal{.text = *std::move(text),
                       .source = source(),
                       .by = std::move(by),
                       .force = false,
                       .from_file = true};
}

absl::StatusOr<Config> RoutedAsSaved(Config config, const RuleSet& rules, CheckpointStore& store) {
  const absl::StatusOr<std::vector<SavedChannel>> saved = ReadChannels(store);
  if (!saved.ok()) return saved.status();
  for (size_t c = 0; c < saved->size() && c < rules.channels().size(); ++c) {
    const ChannelRules& channel = rules.channels()[c];
    if (!channel.retired || config.channels.contains(channel.name)) continue;
    for (const SavedChannel& route : *saved) {
      if (route.name != channel.name) continue;
      ChannelOutput& output = config.channels[channel.name];
      output.format = route.json ? ValueFormat::kJson : ValueFormat::kProtobuf;
      if (route.topic != config.topics.availability) output.topic = route.topic;
    }
  }
  return config;
}

void RulesHerald::Run(const RulesReload& reload) {
  const size_t fresh = static_cast<size_t>(
      std::min<uint64_t>(reload.ended_total() - ended_said_, reload.ended().size()));
  ended_said_ = reload.ended_total();
  for (size_t i = reload.ended().size() - fresh; i < reload.ended().size(); ++i) {
    Say(reload.ended()[i], reload);
  }
}

void RulesHerald::Run(const StrayChannels& strays) {
  if (strays.retired.size() != retired_said_) {
    spdlog::warn(
        "channels {} have numbers in the output, and neither the rules nor the checkpoint know "
        "them (rules that were applied and then lost with the disk?): their numbers go to zero. If "
        "they are still to be sold by, apply rules that have them",
        Joined(strays.retired));
    retired_said_ = strays.retired.size();
  }
  if (strays.beyond != beyond_said_ && !strays.beyond.empty()) {
    spdlog::error(
        "channels {} have {} numbers in the output that cannot be set to zero: no rules know them, "
        "and there are {} channels already. Whoever reads them sells by them. Take channels out of "
        "the rules; when these are at zero, start shelfd again",
        Joined(strays.beyond), strays.keys_beyond, kChannelsMax);
  }
  beyond_said_ = strays.beyond;
}

}  // namespace shelf
