// A rule set on its way into force while the worker runs: whole or not at all.
//
//   Propose --> kWaiting --> kCounting --> kSaving --> kTaken
//       |      (catching up)     |
//       +--> kRefused            +--> kBraked
//       +--> kUnchanged
//
// It is validated at once; refused, it leaves everything as it is. Else it takes the place of one
// that waits or is being counted: that one ends as kReplaced. Once every partition is live,
// what it would set to zero is counted, in slices between the turns of the loop. Then its text goes
// into the checkpoint, so that whatever our ticks name can be found again after a crash. Then it is
// taken: ticks carry it, and each partition goes by it from its tick on.
// THREAD: the worker's.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "loop/rules_diff.h"
#include "loop/world.h"
#include "rules/rule_set.h"

namespace shelf {

struct RulesProposal {
  std::string text;
  std::string source;      // where the text is from, for people
  std::string by;          // who gave it
  bool force = false;      // whatever it would set to zero
  bool from_file = false;  // the configured file's
};

enum class RulesPhase : uint8_t {
  kNone,  // nothing was proposed yet
  kWaiting,
  kCounting,
  kSaving,
  kTaken,      // ticks carry it
  kUnchanged,  // it is what our ticks carry already
  kRefused,    // it cannot be used; `messages` tell why
  kBraked,     // it would set too much to zero; `zeroed` tells what
  kReplaced,   // a later one came before it was saved; see `replaced_by`
};
// "none", "waiting", "counting", …
std::string_view RulesPhaseName(RulesPhase phase);
// Its end is still to come.
bool IsUnderWay(RulesPhase phase);

// What became of a proposal.
struct RulesOutcome {
  uint32_t proposal = 0;  // its number, from 1
  RulesPhase phase = RulesPhase::kNone;
  std::string source, by;
  std::string hash;  // empty when refused
  // All of the text's, warnings too; once it was counted, also of rules that nothing goes by.
  std::vector<RulesMessage> messages;
  uint32_t positions_seen = 0, positions = 0;  // counted so far, and in all
  uint32_t replaced_by = 0;                    // the number of the one that took its place

  // A channel some of whose keys would be zero.
  struct Zeroed {
    std::string channel;
    uint64_t sellable = 0;  // keys above zero
    uint64_t to_zero = 0;   // of them
  };
  std::vector<Zeroed> zeroed;
  Zeroed zeroed_in_all;
};

// Why it was braked, and what to do: "the new rules would set 40 of 100 …".
std::string BrakeWords(const RulesOutcome& outcome, double zero_share_max);

// Each channel's min_interval, for the outbox.
std::vector<int64_t> MinIntervals(const RuleSet& rules);

class RulesReload {
 public:
  // So many positions are counted in one turn: some milliseconds.
  static constexpr uint32_t kPositionsPerTurn = 10'000;
  static constexpr size_t kEndedMax = 16;
  // So many rules that nothing goes by are named.
  static constexpr size_t kUnusedNamed = 20;

  // Borrows the world. `zero_share_max`: 0 … 1, see ZeroesTooMuch; it holds for each channel and
  // for all together. `saves`: there is a checkpoint to wait for.
  RulesReload(World& world, double zero_share_max, bool saves)
      : world_(world), zero_share_max_(zero_share_max), saves_(saves) {}

  // The proposal's number. Unavailable: another is being saved.
  absl::StatusOr<uint32_t> Propose(RulesProposal proposal);

  // Goes on with what is under way. `live`: every partition is. Not null: the set is to be taken
  // now.
  std::shared_ptr<RulesInForce> Step(bool live);

  bool under_way() const { return IsUnderWay(outcome_.phase); }
  // The one under way; where none is, the one that ended last.
  const RulesOutcome& outcome() const { return outcome_; }
  // Those that have ended, the last one at the end; at most kEndedMax of all `ended_total`.
  const std::deque<RulesOutcome>& ended() const { return ended_; }
  uint64_t ended_total() const { return ended_total_; }
  // Of that number; null: no such one, or too long ago.
  const RulesOutcome* Find(uint32_t proposal) const;
  double zero_share_max() const { return zero_share_max_; }

 private:
  std::unique_ptr<RuleSet> Load(RulesOutcome& outcome, const std::string& text) const;
  void GiveWay(uint32_t proposal);
  void Take(RulesProposal proposal, RulesOutcome outcome, std::unique_ptr<RuleSet> set);
  bool Realign();
  void BeginCount();
  void Count();
  void NoteZeroed();
  void NoteUnusedRules();
  void Save();
  void NoteFile();
  void End(RulesPhase phase);
  void KeepEnded(const RulesOutcome& outcome);
  std::shared_ptr<RulesInForce> TakeIntoForce();

  World& world_;
  const double zero_share_max_;
  const bool saves_;
  RulesProposal proposal_;
  RulesOutcome outcome_;
  std::deque<RulesOutcome> ended_;
  uint64_t ended_total_ = 0;
  uint32_t last_proposal_ = 0;
  // Of a text of the configured file that gave way to another proposal: when that one is taken, it
  // stands until the file changes again.
  std::string passed_over_file_;
  std::unique_ptr<RuleSet> set_;
  size_t channels_before_ = 0;  // that set_ was loaded with
  std::unique_ptr<RulesDiff> diff_;
  uint32_t record_ = 0;  // in the history
};

}  // namespace shelf
