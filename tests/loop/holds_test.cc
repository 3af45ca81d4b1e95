// Lists that wait for an operator, and the requests that follow from counts, over restarts.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "loop/harness.h"
#include "shelf/v1/request.pb.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int kItems = 60;

SkuUnits Items(int count) {
  SkuUnits lines;
  for (int i = 0; i < count; ++i) lines.emplace_back(absl::StrCat("i", i), 5);
  return lines;
}

void OpenShop(Harness& harness, bool minds_counts = false) {
  harness.PutStore("1", minds_counts);
  for (const auto& [sku, units] : Items(kItems)) harness.PutItem(sku);
  REQUIRE(harness.Start().ok());
  harness.List("1", Items(kItems));
  harness.Settle();
}

// The store's next list has ten of its items and says that it is whole.
void CutList(Harness& harness) {
  OpenShop(harness);
  harness.List("1", Items(10));
  harness.Settle();
}

const ListState& ListOf(Harness& harness) { return harness.worker().world().stores[0].state.list; }

int Sold(Harness& harness) {
  const auto newest = harness.Newest();
  return static_cast<int>(std::count_if(newest.begin(), newest.end(), [](const auto& record) {
    return record.first.starts_with("market/") && record.second.sellable() == 5;
  }));
}

std::vector<v1::ResyncRequest> RequestsOf(Harness& harness, v1::ResyncRequest::Kind kind) {
  std::vector<v1::ResyncRequest> requests;
  for (int32_t p = 0; p < harness.log().PartitionCount("stock-requests"); ++p) {
    for (const MemoryRecord& record : harness.log().Records("stock-requests", p)) {
      v1::ResyncRequest request;
      REQUIRE(request.ParseFromString(record.value));
      if (request.kind() == kind) requests.push_back(request);
    }
  }
  return requests;
}

HoldDecision Release() {
  return {.store = "1", .snapshot_id = "", .action = ListAction::kRelease, .by = "Ada"};
}
HoldDecision Drop() {
  return {.store = "1", .snapshot_id = "", .action = ListAction::kDrop, .by = "Ada"};
}

void CountAt(Harness& harness, const std::string& sku, int64_t time_ms) {
  v1::StockEvent event = harness.Document("1", "scan");
  event.set_event_time_ms(time_ms);
  event.mutable_counts()->add_lines()->set_sku(sku);
  harness.Append(event);
}

}  // namespace

TEST_CASE("a list that waits is released after a restart", "[loop]") {
  Harness harness;
  CutList(harness);
  REQUIRE(ListOf(harness).held);
  CHECK(harness.worker().counters().lists_held == 1);
  CHECK(Sold(harness) == kItems);
  harness.Restart();
  harness.Settle();
  REQUIRE(ListOf(harness).held);
  CHECK(ListOf(harness).forecast.to_zero == 50);
  REQUIRE(harness.worker().Decide(Release()).ok());
  harness.Settle();
  CHECK_FALSE(ListOf(harness).held);
  CHECK(Sold(harness) == 10);
  CHECK(FaultsOf(harness).empty());
}

TEST_CASE("a decision stands in the log: with the disk lost the same comes of it", "[loop]") {
  Harness harness;
  CutList(harness);
  REQUIRE(harness.worker().Decide(Release()).ok());
  harness.Settle();
  harness.LoseDisk();
  REQUIRE(harness.Start().ok());
  harness.Settle();
  CHECK_FALSE(ListOf(harness).held);
  CHECK(Sold(harness) == 10);
  CHECK(FaultsOf(harness).empty());
}

TEST_CASE("a new list is asked for after a drop, also by the process that comes after", "[loop]") {
  Harness harness;
  CutList(harness);
  harness.Turns(30);
  CHECK(RequestsOf(harness, v1::ResyncRequest::KIND_SNAPSHOT).empty());
  REQUIRE(harness.worker().Decide(Drop()).ok());
  harness.Settle();
  const size_t asked = RequestsOf(harness, v1::ResyncRequest::KIND_SNAPSHOT).size();
  CHECK(asked > 0);
  CHECK(Sold(harness) == kItems);
  harness.Restart();
  harness.Settle();
  CHECK(RequestsOf(harness, v1::ResyncRequest::KIND_SNAPSHOT).size() > asked);
  harness.List("1", Items(kItems));
  harness.Settle();
  const size_t answered = RequestsOf(harness, v1::ResyncRequest::KIND_SNAPSHOT).size();
  harness.Turns(60);
  CHECK(RequestsOf(harness, v1::ResyncRequest::KIND_SNAPSHOT).size() == answered);
}

TEST_CASE("a list is asked for with growing pauses whatever else the book sends", "[loop]") {
  Harness harness;
  CutList(harness);
  REQUIRE(harness.worker().Decide(Drop()).ok());
  for (int i = 0; i < 300; ++i) {
    harness.Move("1", "erp", v1::REASON_RECEIPT, "i0", 1);
    harness.Turns(1);
  }
  // At once, and after 5, 10, 20, 40, 80 and 160 seconds more.
  const size_t asked = RequestsOf(harness, v1::ResyncRequest::KIND_SNAPSHOT).size();
  CHECK(asked >= 5);
  CHECK(asked <= 7);
}

TEST_CASE("while a list comes in no other is asked for; when it stays away one is", "[loop]") {
  Harness harness;
  CutList(harness);
  REQUIRE(harness.worker().Decide(Drop()).ok());
  harness.Turns(3);
  v1::StockEvent begin = harness.Document("1", "erp");
  begin.mutable_snapshot_begin()->set_snapshot_id("slow");
  harness.Append(begin);
  harness.Turns(1);
  const size_t asked = RequestsOf(harness, v1::ResyncRequest::KIND_SNAPSHOT).size();
  for (int part = 0; part < 5; ++part) {
    v1::StockEvent chunk = harness.Document("1", "erp");
    chunk.mutable_snapshot_chunk()->set_snapshot_id("slow");
    harness.Append(chunk);
    harness.Turns(60);
  }
  CHECK(RequestsOf(harness, v1::ResyncRequest::KIND_SNAPSHOT).size() == asked);
  harness.Turns(500);
  CHECK(RequestsOf(harness, v1::ResyncRequest::KIND_SNAPSHOT).size() == asked);
  harness.Turns(100);
  CHECK(RequestsOf(harness, v1::ResyncRequest::KIND_SNAPSHOT).size() > asked);
}

TEST_CASE("who may not decide, and what nobody can decide, is rejected", "[loop]") {
  Harness harness;
  CutList(harness);
  v1::StockEvent decision;
  decision.set_store("1");
  decision.set_source("erp");
  decision.mutable_list_decision()->set_snapshot_id(ListOf(harness).id);
  decision.mutable_list_decision()->set_action(v1::ListDecision::ACTION_RELEASE);
  harness.Append(decision);
  decision.set_source("shelfd");
  decision.mutable_list_decision()->set_snapshot_id("another");
  harness.Append(decision);
  harness.Settle();
  CHECK(harness.RejectReasons() == Lines{"unknown_body", "no_such_list"});
  CHECK(ListOf(harness).held);
  HoldDecision other = Release();
  other.snapshot_id = "another";
  CHECK(absl::IsNotFound(harness.worker().Decide(other)));
  other.store = "nowhere";
  CHECK(absl::IsNotFound(harness.worker().Decide(other)));
}

TEST_CASE("counts that came too late while the daemon was away are asked for when it is back",
          "[loop]") {
  Harness harness;
  harness.options.world.ring_age_max_ms = 5 * kMinuteMs;
  OpenShop(harness);
  harness.Sell("1", "i0", 1);
  harness.Wait(10 * kMinuteMs);
  harness.Settle();
  harness.Crash();
  CountAt(harness, "i1", kStartMs);
  CountAt(harness, "i2", kStartMs);
  CountAt(harness, "i1", kStartMs);
  REQUIRE(harness.Start().ok());
  harness.Settle();
  harness.Turns(20);
  const auto requests = RequestsOf(harness, v1::ResyncRequest::KIND_COUNT);
  REQUIRE(requests.size() == 1);
  REQUIRE(requests[0].count_skus_size() == 2);
  CHECK(requests[0].count_skus(0) == "i1");
  CHECK(requests[0].count_skus(1) == "i2");
  CHECK(requests[0].source() == "scan");
}

TEST_CASE("what a picker does not find where there should be some is counted, once an hour",
          "[loop]") {
  Harness harness;
  OpenShop(harness, /*minds_counts=*/true);
  harness.Pick("1", "i3", 1, 2);
  harness.Pick("1", "i3", 0, 1);
  harness.Settle();
  REQUIRE(RequestsOf(harness, v1::ResyncRequest::KIND_COUNT).size() == 1);
  CHECK(RequestsOf(harness, v1::ResyncRequest::KIND_COUNT)[0].count_skus(0) == "i3");
  harness.Pick("1", "i4", 5, 6);  // five found of five: the records say no more
  harness.Settle();
  CHECK(RequestsOf(harness, v1::ResyncRequest::KIND_COUNT).size() == 1);
  harness.Turns(61, kMinuteMs);
  harness.Pick("1", "i3", 0, 1);
  harness.Settle();
  CHECK(RequestsOf(harness, v1::ResyncRequest::KIND_COUNT).size() == 2);
}

TEST_CASE("a store that does not ask for it has nothing counted after a nil pick", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Pick("1", "i3", 0, 2);
  harness.Settle();
  CHECK(RequestsOf(harness, v1::ResyncRequest::KIND_COUNT).empty());
}

TEST_CASE("a flood of an old epoch's events is answered once a minute", "[loop]") {
  Harness harness;
  OpenShop(harness);
  v1::StockEvent restarted = harness.Document("1", "pos");
  restarted.set_epoch(7);
  restarted.set_sequence(1);
  restarted.mutable_heartbeat();
  harness.Append(restarted);
  for (int i = 0; i < 100; ++i) harness.Sell("1", "i0", 1);
  harness.Turns(3);
  const auto answers = RequestsOf(harness, v1::ResyncRequest::KIND_RESEND);
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].min_epoch() == 8);
  harness.Turns(60);
  harness.Sell("1", "i0", 1);
  harness.Turns(3);
  CHECK(RequestsOf(harness, v1::ResyncRequest::KIND_RESEND).size() == 2);
}

TEST_CASE("each new gap is asked for by itself, and what is still missing in one request",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  for (int gap = 0; gap < 3; ++gap) {
    harness.Skip("1", "pos");
    harness.Sell("1", "i0", 1);
  }
  harness.Turns(2);
  const auto at_once = RequestsOf(harness, v1::ResyncRequest::KIND_RESEND);
  REQUIRE(at_once.size() == 3);
  for (size_t i = 0; i < 3; ++i) {
    CHECK(at_once[i].from_sequence() == 1 + 2 * i);
    CHECK(at_once[i].to_sequence() == 1 + 2 * i);
  }
  harness.Turns(5);
  const auto again = RequestsOf(harness, v1::ResyncRequest::KIND_RESEND);
  REQUIRE(again.size() == 4);
  CHECK(again[3].from_sequence() == 1);
  CHECK(again[3].to_sequence() == 5);
}
