// The oracle and the daemon over the same random documents, reference data and rules: every
// position's on-hand and every channel's number are the same. No crash, no loss: what differs here
// is a mistake of one of the two.
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "base/percent.h"
#include "loop/harness.h"
#include "sim/oracle.h"
#include "sim/random_chain.h"
#include "sim/rule_choice.h"
#include "support/catch.h"

namespace {

using shelf::Harness;
using shelf::kPartitions;
using shelf::MemoryRecord;
using shelf::sim::Fate;
using shelf::sim::FateKind;
using shelf::sim::Oracle;
using shelf::sim::RandomChain;
using shelf::sim::RuleChoice;
using shelf::sim::ToYaml;
using shelf::sim::Verdict;
namespace v1 = shelf::v1;

constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kHourMs = 60 * kMinuteMs;

class Comparison {
 public:
  explicit Comparison(uint64_t seed)
      : harness_(""), chain_(seed, harness_.log()), choice_(chain_.Rules()) {
    harness_.rules = ToYaml(choice_);
    harness_.options.rules_zero_share_max = 1;
    Know(choice_);
  }

  // The first thing that differs, with what led to it; empty: nothing does.
  std::string Play(int documents);

  int64_t above_zero = 0;            // of the numbers compared
  std::map<std::string, int> fates;  // of the records, and reasons of bad lines

 private:
  void Know(const RuleChoice& choice);
  void Reload();
  void Time();
  void Turn(int64_t step_ms);
  void Feed();
  void Settle();
  std::string Differences(bool at_rest);
  std::string OfStores();
  std::string OfPosition(const std::string& store, const std::string& sku);
  std::string OfKey(const std::string& channel, const std::string& store, const std::string& sku,
                    bool at_rest);
  std::string RejectsThatDiffer();

  Harness harness_;
  RandomChain chain_;
  RuleChoice choice_;
  Oracle oracle_{{.partitions = kPartitions, .ring_age_max_ms = 7LL * 24 * kHourMs}};
  std::map<std::string, v1::Availability> newest_;
  bool was_away_for_days_ = false;
  int64_t reference_fed_ = 0;
  std::map<int32_t, int64_t> events_fed_;
};

void Comparison::Know(const RuleChoice& choice) {
  const std::string yaml = ToYaml(choice);
  chain_.Note(yaml);
  oracle_.AddRules(shelf::RuleSet::HashOfText(yaml), choice);
}

// While another set is being saved it is refused, and no tick will name it.
void Comparison::Reload() {
  choice_ = chain_.Rules();
  Know(choice_);
  (void)harness_.worker().ProposeRules({.text = ToYaml(choice_),
                                        .source = "given",
                                        .by = "test",
                                        .force = true,
                                        .from_file = false});
}

void Comparison::Feed() {
  for (const MemoryRecord& record : harness_.log().Records("reference", 0)) {
    if (record.offset < reference_fed_) continue;
    std::optional<std::string_view> value;
    if (record.has_value) value = record.value;
    oracle_.AddReference(record.offset, record.key, value);
    reference_fed_ = record.offset + 1;
  }
  for (int32_t p = 0; p < kPartitions; ++p) {
    int64_t& fed = events_fed_[p];
    const auto& records = harness_.log().Records("stock-events", p);
    for (; fed < static_cast<int64_t>(records.size()); ++fed) {
      const MemoryRecord& record = records[static_cast<size_t>(fed)];
      oracle_.AddInput(p, record.offset, record.timestamp_ms, record.key, record.value);
    }
    oracle_.AdvanceTo(p, harness_.worker().world().FindPartition(p)->next_offset);
  }
}

void Comparison::Turn(int64_t step_ms) {
  REQUIRE(harness_.Turn(step_ms).ok());
  Feed();
}

void Comparison::Settle() {
  harness_.Settle();
  Feed();
}

// Seconds, minutes that the daemon sees, or minutes in which it does not, and once perhaps days:
// fewer than movements are kept, since the daemon takes a list line that is older than what it
// keeps for the whole truth, which the oracle does not.
void Comparison::Time() {
  if (!was_away_for_days_ && chain_.Below(150) == 0) {
    was_away_for_days_ = true;
    harness_.Wait(chain_.Among(10, 150) * kHourMs);
    chain_.Note("away for days");
  } else if (chain_.Percent(6)) {
    harness_.Wait(chain_.Among(1, 40) * kMinuteMs);
    chain_.Note("away");
  } else if (chain_.Percent(25)) {
    for (int64_t left = chain_.Among(2, 60); left > 0; --left) Turn(10'000);
  }
  for (int64_t left = chain_.Below(3); left > 0; --left) Turn(1000);
}

std::string Comparison::OfKey(const std::string& channel, const std::string& store,
                              const std::string& sku, bool at_rest) {
  const Verdict verdict = oracle_.Of(channel, store, sku);
  const std::string key = shelf::JoinKey({channel, store, sku});
  const auto found = newest_.find(key);
  std::ostringstream out;
  if (verdict.at_most > 0) ++above_zero;
  // What has not lasted yet may wait, also at rest: time may have given it back just now.
  const bool must_be_equal = at_rest && verdict.settled;
  if (found == newest_.end()) {
    if (verdict.spoken) out << "is not said";
  } else if (found->second.sellable() > verdict.sellable) {
    out << "says " << found->second.sellable();
  } else if (must_be_equal && (found->second.sellable() != verdict.at_most ||
                               found->second.status() != verdict.most_status)) {
    out << "says " << found->second.sellable() << ", status " << found->second.status();
  }
  if (out.str().empty()) return "";
  out << ", should say " << verdict.sellable << ", at most " << verdict.at_most << ", status "
      << verdict.status << ": " << oracle_.Why(channel, store, sku)
      << "  said until now: " << harness_.Said(key) << "\n";
  return key + " " + out.str();
}

std::string Comparison::OfPosition(const std::string& store, const std::string& sku) {
  shelf::World& world = harness_.worker().world();
  const shelf::PositionId id = world.FindPosition(store, sku);
  const int64_t should_milli = oracle_.Of("", store, sku).on_hand_milli;
  if (id.valid() && world.positions[id].on_hand_milli == should_milli) return "";
  const std::string has = id.valid() ? std::to_string(world.positions[id].on_hand_milli) : "none";
  return store + "/" + sku + " has " + has + ", should have " + std::to_string(should_milli) + "\n";
}

std::string Comparison::OfStores() {
  std::string differences;
  for (const std::string& store : chain_.names.stores) {
    const shelf::Store* const found = harness_.worker().world().FindStore(store);
    if (found == nullptr) continue;
    const int64_t known_ms = found->state.watermark.ms;
    if (known_ms != oracle_.WatermarkMs(store)) {
      differences += store + " is known through " + std::to_string(known_ms) + ", should be " +
                     std::to_string(oracle_.WatermarkMs(store)) + "\n";
    }
    if (found->state.frozen() != oracle_.Frozen(store)) differences += store + " frozen differs\n";
  }
  return differences;
}

std::string Comparison::Differences(bool at_rest) {
  std::string differences = OfStores();
  newest_ = harness_.Newest();
  const auto positions = oracle_.Positions();
  for (const auto& [store, sku] : positions) {
    differences += OfPosition(store, sku);
    for (const std::string& channel : oracle_.Channels()) {
      differences += OfKey(channel, store, sku, at_rest);
    }
  }
  if (harness_.worker().world().positions.size() != positions.size()) {
    differences += "there are other positions\n";
  }
  return differences;
}

std::string NameOf(const Fate& fate) {
  switch (fate.kind) {
    case FateKind::kPending:
      return "pending";
    case FateKind::kTick:
      return "tick";
    case FateKind::kApplied:
      return "applied";
    case FateKind::kDuplicate:
      return "duplicate";
    case FateKind::kRejected:
      return fate.reason;
  }
  return "";
}

std::string Comparison::RejectsThatDiffer() {
  std::map<std::string, int> expected;
  for (int32_t p = 0; p < kPartitions; ++p) {
    for (const MemoryRecord& record : harness_.log().Records("stock-events", p)) {
      const Fate fate = oracle_.FateOf(p, record.offset);
      ++fates[NameOf(fate)];
      if (fate.kind == FateKind::kRejected) ++expected[fate.reason];
      for (const std::string& line : fate.lines) ++expected[line];
      for (const std::string& line : fate.lines) ++fates[line];
    }
  }
  expected["bad_reference"] = static_cast<int>(oracle_.BadReference().size());
  fates["bad_reference"] += expected["bad_reference"];
  for (const std::string& reason : harness_.RejectReasons()) --expected[reason];
  std::string differences;
  for (const auto& [reason, missing] : expected) {
    if (missing == 0) continue;
    differences += "rejected as " + reason + ": " + std::to_string(-missing) + " too many\n";
  }
  return differences;
}

std::string Comparison::Play(int documents) {
  chain_.Describe(harness_.now_ms());
  REQUIRE(harness_.Start().ok());
  Settle();
  for (int left = documents; left > 0; --left) {
    chain_.Document(harness_.now_ms());
    if (chain_.Percent(6)) {
      // A turn takes records of several partitions, in an order that only the daemon knows, and
      // whether a till is required decides how far a store is known ever after.
      Settle();
      chain_.ChangeReference(harness_.now_ms());
      Settle();
    }
    if (chain_.Percent(2)) Reload();
    Time();
    if (!chain_.Percent(30)) continue;
    Settle();
    const std::string differences = Differences(/*at_rest=*/false);
    if (!differences.empty()) return chain_.text() + differences;
  }
  // Longer than any rise waits.
  for (int turns = 0; turns < 130; ++turns) Turn(10'000);
  Settle();
  const std::string differences = Differences(/*at_rest=*/true) + RejectsThatDiffer();
  return differences.empty() ? "" : chain_.text() + differences;
}

// The seeds from `first` on; which fates their records had, and how many numbers were above zero.
std::map<std::string, int> PlaySeeds(uint64_t first, uint64_t seeds) {
  std::map<std::string, int> fates;
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    Comparison comparison(seed);
    INFO("seed " << seed);
    REQUIRE(comparison.Play(120) == "");
    for (const auto& [fate, count] : comparison.fates) fates[fate] += count;
    fates["numbers above zero"] += static_cast<int>(comparison.above_zero);
  }
  return fates;
}

}  // namespace

TEST_CASE("over random documents, data and rules the daemon says what the oracle does",
          "[sim][oracle]") {
  std::map<std::string, int> fates = PlaySeeds(1, 25);
  // The chains reach what they are made to reach.
  for (const char* fate :
       {"applied", "duplicate", "old_epoch", "snapshot_mismatch", "future_time", "wrong_key",
        "wrong_partition", "malformed", "unknown_body", "bad_event_time", "quantity_overflow",
        "empty_sku", "bad_reference", "unsupported_body", "numbers above zero"}) {
    INFO(fate);
    CHECK(fates[fate] > 0);
  }
  CHECK(fates["pending"] == 0);
}

TEST_CASE("over many random chains the daemon says what the oracle does", "[.long]") {
  CHECK(PlaySeeds(1000, 1500)["numbers above zero"] > 0);
}
