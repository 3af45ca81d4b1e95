#include "loop/missing_topics.h"

#include <climits>

#include "loop/harness.h"
#include "support/catch.h"

using namespace shelf;

namespace {

const absl::Status kUnknown = absl::NotFoundError("not sent: Local: Unknown topic");
constexpr OutputPartition kOutput{Topic::kAvailability, 2};

void OpenShop(Harness& harness) {
  harness.PutStore("1");
  harness.PutItem("A");
  REQUIRE(harness.Start().ok());
  harness.List("1", {{"A", 10}});
  harness.Settle();
}

}  // namespace

TEST_CASE("topics that are unknown for a moment end nothing and lose nothing", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Sell("1", "A", 1);
  harness.sink().FailNext(40, kUnknown);
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 9");
  CHECK(FaultsOf(harness).empty());
}

TEST_CASE("a topic that stays away ends the daemon after a minute, with its words", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Sell("1", "A", 1);
  harness.sink().FailNext(INT_MAX, kUnknown);
  const int64_t from_ms = harness.now_ms();
  absl::Status status;
  while (status.ok() && harness.now_ms() < from_ms + 10 * MissingTopics::kPatienceMs) {
    status = harness.Turn();
  }
  CHECK(status == kUnknown);
  CHECK(harness.now_ms() - from_ms >= MissingTopics::kPatienceMs);
  CHECK(harness.now_ms() - from_ms < MissingTopics::kPatienceMs + 5000);
}

TEST_CASE("what arrives in a partition ends the suspicion of that one alone", "[loop]") {
  constexpr OutputPartition kOther{Topic::kAvailability, 3};
  MissingTopics missing;
  missing.Refused(kOutput, kUnknown, 1000);
  missing.Refused(kOther, kUnknown, 1000);
  missing.Refused(kOutput, kUnknown, 30'000);
  CHECK(missing.Verdict(60'999).ok());
  CHECK(missing.Verdict(61'000) == kUnknown);
  missing.Took(kOther);
  CHECK(missing.Verdict(61'000) == kUnknown);
  missing.Took(kOutput);
  CHECK(missing.Verdict(INT64_MAX).ok());
}

TEST_CASE("what was refused is sent again after a moment, not at once", "[loop]") {
  MissingTopics missing;
  CHECK_FALSE(missing.Pauses(0));
  missing.Refused(kOutput, kUnknown, 1000);
  CHECK(missing.Pauses(1499));
  CHECK_FALSE(missing.Pauses(1500));
  missing.Took(kOutput);
  CHECK_FALSE(missing.Pauses(1001));
}

TEST_CASE("a source's word is believed when it goes on saying it", "[loop]") {
  MissingTopics missing;
  CHECK(missing.SourceSays(kUnknown, 0).ok());
  CHECK(missing.SourceSays(kUnknown, 40'000).ok());
  CHECK(missing.SourceSays(kUnknown, 60'000) == kUnknown);
  // Hours later it is another matter.
  CHECK(missing.SourceSays(kUnknown, 9'000'000).ok());
  CHECK(missing.SourceSays(kUnknown, 9'060'000).ok());
}
