// Interrupted, repeated, refused: what the book of sequences is for.
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "agent/sequence_book.h"
#include "agent/state_folder.h"
#include "fixture.h"
#include "support/catch.h"

using namespace shelf;
using namespace shelf::agent;

namespace {

std::string ManySales(int rows) {
  std::string text = "store,sku,quantity,time\n";
  for (int i = 0; i < rows; ++i) {
    absl::StrAppend(&text, i % 3, ",sku", i % 7, ",1,", 1488794400000 + i, "\n");
  }
  return text;
}

int64_t SoldMilli(const std::vector<v1::StockEvent>& events) {
  int64_t sum = 0;
  for (const v1::StockEvent& event : events) {
    for (const v1::DeltaLine& line : event.deltas().lines()) sum += line.quantity_milli();
  }
  return sum;
}

// A run that dies in the middle: the broker takes `records` more and then falls silent.
absl::Status Interrupt(Agent& agent, const SendOptions& options, size_t records) {
  agent.step_ms = 1'000;
  agent.limits.ahead_max = records;
  agent.sink.cork();
  const absl::Status status = agent.Send(options).status();
  agent.step_ms = 0;
  agent.limits.ahead_max = 1'000;
  agent.sink.uncork();
  return status;
}

}  // namespace

TEST_CASE("a run that was interrupted and is repeated doubles nothing and loses nothing",
          "[agent]") {
  const Folder folder;
  Agent agent(folder);
  REQUIRE(agent.Send(Movements(folder.Write("before.csv", ManySales(9)))).ok());
  REQUIRE(agent.Events().size() == 12);

  const SendOptions options = Movements(folder.Write("sales.csv", ManySales(100)));
  REQUIRE(absl::IsUnavailable(Interrupt(agent, options, 40)));
  REQUIRE(agent.Events().size() == 12 + 40);
  REQUIRE(absl::IsUnavailable(Interrupt(agent, options, 70)));
  REQUIRE(agent.Send(options).ok());

  CHECK(agent.Events().size() == 12 + 40 + 70 + 103);
  const auto events = agent.Deduplicated();
  CHECK(events.size() == 12 + 103);
  CHECK(SoldMilli(events) == -109'000);
  std::map<std::string, uint64_t> last;
  for (const v1::StockEvent& event : events) CHECK(event.sequence() == ++last[event.store()]);
}

TEST_CASE("a repeated run means the same now", "[agent]") {
  const Folder folder;
  SendOptions options = List(folder.Write("list.csv", "store,sku,quantity\n12,milk,1\n"));
  options.time = "now";
  Agent agent(folder);
  REQUIRE_FALSE(Interrupt(agent, options, 1).ok());
  const int64_t meant_ms = agent.Events()[0].event_time_ms();
  agent.now_ms += 1'000'000;
  REQUIRE(agent.Send(options).ok());
  for (const v1::StockEvent& event : agent.Events()) CHECK(event.event_time_ms() == meant_ms);
}

TEST_CASE("while a run is interrupted every other run of events is refused", "[agent]") {
  const Folder folder;
  const SendOptions options = Movements(folder.Write("sales.csv", ManySales(20)));
  Agent agent(folder);
  REQUIRE_FALSE(Interrupt(agent, options, 10).ok());

  SendOptions other = options;
  other.file.row_last = 5;
  CHECK(absl::IsFailedPrecondition(agent.Send(other).status()));
  // The same name with other content is another file.
  folder.Write("sales.csv", ManySales(21));
  CHECK(absl::IsFailedPrecondition(agent.Send(options).status()));
  folder.Write("sales.csv", ManySales(20));
  CHECK(agent.Send(options).ok());
}

TEST_CASE("giving up an interrupted run starts a new epoch", "[agent]") {
  const Folder folder;
  const SendOptions options = Movements(folder.Write("sales.csv", ManySales(20)));
  Agent agent(folder);
  REQUIRE_FALSE(Interrupt(agent, options, 10).ok());
  const uint64_t epoch = agent.Events()[0].epoch();

  SendOptions list = List(folder.Write("list.csv", "store,sku,quantity\n1,milk,1\n"));
  list.new_epoch = true;
  agent.now_ms = kStartMs;  // even when the clock has not moved
  REQUIRE(agent.Send(list).ok());
  const v1::StockEvent begin = agent.EventsOf("1").at(agent.EventsOf("1").size() - 3);
  CHECK(begin.has_snapshot_begin());
  CHECK(begin.epoch() > epoch);
  CHECK(begin.sequence() == 1);
}

TEST_CASE("rows that were sent are not sent again unless asked", "[agent]") {
  const Folder folder;
  SendOptions options = Movements(folder.Write("sales.csv", ManySales(20)));
  options.file.row_last = 10;
  Agent agent(folder);
  REQUIRE(agent.Send(options).ok());
  CHECK(absl::IsFailedPrecondition(agent.Send(options).status()));
  options.file.row_first = 10;
  options.file.row_last = 20;
  CHECK(absl::IsFailedPrecondition(agent.Send(options).status()));
  options.file.row_first = 11;
  CHECK(agent.Send(options).ok());
  CHECK(SoldMilli(agent.Events()) == -20'000);
  options.again = true;
  CHECK(agent.Send(options).ok());
  CHECK(SoldMilli(agent.Deduplicated()) == -30'000);
}

TEST_CASE("a file that is sent piece by piece is remembered whole", "[agent]") {
  const Folder folder;
  SendOptions options = Movements(folder.Write("sales.csv", ManySales(20)));
  Agent agent(folder);
  for (int64_t row = 1; row <= 20; ++row) {
    options.file.row_first = row;
    options.file.row_last = row;
    REQUIRE(agent.Send(options).ok());
  }
  for (const int64_t row : {1, 9, 20}) {
    options.file.row_first = row;
    options.file.row_last = row;
    CHECK(absl::IsFailedPrecondition(agent.Send(options).status()));
  }
  const std::string book = folder.Read("state/book.json");
  CHECK(book.find("row_first") == book.rfind("row_first"));
}

TEST_CASE("each source of a store has sequences of its own", "[agent]") {
  const Folder folder;
  SendOptions options = Movements(folder.Write("sales.csv", ManySales(3)));
  Agent agent(folder);
  REQUIRE(agent.Send(options).ok());
  options.source = "pos";
  REQUIRE(agent.Send(options).ok());
  const auto events = agent.EventsOf("1");
  REQUIRE(events.size() == 4);
  CHECK(events[2].source() == "pos");
  CHECK(events[2].sequence() == 1);
  CHECK(events[2].epoch() == events[0].epoch());
}

TEST_CASE("the epoch is when the folder was made, however late the run", "[agent]") {
  const Folder folder;
  Agent agent(folder);
  REQUIRE(agent.Send(Movements(folder.Write("a.csv", ManySales(3)))).ok());
  agent.now_ms += 86'400'000;
  REQUIRE(agent.Send(Movements(folder.Write("b.csv", ManySales(4)))).ok());
  for (const v1::StockEvent& event : agent.Events()) CHECK(event.epoch() == kStartMs / 1000);
}

TEST_CASE("one process at a time works in a folder", "[agent]") {
  const Folder folder;
  const auto first = StateFolder::Open(folder.path("state"));
  REQUIRE(first.ok());
  CHECK(absl::IsFailedPrecondition(StateFolder::Open(folder.path("state")).status()));
}

TEST_CASE("a damaged book is refused, not begun anew", "[agent]") {
  const Folder folder;
  for (const char* text : {"", "{", "[]", "{\"version\": 1}", "{\"version\": 2}"}) {
    folder.Write("book.json", text);
    const auto state = StateFolder::Open(folder.path(""));
    REQUIRE(state.ok());
    CHECK(absl::IsInternal(SequenceBook::Open(**state, kStartMs).status()));
  }
}
