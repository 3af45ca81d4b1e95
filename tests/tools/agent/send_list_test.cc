#include <string>

#include "absl/strings/str_cat.h"
#include "agent/full_lists.h"
#include "fixture.h"
#include "support/catch.h"

using namespace shelf;
using namespace shelf::agent;

namespace {

constexpr int64_t kListMs = 1699999200000;  // 2023-11-14 22:00:00 UTC

}  // namespace

TEST_CASE("a store's list is a begin, chunks and an end with the count of lines", "[agent]") {
  const Folder folder;
  std::string text = "store,sku,quantity\n";
  constexpr int kLines = FullListBuilder::kChunkLines + 1;
  for (int i = 0; i < kLines; ++i) absl::StrAppend(&text, "12,sku", i, ",", i, "\n");
  Agent agent(folder);
  const auto report = agent.Send(List(folder.Write("list.csv", text)));
  REQUIRE(report.ok());
  CHECK(report->lines == kLines);
  CHECK(report->events == 4);
  CHECK(report->stores == 1);

  const auto events = agent.EventsOf("12");
  REQUIRE(events.size() == 4);
  const std::string id = events[0].snapshot_begin().snapshot_id();
  CHECK_FALSE(id.empty());
  CHECK(events[1].snapshot_chunk().lines_size() == FullListBuilder::kChunkLines);
  CHECK(events[1].snapshot_chunk().snapshot_id() == id);
  CHECK(events[1].snapshot_chunk().lines(7).quantity_milli() == 7000);
  CHECK(events[2].snapshot_chunk().lines_size() == 1);
  CHECK(events[3].snapshot_end().snapshot_id() == id);
  CHECK(events[3].snapshot_end().line_count() == kLines);
  for (size_t i = 0; i < events.size(); ++i) {
    CHECK(events[i].sequence() == i + 1);
    CHECK(events[i].event_time_ms() == kListMs);
    CHECK(events[i].complete_through_ms() == kListMs);
  }
}

TEST_CASE("a line of zero is a line like any other", "[agent]") {
  const Folder folder;
  Agent agent(folder);
  REQUIRE(agent.Send(List(folder.Write("list.csv", "store,sku,quantity\n12,milk,0\n"))).ok());
  const auto events = agent.EventsOf("12");
  REQUIRE(events.size() == 3);
  CHECK(events[1].snapshot_chunk().lines(0).quantity_milli() == 0);
  CHECK(events[2].snapshot_end().line_count() == 1);
}

TEST_CASE("rows of several stores may be mixed, each store still has one list", "[agent]") {
  const Folder folder;
  Agent agent(folder);
  REQUIRE(agent
              .Send(List(folder.Write("list.csv",
                                      "store,sku,quantity\n"
                                      "12,milk,1\n7,milk,2\n12,bread,3\n7,bread,4\n9,milk,5\n")))
              .ok());
  for (const char* store : {"12", "7"}) {
    const auto events = agent.EventsOf(store);
    REQUIRE(events.size() == 3);
    CHECK(events[1].snapshot_chunk().lines_size() == 2);
    CHECK(events[2].snapshot_end().line_count() == 2);
  }
  CHECK(agent.EventsOf("9").size() == 3);
}

TEST_CASE("a SKU that comes twice in a store's list is rejected the second time", "[agent]") {
  const Folder folder;
  Agent agent(folder);
  const auto report = agent.Send(
      List(folder.Write("list.csv", "store,sku,quantity\n12,milk,1\n7,milk,2\n12,milk,3\n")));
  REQUIRE(report.ok());
  CHECK(report->rows == 3);
  CHECK(report->rejected == 1);
  const auto events = agent.EventsOf("12");
  REQUIRE(events.size() == 3);
  CHECK(events[1].snapshot_chunk().lines(0).quantity_milli() == 1000);
  CHECK(events[2].snapshot_end().line_count() == 1);
}

TEST_CASE("a row that cannot be read is not in the list", "[agent]") {
  const Folder folder;
  Agent agent(folder);
  const auto report =
      agent.Send(List(folder.Write("list.csv", "store,sku,quantity\n12,milk,1\n12,bread,n/a\n")));
  REQUIRE(report.ok());
  CHECK(report->rejected == 1);
  CHECK(agent.EventsOf("12").back().snapshot_end().line_count() == 1);
}

TEST_CASE("each list has a snapshot id of its own and goes on in sequence", "[agent]") {
  const Folder folder;
  const SendOptions options = List(folder.Write("list.csv", "store,sku,quantity\n12,milk,1\n"));
  Agent agent(folder);
  REQUIRE(agent.Send(options).ok());
  REQUIRE(agent.Send(options).ok());
  const auto events = agent.EventsOf("12");
  REQUIRE(events.size() == 6);
  CHECK(events[3].sequence() == 4);
  CHECK(events[0].snapshot_begin().snapshot_id() != events[3].snapshot_begin().snapshot_id());
}

TEST_CASE("a list may claim less than its own time, or nothing", "[agent]") {
  const Folder folder;
  SendOptions options = List(folder.Write("list.csv", "store,sku,quantity\n12,milk,1\n"));
  options.complete_through = "2023-11-14 21:00:00";
  Agent agent(folder);
  REQUIRE(agent.Send(options).ok());
  options.claims = false;
  REQUIRE(agent.Send(options).ok());
  const auto events = agent.EventsOf("12");
  CHECK(events[0].event_time_ms() == kListMs);
  CHECK(events[0].complete_through_ms() == kListMs - 3'600'000);
  CHECK(events[3].complete_through_ms() == 0);
}

TEST_CASE("a list without a time is refused, and now is a time", "[agent]") {
  const Folder folder;
  SendOptions options = List(folder.Write("list.csv", "store,sku,quantity\n12,milk,1\n"));
  options.time.clear();
  Agent agent(folder);
  CHECK(absl::IsInvalidArgument(agent.Send(options).status()));
  options.time = "now";
  REQUIRE(agent.Send(options).ok());
  CHECK(agent.EventsOf("12")[0].event_time_ms() == kStartMs);
}
