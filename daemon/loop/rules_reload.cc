#include "loop/rules_reload.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"

namespace shelf {
namespace {

// Rule sets are of no partition: the furthest of them tells when one was taken.
PartitionTime LatestTime(const World& world) {
  PartitionTime latest;
  for (const auto& partition : world.partitions) {
    if (partition != nullptr) latest = std::max(latest, partition->now);
  }
  return latest;
}

std::string Share(const RulesOutcome::Zeroed& zeroed) {
  return absl::StrCat(zeroed.to_zero, " of ", zeroed.sellable);
}

}  // namespace

std::string_view RulesPhaseName(RulesPhase phase) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "none", "waiting", "counting", "saving", "taken", "unchanged", "refused", "braked"};
  return kNames[static_cast<size_t>(phase)];
}

std::string BrakeWords(const RulesOutcome& outcome, double zero_share_max) {
  std::string words = absl::StrCat("it would set ", Share(outcome.zeroed_in_all),
                                   " keys that are above zero to zero");
  const char* separator = ": ";
  for (const RulesOutcome::Zeroed& zeroed : outcome.zeroed) {
    absl::StrAppend(&words, separator, Share(zeroed), " of channel ", zeroed.channel);
    separator = ", ";
  }
  absl::StrAppend(&words, ". That is more than ", std::lround(zero_share_max * 100),
                  " % (rules.zero_share_max) of a channel or of all, so nothing has changed. See "
                  "which with `shelfctl rules diff`; if it is meant, `shelfctl rules apply "
                  "--force`");
  return words;
}

std::vector<int64_t> MinIntervals(const RuleSet& rules) {
  std::vector<int64_t> intervals_ms;
  for (const ChannelRules& channel : rules.channels()) {
    intervals_ms.push_back(channel.min_interval_ms);
  }
  return intervals_ms;
}

absl::StatusOr<uint32_t> RulesReload::Propose(RulesProposal proposal) {
  if (under_way()) {
    return absl::UnavailableError(absl::StrCat("another rule set, of ", outcome_.by, " from ",
                                               outcome_.source,
                                               ", is on its way; ask again when "
                                               "`shelfctl rules show` says that it is done"));
  }
  proposal_ = std::move(proposal);
  const uint32_t number = outcome_.proposal + 1;
  outcome_ = RulesOutcome{};
  outcome_.proposal = number;
  outcome_.source = proposal_.source;
  outcome_.by = proposal_.by;
  Load();
  if (set_ == nullptr) {
    outcome_.phase = RulesPhase::kRefused;
  } else if (outcome_.hash == world_.rules->set->hash()) {
    outcome_.phase = RulesPhase::kUnchanged;
    if (proposal_.from_file) world_.history.set_taken_from_file(outcome_.hash);
    set_.reset();
  } else {
    outcome_.phase = RulesPhase::kWaiting;
  }
  return outcome_.proposal;
}

bool RulesReload::under_way() const {
  return outcome_.phase == RulesPhase::kWaiting || outcome_.phase == RulesPhase::kCounting ||
         outcome_.phase == RulesPhase::kSaving;
}

void RulesReload::Load() {
  outcome_.messages.clear();
  channels_before_ = world_.channel_names.size();
  set_ = RuleSet::Load(proposal_.text, outcome_.messages, world_.channel_names);
  if (set_ != nullptr) outcome_.hash = set_->hash();
}

std::shared_ptr<RulesInForce> RulesReload::Step(bool live) {
  if (!under_way()) return nullptr;
  // A tick of the log may have brought a set whose channels are new.
  if (channels_before_ != world_.channel_names.size()) {
    diff_.reset();
    Load();
    if (set_ == nullptr) {
      outcome_.phase = RulesPhase::kRefused;
      return nullptr;
    }
    if (outcome_.phase == RulesPhase::kCounting) BeginCount();
  }
  if (outcome_.phase == RulesPhase::kWaiting && live) {
    proposal_.force ? Save() : BeginCount();
  } else if (outcome_.phase == RulesPhase::kCounting) {
    Count();
  }
  const bool saved = !saves_ || world_.history.IsWritten(record_);
  return outcome_.phase == RulesPhase::kSaving && saved ? Take() : nullptr;
}

void RulesReload::BeginCount() {
  outcome_.phase = RulesPhase::kCounting;
  diff_ = std::make_unique<RulesDiff>(world_, *set_, RulesDiffOptions{.totals_only = true});
}

void RulesReload::Count() {
  diff_->Take(kPositionsPerTurn);
  outcome_.positions_seen = diff_->seen();
  outcome_.positions = diff_->positions();
  if (!diff_->done()) return;
  const std::vector<RulesDiffSum>& channels = diff_->channels();
  for (size_t c = 0; c < channels.size(); ++c) {
    if (channels[c].to_zero == 0) continue;
    outcome_.zeroed.push_back({.channel = set_->channels()[c].name,
                               .sellable = channels[c].sellable,
                               .to_zero = channels[c].to_zero});
  }
  const RulesDiffSum total = diff_->Total();
  outcome_.zeroed_in_all = {.channel = {}, .sellable = total.sellable, .to_zero = total.to_zero};
  const bool braked = ZeroesTooMuch(diff_->channels(), zero_share_max_);
  diff_.reset();
  if (!braked) return Save();
  outcome_.phase = RulesPhase::kBraked;
  set_.reset();
}

void RulesReload::Save() {
  outcome_.phase = RulesPhase::kSaving;
  record_ = world_.history.Add({.number = 0,
                                .hash = outcome_.hash,
                                .text = proposal_.text,
                                .source = proposal_.source,
                                .by = proposal_.by,
                                .taken = LatestTime(world_),
                                .in_force = PartitionTime{}});
  if (proposal_.from_file) world_.history.set_taken_from_file(outcome_.hash);
}

std::shared_ptr<RulesInForce> RulesReload::Take() {
  outcome_.phase = RulesPhase::kTaken;
  proposal_ = RulesProposal{};
  return std::make_shared<RulesInForce>(std::move(set_));
}

}  // namespace shelf
