#include <utility>
#include <vector>

#include "replay/log_book.h"
#include "replay/replay.h"
#include "shelf/v1/stock_event.pb.h"
#include "support/catch.h"
#include "support/temp_dir.h"

namespace shelf {
namespace {

SideRules KeptBack(int units) {
  std::vector<RulesMessage> messages;
  return {.first = RuleSet::Load(KeepBack(units), messages)};
}

// Old rules keep one back, new ones three.
Report ReplayBook(LogBook& book) {
  const TempDir folder;
  ReplayPlan plan;
  plan.folder = folder.path();
  plan.info = book.Record(folder.path(), book.Info());
  plan.rules = {KeptBack(1), KeptBack(3)};
  const auto report = Replay(std::move(plan));
  REQUIRE(report.ok());
  return *report;
}

// Ten of a in store 1.
void Open(LogBook& book) {
  book.PutStore("1");
  book.PutItem("a", "Food");
  book.List("1", {{"a", 10}});
  book.Tick();
  book.Tick(10'000);
}

// The first document of a source.
v1::StockEvent FirstOf(const LogBook& book, const char* source) {
  v1::StockEvent event;
  event.set_store("1");
  event.set_source(source);
  event.set_epoch(1);
  event.set_sequence(1);
  event.set_event_time_ms(book.now_ms());
  return event;
}

void Take(LogBook& book, const v1::StockEvent& event) {
  book.log().Append("stock-events", 0, event.store(), event.SerializeAsString());
  book.Tick(10'000);
}

Amount Of(int64_t lines, int64_t units) { return {.lines = lines, .milli = units * 1000}; }

TEST_CASE("An item with two lines in one count is counted once, as the count left it") {
  LogBook book(KeepBack(1));
  Open(book);  // old offers 9, new 7
  v1::StockEvent count = FirstOf(book, "scan");
  for (const int64_t units : {8, 8}) {
    v1::CountLine& line = *count.mutable_counts()->add_lines();
    line.set_sku("a");
    line.set_quantity_milli(units * 1000);
  }
  Take(book, count);
  const Report report = ReplayBook(book);
  REQUIRE(report.channels.size() == 1);
  const FigureRow& site = report.channels[0];
  CHECK(site.counted == 1);
  CHECK(site.sides[kOldSide].absent == Of(1, 1));
  CHECK(site.sides[kNewSide].hidden == Of(1, 1));
}

TEST_CASE("An item that one document corrects in two lines is absent once, by what is left") {
  LogBook book(KeepBack(1));
  Open(book);  // old offers 9, new 7
  v1::StockEvent shrinkage = FirstOf(book, "erp");
  shrinkage.set_sequence(4);  // after the list's three
  shrinkage.mutable_deltas()->set_reason(v1::REASON_ADJUSTMENT);
  for (const int64_t units : {-2, -1}) {
    v1::DeltaLine& line = *shrinkage.mutable_deltas()->add_lines();
    line.set_sku("a");
    line.set_quantity_milli(units * 1000);
  }
  Take(book, shrinkage);  // 7 are left
  const Report report = ReplayBook(book);
  REQUIRE(report.channels.size() == 1);
  const FigureRow& site = report.channels[0];
  CHECK(site.counted == 0);
  CHECK(site.sides[kOldSide].absent == Of(1, 2));
  CHECK(site.sides[kNewSide].absent == Of(0, 0));
}

}  // namespace
}  // namespace shelf
