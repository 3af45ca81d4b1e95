// 200 rules over 40,000 items: what is explained of every key is what was published of it.
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "app/explain.h"
#include "base/percent.h"
#include "loop/harness.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int kItems = 40'000;
constexpr int kStores = 3;
constexpr int kRulesOfAChannel = 50;
constexpr int kLinesMax = 2'000;
// Each so many keys are explained as JSON too, which costs more than to decide them.
constexpr uint32_t kTold = 23;

std::string Sku(int64_t item) { return absl::StrCat("i", item); }
std::string Category(int64_t item, int level) {
  return absl::StrCat("c", level, "-", item / (level == 0 ? 4'000 : level == 1 ? 400 : 80));
}

// Rules of every stage and scope, written down at random.
class RulesWriter {
 public:
  std::string Text() {
    text_ = "version: 1\nallocation_groups:\n  shared: {overcommit: 120%}\nchannels:\n";
    for (const char* channel : {"site", "market", "app", "kiosk"}) {
      absl::StrAppend(&text_, "  ", channel, ":\n    limited_at: ", Below(4),
                      "\n    priority: ", Below(3), "\n    rules:\n");
      for (int r = 0; r < kRulesOfAChannel; ++r) Rule(absl::StrCat(channel, "-", r), r == 0);
    }
    return text_;
  }

 private:
  int64_t Below(int64_t bound) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(bound));
  }

  void Rule(const std::string& id, bool everywhere) {
    absl::StrAppend(&text_, "      - {id: ", id);
    if (!everywhere) absl::StrAppend(&text_, ", priority: ", Below(1000), ", when: {", When(), "}");
    if (everywhere)
      absl::StrAppend(&text_, ", allocation: {group: shared, share: ", 1 + Below(9), "}");
    const int64_t first = Below(5);
    Stage(first);
    if (Below(2) == 0) Stage((first + 1) % 5);
    absl::StrAppend(&text_, "}\n");
  }

  std::string When() {
    const int64_t item = Below(kItems);
    switch (Below(5)) {
      case 0:
        return absl::StrCat("item: [", Sku(item), ", ", Sku(item / 2), "]");
      case 1:
        return absl::StrCat("category: [", Category(item, 0), "]");
      case 2:
        return absl::StrCat("category: [", Category(item, 0), ", ", Category(item, 1), "]");
      case 3:
        return absl::StrCat("store: [s", Below(kStores), "], category: [", Category(item, 0), "]");
      default:
        return absl::StrCat("group: pilot, category: [", Category(item, 0), ", ", Category(item, 1),
                            ", ", Category(item, 2), "]");
    }
  }

  std::string SafetyStock() {
    const int64_t which = Below(3);
    if (which == 0) return absl::StrCat("subtract: ", Below(4));
    return which == 1 ? absl::StrCat("percent: ", Below(40))
                      : absl::StrCat("days_of_cover: ", Below(3));
  }

  void Stage(int64_t stage) {
    switch (stage) {
      case 0:
        absl::StrAppend(&text_, ", sync_lag: [{over: ", 1 + Below(20), "m, keep: ", Below(100),
                        "%}]");
        return;
      case 1:
        absl::StrAppend(&text_, ", presence: {after_nil_pick: until_evidence}");
        return;
      case 2:
        absl::StrAppend(&text_, ", safety_stock: {", SafetyStock(), "}");
        return;
      case 3:
        absl::StrAppend(&text_, ", limits: {cutoff_below: ", Below(4), ", cap: ", 4 + Below(20),
                        "}");
        return;
      default:
        absl::StrAppend(&text_, ", steady: {rise_after: ", 1 + Below(30), "m}");
    }
  }

  std::mt19937_64 random_{7};
  std::string text_;
};

// Every item in one store or another; sales, counts, picks that find nothing and orders on top; one
// store falls silent.
class Chain {
 public:
  explicit Chain(const std::string& rules) : harness(rules), random_(11) {
    harness.options.outbox_keys_max = 1'000'000;
    harness.options.in_flight_max = 1'000'000;
    for (int s = 0; s < kStores; ++s) PutStore(s);
    for (int i = 0; i < kItems; ++i) PutItem(i);
    const absl::Status started = harness.Start();
    CAPTURE(std::string(started.message()));
    REQUIRE(started.ok());
    harness.Settle();
    for (int s = 0; s < kStores; ++s) List(s);
    harness.Settle();
    for (int n = 0; n < 300; ++n) Happen();
    harness.Settle();
    for (int minute = 0; minute < 8; ++minute) {
      for (int s = 1; s < kStores; ++s) Claim(s);
      harness.Turns(12, 5'000);
    }
    harness.Settle();
  }

  Harness harness;

 private:
  int64_t Below(int64_t bound) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(bound));
  }
  static std::string Store(int64_t s) { return absl::StrCat("s", s); }
  int64_t ItemOf(int64_t store) { return Below(kItems / kStores) * kStores + store; }

  void PutStore(int s) {
    v1::Store record;
    record.set_store(Store(s));
    if (s == 0) record.add_groups("pilot");
    harness.log().Append("reference", 0, JoinKey({"store", Store(s)}), record.SerializeAsString());
  }

  void PutItem(int i) {
    v1::Item record;
    record.set_sku(Sku(i));
    for (int level = 0; level < 3; ++level) record.add_category(Category(i, level));
    if (i % 50 == 0) {
      record.set_unit_of_measure("KGM");
      record.set_step_milli(100);
    }
    if (i % 97 == 0) record.add_blocked_channels("app");
    harness.log().Append("reference", 0, JoinKey({"item", Sku(i)}), record.SerializeAsString());
  }

  void List(int s) {
    SkuUnits lines;
    for (int64_t i = s; i < kItems; i += kStores) {
      lines.emplace_back(Sku(i), Below(12) - 1);
      if (lines.size() == kLinesMax || i + kStores >= kItems) {
        // Each is a list of its own to the harness, and a part of the store's to us.
        Chunk(s, lines);
        lines.clear();
      }
    }
  }

  void Chunk(int s, const SkuUnits& lines) {
    v1::StockEvent event = harness.Document(Store(s), "erp");
    event.mutable_deltas()->set_reason(v1::REASON_RECEIPT);
    for (const auto& [sku, units] : lines) {
      if (units == 0) continue;
      v1::DeltaLine& line = *event.mutable_deltas()->add_lines();
      line.set_sku(sku);
      line.set_quantity_milli(units * 1000 + Below(2) * 350);
    }
    event.set_complete_through_ms(harness.now_ms());
    harness.Append(event);
  }

  void Happen() {
    const int64_t s = Below(kStores);
    const std::string sku = Sku(ItemOf(s));
    switch (Below(4)) {
      case 0:
        return harness.Count(Store(s), sku, Below(9));
      case 1:
        return harness.Pick(Store(s), sku, 0, 1);
      case 2:
        return Reserve(s, sku);
      default:
        harness.Move(Store(s), "erp", v1::REASON_SALE, sku, -1 - Below(3));
    }
  }

  void Reserve(int64_t s, const std::string& sku) {
    v1::StockEvent event = harness.Document(Store(s), "oms");
    event.mutable_reserve()->set_reservation_id(absl::StrCat("r", event.sequence()));
    v1::ReserveLine& line = *event.mutable_reserve()->add_lines();
    line.set_sku(sku);
    line.set_quantity_milli(1'000);
    harness.Append(event);
  }

  void Claim(int s) { harness.Claim(Store(s), "erp", harness.now_ms()); }

  std::mt19937_64 random_;
};

// What the newest record of a key says: "4 2", sellable and status; "" when there is none.
using Said = std::map<std::string, std::string>;

Said LastRecords(const Harness& harness) {
  Said said;
  for (const auto& [key, record] : harness.Newest()) {
    said[key] = absl::StrCat(record.sellable(), " ", static_cast<int>(record.status()));
  }
  return said;
}

// One thing a line that an explanation has wrong.
class Comparison {
 public:
  Comparison(Worker& worker, Said said, const std::string& rules)
      : worker_(worker), world_(worker.world()), said_(std::move(said)) {
    lines_ = absl::StrSplit(rules, '\n');
  }

  void Run() {
    for (uint32_t p = 0; p < world_.positions.size(); ++p) {
      const std::span<const Decision> decisions = worker_.evaluator().DecideAll(PositionId(p));
      for (size_t c = 0; c < decisions.size(); ++c) Compare(p, c, decisions[c]);
    }
    for (uint32_t p = 0; p < world_.positions.size(); p += kTold) {
      for (size_t c = 0; c < world_.channel_names.size(); ++c) CompareTold(p, c);
    }
  }

  uint64_t compared = 0, at_zero = 0;
  std::array<uint64_t, kStages> withheld{};
  std::vector<std::string> faults;

 private:
  std::string KeyOf(uint32_t p, size_t c) const {
    const Position& position = world_.positions[PositionId(p)];
    return absl::StrCat(world_.channel_names[c], "/",
                        std::string(world_.store_names.Text(position.store)), "/",
                        std::string(world_.sku_names.Text(position.sku)));
  }

  void Compare(uint32_t p, size_t c, const Decision& decision) {
    ++compared;
    const std::string key = KeyOf(p, c);
    const auto said = said_.find(key);
    const std::string found = said == said_.end() ? "" : said->second;
    std::string told = absl::StrCat(decision.sellable, " ", static_cast<int>(decision.status));
    if (found.empty() && decision.ineligible != Ineligible::kNo) told.clear();
    if (told != found) faults.push_back(absl::StrCat(key, ": ", told, ", published: ", found));
    int64_t left = decision.base_milli;
    for (size_t s = 0; s < decision.stages.size(); ++s) {
      left -= decision.stages[s].withheld_milli;
      if (decision.stages[s].withheld_milli != 0) ++withheld[s];
    }
    const Position& position = world_.positions[PositionId(p)];
    const int64_t sold = decision.sellable * world_.ItemOf(position.sku).step_milli;
    if (left != sold)
      faults.push_back(absl::StrCat(key, ": the stages leave ", left, " of ", sold));
    if (decision.sellable == 0) ++at_zero;
  }

  void CompareTold(uint32_t p, size_t c) {
    const std::vector<std::string> parts = absl::StrSplit(KeyOf(p, c), '/');
    const absl::StatusOr<Json> told =
        ExplainKey(world_, worker_.evaluator(), {parts[0], parts[1], parts[2]});
    REQUIRE(told.ok());
    if (told->at("agrees") != true) faults.push_back(absl::StrCat(KeyOf(p, c), ": does not agree"));
    if (told->at("last").at("sellable") != told->at("sellable")) {
      faults.push_back(absl::StrCat(KeyOf(p, c), ": another number than the last"));
    }
    int64_t quantity = told->at("base_milli");
    for (const Json& stage : told->at("stages")) {
      if (stage.at("in_milli") != quantity) faults.push_back(KeyOf(p, c) + ": a stage's in");
      quantity = stage.at("out_milli");
      CheckLine(stage.at("rule"), KeyOf(p, c));
    }
  }

  // The rule stands in the file where the explanation says.
  void CheckLine(const Json& rule, const std::string& key) {
    if (rule.is_null()) return;
    const auto line = rule.at("line").get<size_t>();
    const std::string id = absl::StrCat("id: ", rule.at("id").get<std::string>(), ",");
    if (!absl::StrContains(lines_.at(line - 1), id)) faults.push_back(key + ": " + rule.dump());
  }

  Worker& worker_;
  World& world_;
  const Said said_;
  std::vector<std::string> lines_;
};

}  // namespace

TEST_CASE("with 200 rules over 40,000 items each key's explanation is what was published",
          "[app]") {
  const std::string rules = RulesWriter().Text();
  Chain chain(rules);
  Comparison comparison(chain.harness.worker(), LastRecords(chain.harness), rules);
  comparison.Run();
  for (size_t n = 0; n < std::min<size_t>(10, comparison.faults.size()); ++n) {
    UNSCOPED_INFO(comparison.faults[n]);
  }
  CHECK(comparison.faults.empty());
  CHECK(comparison.compared > 140'000);
  CHECK(comparison.at_zero > 1'000);
  CHECK(comparison.at_zero < comparison.compared / 2);
  // Every stage has taken something off somewhere.
  for (size_t s = 0; s < comparison.withheld.size(); ++s) {
    CAPTURE(StageName(static_cast<Stage>(s)));
    CHECK(comparison.withheld[s] > 0);
  }
}
