#include "replay/replay.h"

#include <filesystem>
#include <string>
#include <utility>

#include "replay/funnels.h"
#include "replay/record_file.h"
#include "replay/replayed_book.h"
#include "shelf/v1/stock_event.pb.h"
#include "support/catch.h"
#include "support/temp_dir.h"

namespace shelf {
namespace {

TEST_CASE("Every figure of a small day is what one gets by hand") {
  LogBook book(KeepBack(1));
  Open(book);  // old offers a 4, b 1, c 9; new a 2, b 0, c 7
  TenSeconds(book);
  book.Reserve("1", "order-1", "b", 1);  // old offers 0 of b now
  TenSeconds(book);
  book.Pick("1", "order-1", "b", 1, 0);
  book.Reserve("1", "order-2", "a", 1);  // old 3, new 1
  book.Pick("1", "order-2", "a", 1, 1);
  book.Reserve("1", "order-3", "a", 2);  // old 1, new 0
  book.Settle("1", "order-3", "a", 2);
  TenSeconds(book);
  book.Count("1", "c", 8);    // old 7, new 5
  book.Adjust("1", "a", -2);  // both 0
  book.Repeat();
  book.Reserve("1", "order-4", "c", 6);
  TenSeconds(book);
  const Report report = ReplayBook(book);

  CHECK(report.from_ms == kBookStartMs + 1000);
  CHECK(report.to_ms == kBookStartMs + 41'000);
  const FigureRow& food = RowOf(report, "site", "Food");
  const SideFigures& old_food = food.sides[kOldSide];
  const SideFigures& new_food = food.sides[kNewSide];
  // a: (4 * 20 s + 1 * 10 s) / 40 s, b: 1 * 10 s / 40 s; new a: 2 * 20 s / 40 s.
  CHECK(old_food.offered_milli == Approx(2500));
  CHECK(new_food.offered_milli == Approx(1000));
  CHECK(food.failed == Of(1, 1));
  CHECK(food.good == Of(2, 3));
  CHECK(old_food.failed_taken == Of(1, 1));
  CHECK(new_food.failed_taken == Of(0, 0));
  CHECK(new_food.failed_avoided == Of(1, 1));
  CHECK(old_food.good_taken == Of(2, 3));
  CHECK(new_food.good_taken == Of(1, 1));
  CHECK(new_food.good_lost == Of(1, 2));
  CHECK(old_food.absent == Of(1, 1));
  CHECK(new_food.absent == Of(0, 0));

  const FigureRow& tools = RowOf(report, "site", "Tools");
  // Old 9 * 30 s, then 7 less the 6 reserved; new 7 * 30 s, then 5 less them.
  CHECK(tools.sides[kOldSide].offered_milli == Approx((9 * 30 + 1 * 10) * 1000 / 40.0));
  CHECK(tools.sides[kNewSide].offered_milli == Approx(7 * 30 * 1000 / 40.0));
  CHECK(tools.counted == 1);
  CHECK(tools.sides[kOldSide].absent == Of(1, 1));
  CHECK(tools.sides[kOldSide].hidden == Of(0, 0));
  CHECK(tools.sides[kNewSide].hidden == Of(1, 1));
  CHECK(tools.open == Of(1, 6));
}

TEST_CASE("A channel's row is the sum of its categories") {
  LogBook book(KeepBack(1));
  Open(book);
  book.Count("1", "a", 2);
  book.Count("1", "c", 2);
  TenSeconds(book);
  const Report report = ReplayBook(book);
  REQUIRE(report.channels.size() == 1);
  CHECK(report.channels[0].channel == "site");
  CHECK(report.channels[0].counted == 2);
  CHECK(report.channels[0].sides[kOldSide].absent == Of(2, 2 + 7));
  CHECK(report.channels[0].sides[kNewSide].absent == Of(1, 5));
}

TEST_CASE("The mean counts from where it is told to") {
  LogBook book(KeepBack(1));
  Open(book);
  TenSeconds(book);
  book.Sell("1", "a", 2);  // old a 2, new a 0
  TenSeconds(book);
  const int64_t count_from_ms = book.now_ms();
  TenSeconds(book);
  const Report report = ReplayBook(book, {.count_from_ms = count_from_ms});
  CHECK(RowOf(report, "site", "Food").sides[kOldSide].offered_milli == Approx(2000 + 1000));
  CHECK(RowOf(report, "site", "Food").sides[kNewSide].offered_milli == Approx(0));
}

TEST_CASE("The largest differences come first, with the stage and the rule that explain them") {
  LogBook book(KeepBack(1));
  Open(book);
  TenSeconds(book);
  const Report report = ReplayBook(book);
  REQUIRE(report.differences.size() == 3);
  CHECK(report.keys_differing == 3);
  const KeyDifference& first = report.differences[0];
  CHECK(first.sku == "a");
  CHECK(first.mean_milli == Approx(-2000));
  CHECK(first.sellable_milli == std::array<int64_t, kSides>{4000, 2000});
  CHECK(first.stage == "safety_stock");
  CHECK(first.rule == "keep");
  CHECK(report.differences[2].sku == "b");
}

constexpr char kTwoStages[] = R"(
version: 1
allocation_groups: {half: {overcommit: 50%}}
channels:
  site:
    rules:
      - {id: both, safety_stock: {subtract: 3}, allocation: {group: half, share: 1}}
)";
constexpr char kCap[] = R"(
version: 1
channels: {site: {rules: [{id: cap, limits: {cap: 6}}]}}
)";
constexpr char kCutoff[] = R"(
version: 1
channels: {site: {rules: [{id: enough, limits: {cutoff_below: 6}}]}}
)";

TEST_CASE("A stage that takes more where more is offered explains no difference") {
  LogBook book(KeepBack(1));
  Open(book);
  TenSeconds(book);
  const Report report = ReplayRules(book, Fixed(kTwoStages), Fixed(kCap));
  REQUIRE(report.differences.size() == 3);
  const KeyDifference& last = report.differences[2];
  REQUIRE(last.sku == "c");
  // Of 10: less 3 and 2 on the one side, less 4 on the other.
  CHECK(last.sellable_milli == std::array<int64_t, kSides>{5000, 6000});
  CHECK(last.stage == "safety_stock");
  CHECK(last.rule == "both");
}

TEST_CASE("Where the sides end at one number nothing explains a difference any more") {
  LogBook book(KeepBack(5));
  Open(book);  // c: 5 and 10
  TenSeconds(book);
  book.Sell("1", "c", 5);  // 0 and 0 from the next tick on
  TenSeconds(book);
  TenSeconds(book);
  const Report report = ReplayRules(book, Fixed(KeepBack(5)), Fixed(kCutoff));
  REQUIRE(report.differences.size() == 1);
  CHECK(report.differences[0].sku == "c");
  CHECK(report.differences[0].mean_milli == Approx(5000 * 2 / 3.0));
  CHECK(report.differences[0].sellable_milli == std::array<int64_t, kSides>{0, 0});
  CHECK(report.differences[0].stage.empty());
}

TEST_CASE("The same rules on both sides differ in nothing") {
  LogBook book(KeepBack(1));
  Open(book);
  TenSeconds(book);
  book.Sell("1", "a", 1);
  book.Count("1", "b", 0);
  TenSeconds(book);
  const Report report = ReplayBook(book, {.old_kept_back = 1, .new_kept_back = 1});
  CHECK(report.keys_differing == 0);
  CHECK(report.rows[0].sides[kOldSide].offered_milli ==
        report.rows[0].sides[kNewSide].offered_milli);
}

TEST_CASE("The funnel and the course show both sides") {
  LogBook book(KeepBack(1));
  Open(book);
  for (int i = 0; i < 24; ++i) TenSeconds(book);
  const Report report = ReplayBook(book);
  CHECK(report.funnel_samples == Funnels::kSamples);
  REQUIRE(report.funnels.size() == 1);
  const auto stage = static_cast<size_t>(Stage::kSafetyStock);
  CHECK(report.funnels[0].sides[kOldSide].base_milli == Approx(17'000));
  CHECK(report.funnels[0].sides[kOldSide].withheld_milli[stage] == Approx(3000));
  CHECK(report.funnels[0].sides[kNewSide].withheld_milli[stage] == Approx(8000));
  CHECK(report.funnels[0].sides[kNewSide].sellable_milli == Approx(9000));
  CHECK(report.series.size() == 25);
}

TEST_CASE("The old side goes by the rules that the ticks name, as they change") {
  LogBook book(KeepBack(1));
  Open(book);  // a 4
  TenSeconds(book);
  book.SwitchRules(KeepBack(4));
  TenSeconds(book);  // a 1 from here on
  TenSeconds(book);
  const TempDir folder;
  book.Record(folder.path(), book.Info());
  auto info = ReadRecordingInfo(folder.path());
  REQUIRE(info.ok());
  REQUIRE(info->rules.size() == 2);
  CHECK(info->rules[1].has_text);
  ReplayPlan plan;
  plan.folder = folder.path();
  plan.info = *info;
  plan.rules = {AsRecorded(book), Fixed(KeepBack(1))};
  const auto report = Replay(std::move(plan));
  REQUIRE(report.ok());
  const FigureRow& tools = RowOf(*report, "site", "Tools");
  CHECK(tools.sides[kOldSide].offered_milli == Approx((9 * 20 + 6 * 10) * 1000 / 30.0));
  CHECK(tools.sides[kNewSide].offered_milli == Approx(9000));
}

TEST_CASE("A report names the rules of each time, also those that came back") {
  LogBook book(KeepBack(1));
  Open(book);
  TenSeconds(book);
  book.SwitchRules(KeepBack(4));
  TenSeconds(book);
  const int64_t switched_ms = book.now_ms();
  book.SwitchRules(KeepBack(1));
  TenSeconds(book);
  const Report report = ReplayRules(book, AsRecorded(book), Fixed(KeepBack(2)));
  const std::vector<RulesSpan>& spans = report.rules[kOldSide];
  REQUIRE(spans.size() == 3);
  CHECK(spans[0].from_ms == kBookStartMs + 1000);
  CHECK(spans[1].from_ms == switched_ms);
  CHECK(spans[2].hash == spans[0].hash);
  CHECK(spans[2].from_ms == book.now_ms());
  CHECK(report.rules[kNewSide].size() == 1);
}

// A partition without stores, whose ticks come right behind the book's.
void AddPartition(const LogBook& book, int ticks, const std::string& folder, RecordingInfo& info) {
  info.events[1] = {};
  auto file = RecordFileWriter::Create(EventsFile(folder, 1), info.stock_events, 1);
  REQUIRE(file.ok());
  v1::StockEvent event;
  event.set_source("shelfd");
  event.set_epoch(kBookIncarnation + 1);
  for (int i = 0; i < ticks; ++i) {
    const int64_t now_ms = kBookStartMs + 1000 + i * 10'000;
    event.set_sequence(static_cast<uint64_t>(i) + 1);
    event.mutable_tick()->set_time_ms(now_ms);
    event.mutable_tick()->set_rule_set(HashOf(book.rules().back()));
    const std::string value = event.SerializeAsString();
    Record record;
    record.offset = i;
    record.timestamp_ms = now_ms;
    record.has_value = true;
    record.value = value;
    REQUIRE((*file)->Append(record).ok());
  }
  REQUIRE((*file)->Sync().ok());
}

TEST_CASE("The course begins when all partitions have told of their stores") {
  LogBook book(KeepBack(1));
  Open(book);
  TenSeconds(book);
  TenSeconds(book);
  const TempDir folder;
  book.Record(folder.path(), book.Info());
  auto info = ReadRecordingInfo(folder.path());
  REQUIRE(info.ok());
  AddPartition(book, 3, folder.path(), *info);
  ReplayPlan plan;
  plan.folder = folder.path();
  plan.info = *std::move(info);
  plan.rules = {Fixed(KeepBack(1)), Fixed(KeepBack(3))};
  const auto report = Replay(std::move(plan));
  REQUIRE(report.ok());
  REQUIRE(report->series.size() == 2);
  CHECK(report->from_ms == kBookStartMs + 1000);
  CHECK(report->series[0].time_ms == kBookStartMs + 11'000);
}

TEST_CASE("A torn recording is replayed up to its last whole record, and the report says so") {
  LogBook book(KeepBack(1));
  Open(book);
  TenSeconds(book);
  const TempDir folder;
  book.Record(folder.path(), book.Info());
  const std::string events = EventsFile(folder.path(), 0);
  std::filesystem::resize_file(events, std::filesystem::file_size(events) - 3);
  const Report report = ReplayFolder(folder.path(), {});
  CHECK(report.records > 0);
  bool said = false;
  for (const std::string& note : report.notes) {
    if (note.find("it was read up to its last whole record") != std::string::npos) said = true;
  }
  CHECK(said);
}

}  // namespace
}  // namespace shelf
