#include "agent/sender.h"

#include <string>

#include "fixture.h"
#include "io/memory_log.h"
#include "support/catch.h"

using shelf::MemorySink;
using shelf::Topic;
using shelf::agent::OneTopicLog;
using shelf::agent::Sender;
using shelf::agent::SenderLimits;

namespace {

struct Rig {
  Sender Make(SenderLimits limits) {
    return Sender(sink, Topic::kStockEvents, limits, [this] { return now_ms += 10; });
  }
  size_t logged() const { return log.Records("topic", 0).size(); }

  OneTopicLog log{1};
  MemorySink sink{&log, {{Topic::kStockEvents, "topic"}}};
  int64_t now_ms = 0;  // 10 ms pass at each reading
};

SenderLimits Ahead(size_t ahead_max) {
  SenderLimits limits;
  limits.ahead_max = ahead_max;
  return limits;
}

}  // namespace

TEST_CASE("no more than ahead_max records are sent without acknowledgement", "[agent]") {
  Rig rig;
  rig.sink.cork();
  Sender sender = rig.Make(Ahead(3));
  for (int i = 0; i < 3; ++i) CHECK(sender.Send("12", "x", 1).ok());
  CHECK(absl::IsUnavailable(sender.Send("12", "one too many", 1)));
  CHECK(rig.logged() == 3);
}

TEST_CASE("a full queue of the sink is waited for", "[agent]") {
  Rig rig;
  rig.sink.set_queue_records_max(2);
  Sender sender = rig.Make(Ahead(100));
  for (int i = 0; i < 50; ++i) REQUIRE(sender.Send("12", std::to_string(i), 1).ok());
  REQUIRE(sender.Flush().ok());
  REQUIRE(rig.logged() == 50);
  for (size_t i = 0; i < 50; ++i) {
    CHECK(rig.log.Records("topic", 0)[i].value == std::to_string(i));
  }
  CHECK(sender.records_acknowledged() == 50);
}

TEST_CASE("a record that failed in passing is sent again", "[agent]") {
  Rig rig;
  rig.sink.FailNext(2);
  Sender sender = rig.Make(Ahead(100));
  for (int i = 0; i < 5; ++i) REQUIRE(sender.Send("12", std::to_string(i), 1).ok());
  REQUIRE(sender.Flush().ok());
  CHECK(rig.logged() == 5);
}

TEST_CASE("a record that keeps failing ends the sending", "[agent]") {
  Rig rig;
  rig.sink.FailNext(1000);
  Sender sender = rig.Make(Ahead(100));
  absl::Status status = sender.Send("12", "x", 1);
  if (status.ok()) status = sender.Flush();
  CHECK(absl::IsUnavailable(status));
  CHECK(absl::IsUnavailable(sender.Send("12", "y", 1)));
}

TEST_CASE("silence of the broker is waited out for the timeout and no longer", "[agent]") {
  Rig rig;
  rig.sink.Disconnect();
  Sender sender = rig.Make(Ahead(100));
  REQUIRE(sender.Send("12", "x", 1).ok());
  const int64_t before_ms = rig.now_ms;
  CHECK(absl::IsUnavailable(sender.Flush()));
  CHECK(rig.now_ms - before_ms >= 60'000);
  CHECK(rig.now_ms - before_ms < 61'000);
}

TEST_CASE("the pace is kept in lines, whatever the events hold", "[agent]") {
  Rig rig;
  SenderLimits limits = Ahead(100);
  limits.lines_per_second = 100;
  Sender sender = rig.Make(limits);
  for (int i = 0; i < 11; ++i) REQUIRE(sender.Send("12", "x", 50).ok());
  // The eleventh goes when the 500 lines before it have had their 5 seconds.
  CHECK(rig.now_ms >= 5'000);
  CHECK(rig.now_ms < 5'500);
}
