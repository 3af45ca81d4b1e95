// A part of the log is gone and an operator goes on without it: what is not known is not sold, and
// every store is asked for what it has.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/murmur2.h"
#include "loop/harness.h"
#include "shelf/v1/request.pb.h"
#include "support/catch.h"

using namespace shelf;

namespace {

// Stores 1 and 2 are on partitions of their own; 1 has 10 of A, 2 has 5, all is said. Store 3 is
// known and was never heard.
void OpenShops(Harness& harness) {
  REQUIRE(PartitionOf("1", kPartitions) != PartitionOf("2", kPartitions));
  for (const char* store : {"1", "2", "3"}) harness.PutStore(store);
  harness.PutItem("A");
  REQUIRE(harness.Start().ok());
  harness.List("1", {{"A", 10}});
  harness.List("2", {{"A", 5}});
  harness.Settle();
  REQUIRE(harness.Published() ==
          Lines{"market/1/A 10", "market/2/A 5", "site/1/A 9", "site/2/A 4"});
}

void CutPartition(Harness& harness, int32_t partition) {
  harness.log().TrimBefore("stock-events", partition,
                           harness.log().HighWatermark("stock-events", partition));
}

void CutLog(Harness& harness, const std::string& store) {
  CutPartition(harness, PartitionOf(store, kPartitions));
}

void CutAllLogs(Harness& harness) {
  for (int32_t p = 0; p < kPartitions; ++p) CutPartition(harness, p);
}

// "1 erp snapshot", one for each request on the topic, by partition and offset.
Lines Asked(Harness& harness) {
  Lines lines;
  for (int32_t p = 0; p < kPartitions; ++p) {
    for (const MemoryRecord& record : harness.log().Records("stock-requests", p)) {
      v1::ResyncRequest request;
      REQUIRE(request.ParseFromString(record.value));
      const bool list = request.kind() == v1::ResyncRequest::KIND_SNAPSHOT;
      lines.push_back(absl::StrCat(request.store(), " ", request.source(),
                                   list ? " snapshot" : " something else"));
    }
  }
  return lines;
}

Lines WithoutRepeats(Lines lines) {
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return lines;
}

Ineligible WhyNot(Harness& harness, const std::string& store) {
  World& world = harness.worker().world();
  const StoreId id = world.store_names.Find(store);
  const PositionId position =
      world.StoreOf(id).state.index.Find(world.sku_names.Find("A"), world.positions);
  return harness.worker().evaluator().Decide(position, ChannelId(0)).ineligible;
}

const SourceState& SourceOf(Harness& harness, const std::string& store, const std::string& name) {
  World& world = harness.worker().world();
  const StoreState& state = world.StoreOf(world.store_names.Find(store)).state;
  const int index = state.FindSource(name);
  REQUIRE(index >= 0);
  return state.sources[static_cast<size_t>(index)];
}

// A whole list that is complete through an earlier time than now.
void ListThrough(Harness& harness, const std::string& store, const SkuUnits& lines,
                 int64_t through_ms) {
  const auto part = [&] {
    v1::StockEvent event = harness.Document(store, "erp");
    event.set_complete_through_ms(through_ms);
    return event;
  };
  v1::StockEvent begin = part();
  begin.mutable_snapshot_begin()->set_snapshot_id("through");
  harness.Append(begin);
  v1::StockEvent chunk = part();
  chunk.mutable_snapshot_chunk()->set_snapshot_id("through");
  for (const auto& [sku, units] : lines) {
    v1::BookLine& line = *chunk.mutable_snapshot_chunk()->add_lines();
    line.set_sku(sku);
    line.set_quantity_milli(units * 1000);
  }
  harness.Append(chunk);
  v1::StockEvent end = part();
  end.mutable_snapshot_end()->set_snapshot_id("through");
  end.mutable_snapshot_end()->set_line_count(lines.size());
  harness.Append(end);
}

// The disk went with all that was known, and the log no longer tells it.
void LoseAll(Harness& harness) {
  OpenShops(harness);
  harness.LoseDisk();
  CutAllLogs(harness);
  REQUIRE(harness.StartAcceptingLoss().ok());
}

}  // namespace

TEST_CASE("what was lost goes out as zero, and says why", "[loop][loss]") {
  Harness harness;
  LoseAll(harness);
  harness.Settle();
  CHECK(harness.Published() == Lines{"market/1/A 0", "market/2/A 0", "site/1/A 0", "site/2/A 0"});
  CHECK(WhyNot(harness, "1") == Ineligible::kStateLost);
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("every store is asked for a full list, also one that was never heard, again and again",
          "[loop][loss]") {
  Harness harness;
  LoseAll(harness);
  harness.Settle();
  const Lines all = {"1 erp snapshot", "2 erp snapshot", "3 erp snapshot"};
  CHECK(WithoutRepeats(Asked(harness)) == all);
  const size_t first = Asked(harness).size();
  harness.Turns(60);
  CHECK(Asked(harness).size() > first);
  CHECK(WithoutRepeats(Asked(harness)) == all);
}

TEST_CASE("a store sells again when its list is complete, and it alone", "[loop][loss]") {
  Harness harness;
  LoseAll(harness);
  harness.Settle();
  harness.List("1", {{"A", 7}});
  harness.Settle();
  CHECK(harness.Published() == Lines{"market/1/A 7", "market/2/A 0", "site/1/A 6", "site/2/A 0"});
  CHECK(WhyNot(harness, "1") == Ineligible::kNo);
  const auto asked_of_1 = [&harness] {
    const Lines asked = Asked(harness);
    return std::count(asked.begin(), asked.end(), "1 erp snapshot");
  };
  const auto before = asked_of_1();
  harness.Turns(60);
  CHECK(asked_of_1() == before);
  harness.Sell("1", "A", 2);
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 0 7 5");
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("a list of before the loss is not enough: what was sold is not sold again",
          "[loop][loss]") {
  Harness harness;
  OpenShops(harness);
  const int64_t before_ms = harness.now_ms();
  harness.Turns(60);
  harness.Sell("1", "A", 3);
  harness.Settle();
  harness.LoseDisk();
  CutAllLogs(harness);
  REQUIRE(harness.StartAcceptingLoss().ok());
  harness.Settle();
  ListThrough(harness, "1", {{"A", 10}}, before_ms);
  harness.Settle();
  harness.Turns(60);
  CHECK(harness.Said("market/1/A") == "10 7 0");
  CHECK(WhyNot(harness, "1") == Ineligible::kStateLost);
  SECTION("until the book has passed what is gone") {
    harness.Move("1", "erp", v1::REASON_SALE, "A", -3);
    harness.Claim("1", "erp", harness.now_ms());
    harness.Settle();
    CHECK(harness.Said("market/1/A") == "10 7 0 7");
  }
  SECTION("until there is a newer one, over a restart too") {
    harness.Restart();
    harness.Settle();
    CHECK(WhyNot(harness, "1") == Ineligible::kStateLost);
    harness.List("1", {{"A", 6}});
    harness.Settle();
    CHECK(harness.Said("market/1/A") == "10 7 0 6");
  }
  SECTION("which a second loss asks for anew") {
    harness.Crash();
    CutAllLogs(harness);
    harness.Sell("1", "A", 1);
    CutAllLogs(harness);
    REQUIRE(harness.StartAcceptingLoss().ok());
    harness.Claim("1", "erp", harness.now_ms());
    harness.Settle();
    CHECK(WhyNot(harness, "1") == Ineligible::kStateLost);
  }
}

TEST_CASE("a book's promise alone tells nothing of what a store has", "[loop][loss]") {
  Harness harness;
  LoseAll(harness);
  harness.Settle();
  harness.Claim("1", "erp", harness.now_ms());
  harness.Settle();
  CHECK(WhyNot(harness, "1") == Ineligible::kStateLost);
}

TEST_CASE("a list that comes before the first tick counts when the tick tells what is gone",
          "[loop][loss]") {
  Harness harness;
  OpenShops(harness);
  harness.LoseDisk();
  CutAllLogs(harness);
  SECTION("as of before it: not enough") {
    harness.List("1", {{"A", 7}});
    harness.Wait(kMinuteMs);
    REQUIRE(harness.StartAcceptingLoss().ok());
    harness.Settle();
    CHECK(WhyNot(harness, "1") == Ineligible::kStateLost);
  }
  SECTION("as of that instant") {
    ListThrough(harness, "1", {{"A", 7}}, harness.now_ms() + kMinuteMs);
    harness.Wait(kMinuteMs / 2);
    REQUIRE(harness.StartAcceptingLoss().ok());
    harness.Settle();
    CHECK(harness.Said("market/1/A") == "10 7");
  }
}

TEST_CASE("lines of a list sell nothing before its end", "[loop][loss]") {
  Harness harness;
  LoseAll(harness);
  harness.Settle();
  v1::StockEvent begin = harness.Document("1", "erp");
  begin.mutable_snapshot_begin()->set_snapshot_id("l");
  harness.Append(begin);
  v1::StockEvent chunk = harness.Document("1", "erp");
  chunk.mutable_snapshot_chunk()->set_snapshot_id("l");
  v1::BookLine& line = *chunk.mutable_snapshot_chunk()->add_lines();
  line.set_sku("A");
  line.set_quantity_milli(8000);
  harness.Append(chunk);
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 0");
  SECTION("even when its store's record changes meanwhile") {
    harness.PutStore("1", /*minds_counts=*/true);
    harness.Settle();
    CHECK(harness.worker().world().reference.FindStore("1")->count_hold);
  }
  v1::StockEvent end = harness.Document("1", "erp");
  end.mutable_snapshot_end()->set_snapshot_id("l");
  end.mutable_snapshot_end()->set_line_count(1);
  harness.Append(end);
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 0 8");
}

TEST_CASE("a list of which a part is gone completes nothing", "[loop][loss]") {
  Harness harness;
  OpenShops(harness);
  v1::StockEvent begin = harness.Document("1", "erp");
  begin.mutable_snapshot_begin()->set_snapshot_id("l");
  harness.Append(begin);
  harness.Settle();
  harness.Crash();
  harness.Move("1", "erp", v1::REASON_ADJUSTMENT, "A", -6);
  CutLog(harness, "1");
  REQUIRE(harness.StartAcceptingLoss().ok());
  v1::StockEvent end = harness.Document("1", "erp");
  end.mutable_snapshot_end()->set_snapshot_id("l");
  harness.Append(end);
  harness.Settle();
  CHECK(WhyNot(harness, "1") == Ineligible::kStateLost);
  CHECK(harness.Said("market/1/A") == "10 0");
}

TEST_CASE("only partitions that lost something wait; the others go on as they were",
          "[loop][loss]") {
  Harness harness;
  OpenShops(harness);
  harness.Crash();
  harness.Sell("1", "A", 3);
  CutLog(harness, "1");
  REQUIRE(harness.StartAcceptingLoss().ok());
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 0");
  CHECK(harness.Said("market/2/A") == "5");
  harness.Sell("1", "A", 1);
  harness.List("1", {{"A", 6}});
  harness.Settle();
  CHECK_FALSE(SourceOf(harness, "1", "pos").sequence.has_gap());
  CHECK(harness.Said("market/1/A") == "10 0 6");
  CHECK(FaultsOf(harness) == Lines{});
}

TEST_CASE("accepting a loss where none is changes nothing", "[loop][loss]") {
  Harness harness;
  OpenShops(harness);
  harness.Crash();
  REQUIRE(harness.StartAcceptingLoss().ok());
  harness.Settle();
  CHECK(harness.Published() == Lines{"market/1/A 10", "market/2/A 5", "site/1/A 9", "site/2/A 4"});
  CHECK(Asked(harness).empty());
}

TEST_CASE("the loss is durable before anything is published by it", "[loop][loss]") {
  Harness harness;
  LoseAll(harness);
  const int64_t records = harness.RecordsIn("availability");
  harness.Crash();
  REQUIRE(harness.Start().ok());
  CHECK(harness.RecordsIn("availability") == records);
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 0");
  CHECK(WhyNot(harness, "1") == Ineligible::kStateLost);
  harness.List("1", {{"A", 7}});
  harness.Settle();
  harness.Restart();
  harness.Settle();
  CHECK(WhyNot(harness, "1") == Ineligible::kNo);
  CHECK(WhyNot(harness, "2") == Ineligible::kStateLost);
}

TEST_CASE("a store that is first heard after the loss also begins with a list", "[loop][loss]") {
  Harness harness;
  LoseAll(harness);
  harness.Settle();
  harness.PutStore("5");
  harness.Move("5", "erp", v1::REASON_RECEIPT, "A", 4);
  harness.Settle();
  CHECK(WhyNot(harness, "5") == Ineligible::kStateLost);
  CHECK(harness.Said("market/5/A").empty());
  harness.List("5", {{"A", 4}});
  harness.Settle();
  CHECK(harness.Said("market/5/A") == "4");
}

TEST_CASE("a store that nobody has described is asked by its book's usual name", "[loop][loss]") {
  Harness harness;
  LoseAll(harness);
  harness.Count("9", "A", 3);
  harness.Settle();
  const Lines asked = Asked(harness);
  CHECK(std::count(asked.begin(), asked.end(), "9 erp snapshot") > 0);
}

TEST_CASE("a till's order begins where it is heard after the loss, over a restart too",
          "[loop][loss]") {
  Harness harness;
  OpenShops(harness);
  for (int sale = 0; sale < 3; ++sale) harness.Sell("1", "A", 1);
  harness.Settle();
  harness.LoseDisk();
  CutAllLogs(harness);
  REQUIRE(harness.StartAcceptingLoss().ok());
  harness.Settle();
  harness.Stop();
  REQUIRE(harness.Start().ok());
  harness.Sell("1", "A", 1);  // its fourth document
  harness.Settle();
  const SourceState& till = SourceOf(harness, "1", "pos");
  CHECK_FALSE(till.sequence.has_gap());
  CHECK(till.awaiting_resync);
  CHECK(WithoutRepeats(Asked(harness)) ==
        Lines{"1 erp snapshot", "2 erp snapshot", "3 erp snapshot"});
  SECTION("and it is whole again when the book has passed what may be missing") {
    harness.List("1", {{"A", 6}});
    harness.Claim("1", "pos", harness.now_ms());
    harness.Settle();
    CHECK_FALSE(SourceOf(harness, "1", "pos").awaiting_resync);
    harness.Sell("1", "A", 2);
    harness.Settle();
    CHECK(harness.Newest().at("market/1/A").sellable() == 4);
  }
}

TEST_CASE("who was thought the book before the store was described is not waited for",
          "[loop][loss]") {
  Harness harness;
  LoseAll(harness);
  harness.Count("9", "A", 3);
  harness.Settle();
  REQUIRE(SourceOf(harness, "9", "erp").awaiting_resync);
  v1::Store record;
  record.set_store("9");
  v1::Source& book = *record.add_sources();
  book.set_name("sap");
  book.set_role(v1::SOURCE_ROLE_BOOK);
  harness.log().Append("reference", 0, "store/9", record.SerializeAsString());
  harness.Settle();
  CHECK_FALSE(SourceOf(harness, "9", "erp").awaiting_resync);
  CHECK(SourceOf(harness, "9", "sap").awaiting_resync);
  const auto asked_of_erp = [&harness] {
    const Lines asked = Asked(harness);
    return std::count(asked.begin(), asked.end(), "9 erp snapshot");
  };
  const auto before = asked_of_erp();
  harness.Turns(60);
  CHECK(asked_of_erp() == before);
}
