#include "loop/rules_reload.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"

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

// Mostly a name that is written in another way than the reference data have it.
RulesMessage UnusedRule(const ChannelRules& channel, const RuleInfo& rule) {
  return {.line = rule.line,
          .column = 1,
          .warning = true,
          .text = absl::StrCat("nothing goes by rule ", rule.id, " of ", channel.name,
                               ": its `when` matches no item in any store, or others go before "
                               "it")};
}

}  // namespace

std::string_view RulesPhaseName(RulesPhase phase) {
  static constexpr std::array<std::string_view, 9> kNames = {"none",    "waiting", "counting",
                                                             "saving",  "taken",   "unchanged",
                                                             "refused", "braked",  "replaced"};
  return kNames[static_cast<size_t>(phase)];
}

bool IsUnderWay(RulesPhase phase) {
  return phase == RulesPhase::kWaiting || phase == RulesPhase::kCounting ||
         phase == RulesPhase::kSaving;
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
  if (outcome_.phase == RulesPhase::kSaving) {
    return absl::UnavailableError(absl::StrCat("another rule set, of ", outcome_.by, " from ",
                                               outcome_.source,
                                               ", is on its way; ask again when "
                                               "`shelfctl rules show` says that it is done"));
  }
  RulesOutcome outcome;
  outcome.proposal = ++last_proposal_;
  outcome.source = proposal.source;
  outcome.by = proposal.by;
  std::unique_ptr<RuleSet> set = Load(outcome, proposal.text);
  if (set != nullptr) {
    GiveWay(last_proposal_);
    Take(std::move(proposal), std::move(outcome), std::move(set));
    return last_proposal_;
  }
  outcome.phase = RulesPhase::kRefused;
  KeepEnded(outcome);
  if (!under_way()) outcome_ = std::move(outcome);
  return last_proposal_;
}

// To a later proposal that can be used.
void RulesReload::GiveWay(uint32_t proposal) {
  if (!under_way()) return;
  if (proposal_.from_file) passed_over_file_ = outcome_.hash;
  diff_.reset();
  outcome_.replaced_by = proposal;
  End(RulesPhase::kReplaced);
}

void RulesReload::Take(RulesProposal proposal, RulesOutcome outcome, std::unique_ptr<RuleSet> set) {
  proposal_ = std::move(proposal);
  outcome_ = std::move(outcome);
  set_ = std::move(set);
  channels_before_ = world_.channel_names.size();
  outcome_.phase = RulesPhase::kWaiting;
  if (outcome_.hash != world_.rules->set->hash()) return;
  NoteFile();
  End(RulesPhase::kUnchanged);
}

const RulesOutcome* RulesReload::Find(uint32_t proposal) const {
  if (outcome_.proposal == proposal) return &outcome_;
  const auto found = std::find_if(ended_.begin(), ended_.end(), [&](const RulesOutcome& outcome) {
    return outcome.proposal == proposal;
  });
  return found == ended_.end() ? nullptr : &*found;
}

void RulesReload::End(RulesPhase phase) {
  outcome_.phase = phase;
  set_.reset();
  proposal_ = RulesProposal{};
  KeepEnded(outcome_);
}

void RulesReload::KeepEnded(const RulesOutcome& outcome) {
  ended_.push_back(outcome);
  if (ended_.size() > kEndedMax) ended_.pop_front();
  ++ended_total_;
}

std::unique_ptr<RuleSet> RulesReload::Load(RulesOutcome& outcome, const std::string& text) const {
  outcome.messages.clear();
  std::unique_ptr<RuleSet> set = RuleSet::Load(text, outcome.messages, world_.channel_names);
  if (set != nullptr) outcome.hash = set->hash();
  return set;
}

// A tick of the log, or keys of a channel that no rules know, may have brought channels since the
// set was loaded. False: it does not fit beside them.
bool RulesReload::Realign() {
  if (channels_before_ == world_.channel_names.size()) return true;
  diff_.reset();
  set_ = Load(outcome_, proposal_.text);
  channels_before_ = world_.channel_names.size();
  if (set_ == nullptr) {
    SHELF_CHECK(outcome_.phase != RulesPhase::kSaving, "what is saved has its places");
    End(RulesPhase::kRefused);
    return false;
  }
  if (outcome_.phase == RulesPhase::kCounting) BeginCount();
  return true;
}

std::shared_ptr<RulesInForce> RulesReload::Step(bool live) {
  if (!under_way() || !Realign()) return nullptr;
  if (outcome_.phase == RulesPhase::kWaiting && live) {
    proposal_.force ? Save() : BeginCount();
  } else if (outcome_.phase == RulesPhase::kCounting) {
    Count();
  }
  const bool saved = !saves_ || world_.history.IsWritten(record_);
  return outcome_.phase == RulesPhase::kSaving && saved ? TakeIntoForce() : nullptr;
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
  NoteZeroed();
  NoteUnusedRules();
  const bool braked = ZeroesTooMuch(diff_->channels(), zero_share_max_);
  diff_.reset();
  braked ? End(RulesPhase::kBraked) : Save();
}

void RulesReload::NoteZeroed() {
  const std::vector<RulesDiffSum>& channels = diff_->channels();
  for (size_t c = 0; c < channels.size(); ++c) {
    if (channels[c].to_zero == 0) continue;
    outcome_.zeroed.push_back({.channel = set_->channels()[c].name,
                               .sellable = channels[c].sellable,
                               .to_zero = channels[c].to_zero});
  }
  const RulesDiffSum total = diff_->Total();
  outcome_.zeroed_in_all = {.channel = {}, .sellable = total.sellable, .to_zero = total.to_zero};
}

// The count has asked for the plans of all positions. A channel without any tells nothing.
void RulesReload::NoteUnusedRules() {
  const std::vector<std::vector<uint16_t>> unused = set_->UnusedRules();
  size_t count = 0;
  int line = 0;
  for (size_t c = 0; c < unused.size(); ++c) {
    if (diff_->channels()[c].keys == 0) continue;
    const ChannelRules& channel = set_->channels()[c];
    for (const uint16_t rule : unused[c]) {
      if (++count > kUnusedNamed) continue;
      line = channel.rules[rule].line;
      outcome_.messages.push_back(UnusedRule(channel, channel.rules[rule]));
    }
  }
  if (count <= kUnusedNamed) return;
  outcome_.messages.push_back(
      {.line = line,
       .column = 1,
       .warning = true,
       .text = absl::StrCat("nothing goes by ", count - kUnusedNamed,
                            " more rules; `shelfctl rules diff` names them")});
}

void RulesReload::Save() {
  outcome_.phase = RulesPhase::kSaving;
  // What is in the history must be able to come into force, whatever channels come meanwhile.
  world_.AddChannelsOf(*set_);
  channels_before_ = world_.channel_names.size();
  record_ = world_.history.Add({.number = 0,
                                .hash = outcome_.hash,
                                .text = proposal_.text,
                                .source = proposal_.source,
                                .by = proposal_.by,
                                .taken = LatestTime(world_),
                                .in_force = PartitionTime{}});
  NoteFile();
}

// The proposal stands, over what the configured file has said until now.
void RulesReload::NoteFile() {
  if (proposal_.from_file) passed_over_file_ = outcome_.hash;
  if (passed_over_file_.empty()) return;
  world_.history.set_taken_from_file(std::exchange(passed_over_file_, {}));
}

std::shared_ptr<RulesInForce> RulesReload::TakeIntoForce() {
  auto taken = std::make_shared<RulesInForce>(std::move(set_));
  End(RulesPhase::kTaken);
  return taken;
}

}  // namespace shelf
