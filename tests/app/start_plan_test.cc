// Where a start goes on, and what it refuses.
#include "app/start_plan.h"

#include <string>

#include "support/catch.h"

using namespace shelf;
using Catch::Contains;

namespace {

using Offsets = std::map<int32_t, int64_t>;

// A state of 2026-11-02 that has read 50 and 60 of 100 records in two partitions, has written 10 of
// 20, and knows 7 of 9 reference records.
StartQuestion Healthy() {
  StartQuestion question;
  question.has_state = true;
  question.state_folder = "/state";
  question.state_time_ms = 1'793'599'200'000;
  question.input = {{"stock-events", 0, {0, 100}, 50}, {"stock-events", 1, {0, 100}, 60}};
  question.reference = {"reference", 0, {0, 9}, 7};
  question.outputs = {{"availability", 0, {0, 20}, 10}, {"availability", 1, {0, 20}, 10}};
  question.starts = {0, 3};
  return question;
}

// The same cluster after the state's disk was lost.
StartQuestion DiskLost() {
  StartQuestion question = Healthy();
  question.has_state = false;
  question.state_time_ms = 0;
  for (LogPlace& place : question.input) place.next.reset();
  for (LogPlace& place : question.outputs) place.next.reset();
  question.reference.next.reset();
  return question;
}

std::string RefusalOf(const StartQuestion& question) {
  const auto plan = PlanStart(question);
  REQUIRE(plan.status().code() == absl::StatusCode::kFailedPrecondition);
  return std::string(plan.status().message());
}

StartPlan PlanOf(const StartQuestion& question) {
  const auto plan = PlanStart(question);
  INFO(plan.status().ToString());
  REQUIRE(plan.ok());
  return *plan;
}

}  // namespace

TEST_CASE("a start goes on where the checkpoint ends", "[start]") {
  const StartPlan plan = PlanOf(Healthy());
  CHECK(plan.input == Offsets{{0, 50}, {1, 60}});
  CHECK(plan.reference == 7);
  CHECK(plan.lost.empty());
  CHECK(plan.notes.empty());
}

TEST_CASE("a state that has read the log to its end, however short it is by now, goes on",
          "[start]") {
  StartQuestion question = Healthy();
  question.input[0] = {"stock-events", 0, {50, 50}, 50};
  CHECK(PlanOf(question).input.at(0) == 50);
}

TEST_CASE("retention passed: the refusal names every partition, its offsets and what is gone",
          "[start]") {
  StartQuestion question = Healthy();
  question.retention_ms = int64_t{7} * 24 * 3600 * 1000;
  question.input[0].log.low = 51;
  question.input[1].log.low = 90;
  const std::string words = RefusalOf(question);
  CHECK_THAT(words, Contains("topic stock-events no longer holds"));
  CHECK_THAT(words, Contains("partition 0 goes on at offset 50, its log begins at 51: 1 records"));
  CHECK_THAT(words, Contains("partition 1 goes on at offset 60, its log begins at 90: 30 records"));
  CHECK_THAT(words, Contains("the topic keeps 168h"));
  CHECK_THAT(words, Contains("the state is of 2026-11-02 06:00:00Z"));
  CHECK_THAT(words, Contains("shelfd restore") && Contains("--accept-loss"));
}

TEST_CASE("with the loss accepted a cut partition is read from its begin, and it alone is lost",
          "[start]") {
  StartQuestion question = Healthy();
  question.accept_loss = true;
  question.input[1].log.low = 90;
  const StartPlan plan = PlanOf(question);
  CHECK(plan.input == Offsets{{0, 50}, {1, 90}});
  CHECK(plan.lost == std::vector<int32_t>{1});
  REQUIRE(plan.notes.size() == 1);
  CHECK_THAT(plan.notes[0], Contains("loss accepted: partition 1"));
}

TEST_CASE("an input that ends before what was read is another log", "[start]") {
  StartQuestion question = Healthy();
  question.input[0].log = {0, 49};
  CHECK_THAT(RefusalOf(question),
             Contains("partition 0 ends at offset 49, the state has read up to 50") &&
                 Contains("another cluster"));
  question.accept_loss = true;
  const StartPlan plan = PlanOf(question);
  CHECK(plan.input == Offsets{{0, 0}, {1, 60}});
  CHECK(plan.lost == std::vector<int32_t>{0});
}

TEST_CASE("reference data may begin late, it is compacted, but not end early", "[start]") {
  StartQuestion question = Healthy();
  SECTION("records below its begin are not missed") {
    question.reference.log = {8, 9};
    CHECK(PlanOf(question).reference == 8);
  }
  SECTION("a shorter one is another topic, whatever loss is accepted") {
    question.reference.log = {0, 6};
    question.accept_loss = true;
    CHECK_THAT(RefusalOf(question),
               Contains("topic reference ends at offset 6, the state has read up to 7"));
  }
}

TEST_CASE("a state older than removals are kept takes the reference data anew", "[start]") {
  StartQuestion question = Healthy();
  constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;
  question.removals_kept_ms = kDayMs;
  question.now_ms = question.state_time_ms + kDayMs - 1;
  CHECK_FALSE(PlanOf(question).reference_anew);
  CHECK(PlanOf(question).reference == 7);
  ++question.now_ms;
  const StartPlan plan = PlanOf(question);
  CHECK(plan.reference_anew);
  CHECK(plan.reference == 0);
  REQUIRE(plan.notes.size() == 1);
  CHECK_THAT(plan.notes[0],
             Contains("older than topic reference keeps removals") && Contains("24h"));
  SECTION("where nobody says for how long, its tail has to do") {
    question.removals_kept_ms.reset();
    CHECK_FALSE(PlanOf(question).reference_anew);
  }
}

TEST_CASE("an output that ends before what was written is refused, or all of it said again",
          "[start]") {
  StartQuestion question = Healthy();
  question.outputs[1].log = {0, 9};
  CHECK_THAT(RefusalOf(question),
             Contains("topic availability partition 1 ends at offset 9, the checkpoint has written "
                      "up to 10: the log was cut or made anew"));
  question.accept_loss = true;
  const StartPlan plan = PlanOf(question);
  CHECK(plan.lost.empty());
  REQUIRE(plan.notes.size() == 1);
  CHECK_THAT(plan.notes[0], Contains("all is said again"));
}

TEST_CASE("an output that begins late is no reason to refuse", "[start]") {
  StartQuestion question = Healthy();
  question.outputs[1].log = {15, 20};
  CHECK(PlanOf(question).notes.empty());
}

TEST_CASE("one refusal holds every finding of every kind", "[start]") {
  StartQuestion question = Healthy();
  question.input[0].log.low = 70;
  question.input[1].log.high = 10;
  question.outputs[0].log.high = 1;
  question.reference.log.high = 2;
  const std::string words = RefusalOf(question);
  CHECK_THAT(words, Contains("partition 0 goes on at offset 50") &&
                        Contains("partition 1 ends at offset 10") &&
                        Contains("topic availability partition 0 ends at offset 1") &&
                        Contains("topic reference ends at offset 2"));
}

TEST_CASE("a first start on empty topics has nothing to say", "[start]") {
  StartQuestion question = DiskLost();
  for (LogPlace& place : question.input) place.log = {0, 0};
  for (LogPlace& place : question.outputs) place.log = {0, 0};
  question.starts = {0, 0};
  const StartPlan plan = PlanOf(question);
  CHECK(plan.input == Offsets{{0, 0}, {1, 0}});
  CHECK(plan.notes.empty());
}

TEST_CASE("a lost disk under a whole log is replayed from the beginning, and this is said",
          "[start]") {
  const StartPlan plan = PlanOf(DiskLost());
  CHECK(plan.input == Offsets{{0, 0}, {1, 0}});
  CHECK(plan.reference == 0);
  CHECK(plan.lost.empty());
  REQUIRE(plan.notes.size() == 1);
  CHECK_THAT(plan.notes[0], Contains("no state in /state") && Contains("3 starts") &&
                                Contains("whole from offset 0 and is replayed, 200 records"));
}

TEST_CASE(
    "a lost disk under a cut log is refused; with the loss accepted what is whole is replayed",
    "[start]") {
  StartQuestion question = DiskLost();
  question.input[1].log.low = 40;
  const std::string words = RefusalOf(question);
  CHECK_THAT(words, Contains("no state in /state, although shelfd has run here before (3 starts, "
                             "40 records of availability)"));
  CHECK_THAT(words, Contains("partition 1 begins at 40") && !Contains("partition 0"));
  CHECK_THAT(words, Contains("shelfd restore") && Contains("--accept-loss"));
  question.accept_loss = true;
  const StartPlan plan = PlanOf(question);
  CHECK(plan.input == Offsets{{0, 0}, {1, 40}});
  CHECK(plan.lost == std::vector<int32_t>{1});
}

TEST_CASE("a first start on a log that was cut already is refused without talk of a lost disk",
          "[start]") {
  StartQuestion question = DiskLost();
  question.input[1].log.low = 40;
  for (LogPlace& place : question.outputs) place.log = {0, 0};
  question.starts = {0, 0};
  CHECK_THAT(RefusalOf(question),
             Contains("no longer begins at offset 0: partition 1 begins at 40") &&
                 !Contains("has run here before"));
}

TEST_CASE("without a state another number of partitions than at the last start is refused for good",
          "[start]") {
  StartQuestion question = DiskLost();
  question.partitions_before = 2;
  CHECK(PlanOf(question).input.size() == 2);
  question.partitions_before = 4;
  for (const bool accept : {false, true}) {
    question.accept_loss = accept;
    CHECK_THAT(RefusalOf(question), Contains("has 2 partitions, at the last start it had 4") &&
                                        Contains("Make new topics"));
  }
}

TEST_CASE("accepting a loss where nothing is lost changes nothing and says so", "[start]") {
  StartQuestion question = Healthy();
  question.accept_loss = true;
  const StartPlan plan = PlanOf(question);
  CHECK(plan.input == Offsets{{0, 50}, {1, 60}});
  CHECK(plan.lost.empty());
  REQUIRE(plan.notes.size() == 1);
  CHECK_THAT(plan.notes[0], Contains("changes nothing"));
}
