#include "replay/judge.h"

#include "replay/replayed_book.h"
#include "shelf/v1/stock_event.pb.h"
#include "support/catch.h"

namespace shelf {
namespace {

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

FigureRow ToolsAfter(LogBook& book, const v1::StockEvent& event) {
  book.log().Append("stock-events", 0, event.store(), event.SerializeAsString());
  TenSeconds(book);
  return RowOf(ReplayBook(book), "site", "Tools");
}

TEST_CASE("An item with two lines in one count is counted once, as the count left it") {
  LogBook book(KeepBack(1));
  Open(book);
  TenSeconds(book);  // of 10 c old offers 9, new 7
  v1::StockEvent count = FirstOf(book, "scan");
  for (const int64_t units : {8, 8}) {
    v1::CountLine& line = *count.mutable_counts()->add_lines();
    line.set_sku("c");
    line.set_quantity_milli(units * 1000);
  }
  const FigureRow tools = ToolsAfter(book, count);
  CHECK(tools.counted == 1);
  CHECK(tools.sides[kOldSide].absent == Of(1, 1));
  CHECK(tools.sides[kNewSide].hidden == Of(1, 1));
}

TEST_CASE("An item that one document corrects in two lines is absent once, by what is left") {
  LogBook book(KeepBack(1));
  Open(book);
  TenSeconds(book);  // of 10 c old offers 9, new 7
  v1::StockEvent shrinkage = FirstOf(book, "erp");
  shrinkage.set_sequence(4);  // after the list's three
  shrinkage.mutable_deltas()->set_reason(v1::REASON_ADJUSTMENT);
  for (const int64_t units : {-2, -1}) {
    v1::DeltaLine& line = *shrinkage.mutable_deltas()->add_lines();
    line.set_sku("c");
    line.set_quantity_milli(units * 1000);
  }
  const FigureRow tools = ToolsAfter(book, shrinkage);  // 7 are left
  CHECK(tools.counted == 0);
  CHECK(tools.sides[kOldSide].absent == Of(1, 2));
  CHECK(tools.sides[kNewSide].absent == Of(0, 0));
}

}  // namespace
}  // namespace shelf
