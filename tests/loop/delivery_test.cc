// What becomes of records that a topic will not take, however often they are sent.
#include <climits>
#include <string>
#include <vector>

#include "loop/harness.h"
#include "loop/rejects.h"
#include "support/catch.h"

using namespace shelf;

namespace {

const absl::Status kTooLarge =
    absl::InvalidArgumentError("not delivered: Broker: Message size too large");

bool HasHeader(const MemoryRecord& record, const std::string& name) {
  for (const auto& [header, value] : record.headers) {
    if (header == name) return true;
  }
  return false;
}

struct RejectsLog : MemoryLog {
  RejectsLog() { CreateTopic("stock-rejects", 1); }
};

// The rejects of a worker, alone on a topic of one partition.
class RejectsRig {
 public:
  void Refuse() {
    rejects_.Refuse(
        {.partition = 3, .offset = 7, .has_value = true, .key = "key", .value = "value"},
        RejectReason::kMalformed, "malformed: no event", {.ms = kStartMs});
  }
  // What is on its way comes back, and goes out again where it failed.
  void Turn() {
    std::vector<Delivery> deliveries;
    sink_.Drain(0, deliveries);
    for (const Delivery& delivery : deliveries) rejects_.Delivered(delivery);
    rejects_.Flush();
  }
  MemorySink& sink() { return sink_; }
  const Rejects& rejects() const { return rejects_; }
  const std::deque<MemoryRecord>& records() const { return log_.Records("stock-rejects", 0); }

 private:
  RejectsLog log_;
  MemorySink sink_ = MemorySink(&log_, {{Topic::kRejects, "stock-rejects"}});
  Rejects rejects_ = Rejects(sink_, "stock-events");
};

}  // namespace

TEST_CASE("a topic that refuses availability ends the daemon with its name, and loses nothing",
          "[loop]") {
  Harness harness;
  harness.PutStore("1");
  harness.PutItem("A");
  REQUIRE(harness.Start().ok());
  harness.List("1", {{"A", 10}});
  harness.Settle();
  harness.Sell("1", "A", 1);
  harness.sink().FailNext(INT_MAX, kTooLarge);
  absl::Status status;
  for (int turn = 0; turn < 10 && status.ok(); ++turn) status = harness.Turn();
  CHECK(status.message() ==
        "topic availability refuses availability (not delivered: Broker: Message size too large): "
        "see its max.message.bytes and cleanup.policy with `shelfctl topics check`");
  CHECK_FALSE(absl::IsInvalidArgument(status));  // that would say that the configuration is wrong

  harness.Restart();
  harness.Settle();
  CHECK(harness.Newest().at("market/1/A").sellable() == 9);
  CHECK(FaultsOf(harness).empty());
}

TEST_CASE("a reject that is too large goes without its value", "[loop]") {
  RejectsRig rig;
  rig.sink().FailNext(1, kTooLarge);
  rig.Refuse();
  rig.Turn();
  REQUIRE(rig.records().size() == 1);
  CHECK(rig.records()[0].key == "key");
  CHECK(rig.records()[0].value.empty());
  CHECK(HasHeader(rig.records()[0], "value-left-out"));
  CHECK_FALSE(HasHeader(rig.records()[0], "key-left-out"));
}

TEST_CASE("a reject that is too large without its value goes without its key too", "[loop]") {
  RejectsRig rig;
  rig.sink().FailNext(2, kTooLarge);
  rig.Refuse();
  rig.Turn();
  rig.Turn();
  REQUIRE(rig.records().size() == 1);
  CHECK(rig.records()[0].key.empty());
  CHECK(HasHeader(rig.records()[0], "reason"));
  CHECK(HasHeader(rig.records()[0], "value-left-out"));
  CHECK(HasHeader(rig.records()[0], "key-left-out"));
  rig.Turn();
  CHECK(rig.rejects().pending() == 0);
}

TEST_CASE("a reject that only did not arrive goes out again as it was", "[loop]") {
  RejectsRig rig;
  rig.sink().FailNext(3);
  rig.Refuse();
  for (int turn = 0; turn < 3; ++turn) rig.Turn();
  REQUIRE(rig.records().size() == 1);
  CHECK(rig.records()[0].value == "value");
  CHECK(rig.records()[0].headers.size() == 6);
}
