// What becomes of orders, and of picks, in the report.
#include "replay/orders.h"

#include <string>

#include "replay/replayed_book.h"
#include "support/catch.h"

namespace shelf {
namespace {

TEST_CASE("A pick that names no order is held against the best offer of any channel") {
  LogBook book(KeepBack(1));
  Open(book);
  book.Pick("1", "", "a", 3, 0);
  book.Pick("1", "", "b", 1, 1);
  TenSeconds(book);
  const Report report = ReplayBook(book);
  const FigureRow& row = RowOf(report, "", "Food");
  CHECK(row.sides[kOldSide].failed_taken == Of(1, 3));
  CHECK(row.sides[kNewSide].failed_avoided == Of(1, 3));
  CHECK(row.sides[kOldSide].good_taken == Of(1, 1));
  CHECK(row.sides[kNewSide].good_lost == Of(1, 1));
}

TEST_CASE("A line of an order is judged once, and by its first Reserve") {
  LogBook book(KeepBack(1));
  Open(book);
  book.Reserve("1", "order", "a", 3);
  book.Reserve("1", "order", "a", 1);
  book.Pick("1", "order", "a", 3, 1);
  book.Pick("1", "order", "a", 3, 3);
  book.Settle("1", "order", "a", 3);
  TenSeconds(book);
  const FigureRow row = RowOf(ReplayBook(book), "site", "Food");
  CHECK(row.failed == Of(1, 2));
  CHECK(row.good == Of(0, 0));
  CHECK(row.open == Of(0, 0));
}

TEST_CASE("An order that is reserved again is followed for as long as that holds") {
  constexpr int64_t kHourMs = 3'600'000;
  LogBook book(KeepBack(1));
  Open(book);
  book.Reserve("1", "kept", "a", 1);
  book.Reserve("1", "forgotten", "c", 2);
  book.Tick(20 * kHourMs);
  book.Reserve("1", "kept", "a", 1);
  book.Tick(10 * kHourMs);
  book.Pick("1", "kept", "a", 1, 1);
  TenSeconds(book);
  const Report report = ReplayBook(book);
  CHECK(RowOf(report, "site", "Food").good == Of(1, 1));
  CHECK(RowOf(report, "site", "Food").open == Of(0, 0));
  CHECK(RowOf(report, "site", "Tools").open == Of(1, 2));
  CHECK(report.orders_from_before == 0);
}

TEST_CASE("Orders that were reserved before the time that counts are in no figure") {
  LogBook book(KeepBack(1));
  Open(book);
  book.Reserve("1", "early", "a", 1);
  TenSeconds(book);
  const int64_t count_from_ms = book.now_ms();
  book.Pick("1", "early", "a", 1, 0);
  TenSeconds(book);
  const Report report = ReplayBook(book, {.count_from_ms = count_from_ms});
  CHECK(report.orders_from_before == 1);
  CHECK(RowOf(report, "site", "Food").failed == Of(0, 0));
  CHECK(report.from_ms == count_from_ms);
}

TEST_CASE("A sale that comes through two systems is one: the largest sum of a source counts") {
  LogBook book(KeepBack(1));
  Open(book);
  book.Reserve("1", "half", "c", 4);
  book.SettlePart("1", "pos", "half", "c", 2);
  book.SettlePart("1", "erp", "half", "c", 2);
  book.Reserve("1", "all", "a", 2);
  book.SettlePart("1", "erp", "all", "a", 1);
  book.SettlePart("1", "pos", "all", "a", 1);
  book.SettlePart("1", "pos", "all", "a", 1);
  TenSeconds(book);
  const Report report = ReplayBook(book);
  CHECK(RowOf(report, "site", "Tools").good == Of(0, 0));
  CHECK(RowOf(report, "site", "Tools").open == Of(1, 4));
  CHECK(RowOf(report, "site", "Food").good == Of(1, 2));
}

TEST_CASE("What a source that started over sells again is not added to what it had sold") {
  LogBook book(KeepBack(1));
  Open(book);
  book.Reserve("1", "order", "c", 4);
  book.SettlePart("1", "pos", "order", "c", 2);
  book.StartOver("1", "pos");
  book.SettlePart("1", "pos", "order", "c", 2);
  TenSeconds(book);
  const FigureRow row = RowOf(ReplayBook(book), "site", "Tools");
  CHECK(row.good == Of(0, 0));
  CHECK(row.open == Of(1, 4));
}

TEST_CASE("Several lines of one item are sold one after the other") {
  LogBook book(KeepBack(1));
  Open(book);
  book.ReserveLines("1", "order", {{"c", 2}, {"c", 3}});
  book.SettlePart("1", "pos", "order", "c", 4);
  book.SettlePart("1", "erp", "order", "c", 3);
  book.Tick();
  CHECK(RowOf(ReplayBook(book), "site", "Tools").good == Of(1, 2));
  book.SettlePart("1", "pos", "order", "c", 1);
  TenSeconds(book);
  CHECK(RowOf(ReplayBook(book), "site", "Tools").good == Of(2, 5));
}

constexpr char kMarketToo[] = R"(
version: 1
channels: {site: {}, market: {}}
)";

TEST_CASE(
    "Orders of a channel that neither set has are lost to none, and their lines are counted") {
  LogBook book(KeepBack(1));
  Open(book);
  book.ReserveLines("1", "phone-1", {{"a", 1}, {"c", 2}}, "phone");
  book.ReserveLines("1", "phone-1", {{"a", 1}, {"c", 2}}, "phone");
  book.Pick("1", "phone-1", "a", 1, 1);
  book.Settle("1", "phone-1", "c", 2);
  book.ReserveLines("1", "nobody's", {{"a", 1}}, "");
  book.Pick("1", "nobody's", "a", 1, 0);
  TenSeconds(book);
  const Report report = ReplayBook(book);
  REQUIRE(report.orders_elsewhere.size() == 2);
  CHECK(report.orders_elsewhere[0].channel.empty());
  CHECK(report.orders_elsewhere[0].lines == Of(1, 1));
  CHECK(report.orders_elsewhere[1].channel == "phone");
  CHECK(report.orders_elsewhere[1].lines == Of(2, 3));
  REQUIRE(report.channels.size() == 1);
  CHECK(report.channels[0].channel == "site");
  CHECK(report.channels[0].failed == Of(0, 0));
  CHECK(report.channels[0].good == Of(0, 0));
}

TEST_CASE("An order of a channel that one set alone has is lost to the other") {
  LogBook book(KeepBack(1));
  Open(book);
  book.ReserveLines("1", "order", {{"a", 1}}, "market");
  book.Pick("1", "order", "a", 1, 1);
  TenSeconds(book);
  const Report report = ReplayRules(book, Fixed(KeepBack(1)), Fixed(kMarketToo));
  CHECK(report.orders_elsewhere.empty());
  CHECK(RowOf(report, "market", "Food").sides[kOldSide].good_lost == Of(1, 1));
  CHECK(RowOf(report, "market", "Food").sides[kNewSide].good_taken == Of(1, 1));
}

TEST_CASE("A channel that both sets have given up is in neither from then on") {
  LogBook book(kMarketToo);
  Open(book);
  book.ReserveLines("1", "before", {{"a", 1}}, "market");
  book.Pick("1", "before", "a", 1, 1);
  book.SwitchRules(KeepBack(1));
  TenSeconds(book);
  TenSeconds(book);
  book.ReserveLines("1", "after", {{"a", 1}}, "market");
  book.Pick("1", "after", "a", 1, 1);
  TenSeconds(book);
  const Report report = ReplayRules(book, AsRecorded(book), Fixed(KeepBack(3)));
  CHECK(RowOf(report, "market", "Food").good == Of(1, 1));
  REQUIRE(report.orders_elsewhere.size() == 1);
  CHECK(report.orders_elsewhere[0].lines == Of(1, 1));
}

}  // namespace
}  // namespace shelf
