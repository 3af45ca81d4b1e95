// What somebody else writes to the outputs while we run: a predecessor that was thought dead and
// wakes up, or a successor.
#include <string>
#include <utility>
#include <vector>

#include "base/murmur2.h"
#include "loop/foreign_records.h"
#include "loop/foreign_writer.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr char kOutputTopic[] = "availability";

int32_t PartitionOfStore(const std::string& store) { return PartitionOf(store, kPartitions); }

// The second start, of incarnation 1, is settled: store 1 has 10 of A and 5 of B.
void OpenShop(Harness& harness) {
  for (const char* store : {"1", "2"}) harness.PutStore(store);
  for (const char* sku : {"A", "B"}) harness.PutItem(sku);
  REQUIRE(harness.Start().ok());
  harness.List("1", {{"A", 10}, {"B", 5}});
  harness.Settle();
  harness.Restart();
  harness.Settle();
  REQUIRE(harness.worker().incarnation() == 1);
  REQUIRE(harness.Published() ==
          Lines{"market/1/A 10", "market/1/B 5", "site/1/A 9", "site/1/B 4"});
}

}  // namespace

TEST_CASE("what a predecessor wrote between the daemon's own records is said again, and only that",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  WriteAs(0, "market/1/B", harness);
  harness.Sell("1", "A", 1);
  harness.Settle();
  CHECK(harness.Said("market/1/B") == "5 77");
  WatchOutputs(harness);
  harness.Settle();
  CHECK(harness.Said("market/1/B") == "5 77 5");
  CHECK(harness.Said("site/1/B") == "4");
  CHECK(harness.Said("market/1/A") == "10 9");
  CHECK(harness.worker().counters().foreign_keys == 1);
}

TEST_CASE("what a predecessor wrote while the daemon had nothing to say is said again", "[loop]") {
  Harness harness;
  OpenShop(harness);
  WriteAs(0, "market/1/B", harness);
  WriteAs(0, "site/1/A", harness);
  WatchOutputs(harness);
  harness.Settle();
  CHECK(harness.Said("market/1/B") == "5 77 5");
  CHECK(harness.Said("site/1/A") == "9 77 9");

  WatchOutputs(harness);
  harness.Settle();
  CHECK(harness.RecordsIn(kOutputTopic) == 4 + 2 + 2);
}

TEST_CASE("the daemon's own records are no foreign ones, acknowledged or not", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.sink().cork();
  harness.Sell("1", "A", 1);
  harness.Turns(2);
  REQUIRE(harness.Said("market/1/A") == "10 9");
  WatchOutputs(harness);
  harness.sink().uncork();
  harness.Settle();
  WatchOutputs(harness);
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 9");
  CHECK(harness.worker().counters().foreign_keys == 0);
}

TEST_CASE("a crash before the watch came round finds what the predecessor wrote at the start",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  WriteAs(0, "market/1/B", harness);
  harness.Sell("1", "A", 1);
  harness.Settle();  // checkpoints go on
  REQUIRE(harness.Said("market/1/A") == "10 9");
  harness.Restart();
  harness.Settle();
  CHECK(harness.Said("market/1/B") == "5 77 5");
}

TEST_CASE("a crash after it came round says them again too", "[loop]") {
  Harness harness;
  OpenShop(harness);
  WriteAs(0, "market/1/B", harness);
  WatchOutputs(harness);
  harness.sink().Disconnect();
  harness.Turns(3);
  REQUIRE(harness.Said("market/1/B") == "5 77");
  harness.Restart();
  harness.Settle();
  CHECK(harness.Said("market/1/B") == "5 77 5");
}

TEST_CASE("what is found while catching up is said when the partition is live", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Restart();
  harness.sink().Disconnect();  // its own tick does not come back
  harness.Turns(2);
  WriteAs(0, "market/1/B", harness);
  WatchOutputs(harness);
  harness.Turns(2);
  CHECK(harness.Said("market/1/B") == "5 77");
  harness.sink().Connect();
  harness.Settle();
  CHECK(harness.Said("market/1/B") == "5 77 5");
}

TEST_CASE("a foreign key that the daemon never had is said to be zero", "[loop]") {
  Harness harness;
  OpenShop(harness);
  WriteAs(0, "market/2/Z", harness);
  WatchOutputs(harness);
  harness.Settle();
  CHECK(harness.Said("market/2/Z") == "77 0");
  CHECK(harness.Newest().at("market/2/Z").status() == v1::AVAILABILITY_STATUS_OUT_OF_STOCK);
}

TEST_CASE("a foreign key of a channel that no rules know is said to be zero, and nothing else",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  const World& world = harness.worker().world();
  const PartitionTime since = world.partitions[0]->rules_since;
  const uint64_t evaluations = harness.worker().evaluator().evaluations();
  WriteAs(0, "bazaar/1/B", harness);
  WatchOutputs(harness);
  harness.Settle();
  CHECK(harness.Said("bazaar/1/B") == "77 0");
  CHECK(harness.worker().stray_channels().retired == Lines{"bazaar"});
  CHECK(world.channel_names == Lines{"site", "market", "bazaar"});
  CHECK(harness.Said("site/1/B") == "4");
  CHECK(harness.Said("site/1/A") == "9");
  // The same rules with a place more are no other ones.
  CHECK(world.partitions[0]->rules_since == since);
  CHECK(harness.worker().evaluator().evaluations() == evaluations + 1);
  harness.Sell("1", "B", 1);
  harness.Settle();
  CHECK(harness.Said("site/1/B") == "4 3");
  CHECK(harness.Said("bazaar/1/B") == "77 0");
}

TEST_CASE("where the log was cut before it could be read all keys of the partition are said again",
          "[loop]") {
  Harness harness;
  OpenShop(harness);
  WriteAs(0, "market/1/B", harness);
  const int32_t partition = PartitionOfStore("1");
  harness.log().TrimBefore(kOutputTopic, partition,
                           harness.log().HighWatermark(kOutputTopic, partition));
  WatchOutputs(harness);
  harness.Settle();
  CHECK(harness.Published() == Lines{"market/1/A 10", "market/1/B 5", "site/1/A 9", "site/1/B 4"});
}

TEST_CASE("a record that compaction took away is not missed", "[loop]") {
  Harness harness;
  OpenShop(harness);
  WriteAs(0, "market/1/A", harness);
  harness.Sell("1", "A", 1);
  harness.Settle();
  harness.log().Compact(kOutputTopic, PartitionOfStore("1"));
  WatchOutputs(harness);
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "9");
  CHECK(harness.worker().SawOutputEnds({}).empty());
}

TEST_CASE("a daemon that finds a successor's records ends and writes nothing more", "[loop]") {
  Harness harness;
  OpenShop(harness);
  WriteAs(5, "market/1/B", harness);
  harness.Sell("1", "A", 1);
  WatchOutputs(harness);
  const absl::Status status = harness.Turn();
  CHECK(absl::IsFailedPrecondition(status));
  CHECK(std::string(status.message()) ==
        "incarnation 5 writes to topic availability, this process is incarnation 1: it was started "
        "after this one and has taken its place, so this one ends and writes nothing more. To have "
        "this one instead, stop the other first, then start this one again");
  harness.Stop();
  CHECK(harness.Said("market/1/A") == "10");
  CHECK(harness.Said("market/1/B") == "5 77");
}

TEST_CASE("a daemon that reads a successor's tick ends before it publishes anything", "[loop]") {
  Harness harness;
  OpenShop(harness);
  v1::StockEvent tick;
  tick.set_source("shelfd");
  tick.set_epoch(6 + 1);
  tick.mutable_tick()->set_time_ms(harness.now_ms());
  harness.Sell("1", "A", 1);
  harness.log().Append("stock-events", PartitionOfStore("1"), "", tick.SerializeAsString());
  const absl::Status status = harness.Turn();
  CHECK(absl::IsFailedPrecondition(status));
  CHECK(std::string(status.message()).find("incarnation 6 writes to topic stock-events") == 0);
  CHECK(harness.Said("market/1/A") == "10");
  harness.Stop();
  CHECK(harness.Said("market/1/A") == "10");

  // Started again it is the newer one, and the tick is old.
  REQUIRE(harness.Start().ok());
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 9");
}

TEST_CASE("a tick of an earlier log that bears our number ends no catch-up", "[loop]") {
  Harness harness;
  OpenShop(harness);
  harness.Crash();
  v1::StockEvent tick;
  tick.set_source("shelfd");
  tick.set_epoch(2 + 1);  // as the next process's own
  tick.mutable_tick()->set_time_ms(harness.now_ms());
  harness.Sell("1", "A", 1);
  harness.log().Append("stock-events", PartitionOfStore("1"), "", tick.SerializeAsString());
  tick.set_epoch(7 + 1);  // and one above it
  harness.log().Append("stock-events", PartitionOfStore("1"), "", tick.SerializeAsString());
  harness.Sell("1", "A", 2);
  REQUIRE(harness.Start().ok());
  harness.Settle();
  CHECK(harness.worker().incarnation() == 2);
  CHECK(harness.Said("market/1/A") == "10 7");
}

TEST_CASE("an output that was made anew while we run is filled again", "[loop]") {
  OutputOffsets offsets;
  const OutputPartition output{Topic::kAvailability, 1};
  offsets.Begin({{output, 1000}});
  CHECK_FALSE(offsets.SawEnd(output, 1000));
  // A new leader that does not know its end yet is asked again.
  CHECK_FALSE(offsets.SawEnd(output, 990));
  CHECK_FALSE(offsets.SawEnd(output, 1000));
  // An end that was asked for before our newest record was acknowledged is no sign either.
  offsets.Sent(output);
  offsets.Delivered({output.first, output.second, 1000, 0, absl::OkStatus()});
  CHECK_FALSE(offsets.SawEnd(output, 1000));
  CHECK_FALSE(offsets.SawEnd(output, 5));
  CHECK(offsets.SawEnd(output, 5));
  CHECK(offsets.KnownTo().at(output) == 5);
  CHECK_FALSE(offsets.SawEnd(output, 5));
  CHECK(offsets.Unread().empty());
}

TEST_CASE("what an output has lost is said again, all keys of its partition", "[loop]") {
  Harness harness;
  OpenShop(harness);
  WatchOutputs(harness);
  const OutputPartition output{Topic::kAvailability, PartitionOfStore("1")};
  for (int look = 0; look < 2; ++look) harness.worker().SawOutputEnds({{output, 0}});
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 10");
  CHECK(harness.Said("market/1/B") == "5 5");
}

TEST_CASE("foreign records are read in either format, and keys that are none passed over",
          "[loop]") {
  const KeyNames names{"c", "1", "A/1"};
  CHECK(NamesIn("c/1/A%2F1") == names);
  v1::Availability record = RecordOf(names);
  record.set_version(uint64_t{7} << 40 | 3);
  CHECK(VersionOf(record.SerializeAsString(), names) >> 40 == 7);
  CHECK(VersionOf(R"({"channel":"c","location":"1","sku":"A/1","version":"7696581394435","x":1})",
                  names) >>
            40 ==
        7);
  CHECK(VersionOf("\xff no message", names) == 0);
  CHECK(VersionOf("", names) == 0);
  // A tool's test record under a key of ours, and the other way round.
  CHECK(VersionOf(record.SerializeAsString(), {"c", "1", "B"}) == 0);

  ForeignReader reader({{Topic::kAvailability, 1}, 5, 9}, /*keys_max=*/2);
  const auto take = [&reader](int64_t offset, std::string_view key, uint64_t incarnation) {
    v1::Availability value = RecordOf(NamesIn(key).value_or(KeyNames{}));
    value.set_version(incarnation << 40);
    const std::string bytes = value.SerializeAsString();
    reader.Take({.partition = 1, .offset = offset, .key = key, .value = bytes});
  };
  take(4, "c/1/before", 9);
  take(5, "c/1/A%2F1", 2);
  take(6, "c/1", 3);
  take(7, "c/1/A%2F1", 1);
  take(9, "c/1/after", 9);
  const ForeignRecords found = std::move(reader).Found();
  CHECK(found.keys == std::vector<KeyNames>{{"c", "1", "A/1"}});
  CHECK(found.incarnation_max == 2);
  CHECK_FALSE(found.all_keys);
}

TEST_CASE("more foreign keys than can be held are all keys of the partition", "[loop]") {
  ForeignReader reader({{Topic::kAvailability, 1}, 0, 9}, /*keys_max=*/2);
  for (const char* key : {"c/1/A", "c/1/B", "c/1/C", "c/1/D"}) {
    reader.Take({.partition = 1, .offset = 3, .key = key, .value = ""});
  }
  const ForeignRecords found = std::move(reader).Found();
  CHECK(found.all_keys);
  CHECK(found.keys.empty());
}
