// Reservations and expected receipts in the loop: what they do to the output, and that they outlive
// a restart and end all the same.
#include <string>

#include "loop/harness.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int64_t kHourMs = 60 * kMinuteMs;

// `market` takes what there is; `own` has taken its own reservations off already.
constexpr char kOwn[] = R"(
version: 1
channels:
  market: {}
  own: {own_reservations_taken_off: true}
)";

// Store 1 has 10 of A and 5 of B.
void OpenShop(Harness& harness) {
  harness.PutStore("1");
  for (const char* sku : {"A", "B"}) harness.PutItem(sku);
  REQUIRE(harness.Start().ok());
  harness.List("1", {{"A", 10}, {"B", 5}});
  harness.Settle();
}

void Reserve(Harness& harness, const std::string& id, const SkuUnits& lines,
             const std::string& channel = "", int64_t expires_ms = 0) {
  v1::StockEvent event = harness.Document("1", "oms");
  v1::Reserve& reserve = *event.mutable_reserve();
  reserve.set_reservation_id(id);
  reserve.set_channel(channel);
  reserve.set_expires_at_ms(expires_ms);
  for (const auto& [sku, units] : lines) {
    v1::ReserveLine& line = *reserve.add_lines();
    line.set_sku(sku);
    line.set_quantity_milli(units * 1000);
  }
  harness.Append(event);
}

void Release(Harness& harness, const std::string& id) {
  v1::StockEvent event = harness.Document("1", "oms");
  event.mutable_release()->set_reservation_id(id);
  harness.Append(event);
}

void SellFor(Harness& harness, const std::string& id, const std::string& sku, int64_t units) {
  v1::StockEvent event = harness.Document("1", "pos");
  v1::Deltas& deltas = *event.mutable_deltas();
  deltas.set_reason(v1::REASON_SALE);
  deltas.set_settles_reservation(id);
  v1::DeltaLine& line = *deltas.add_lines();
  line.set_sku(sku);
  line.set_quantity_milli(-units * 1000);
  harness.Append(event);
}

void Expect(Harness& harness, const std::string& document, const std::string& sku, int64_t units) {
  v1::StockEvent event = harness.Document("1", "erp");
  v1::ExpectedReceipts& expected = *event.mutable_expected_receipts();
  expected.set_document(document);
  v1::ExpectedLine& line = *expected.add_lines();
  line.set_sku(sku);
  line.set_quantity_milli(units * 1000);
  harness.Append(event);
}

const StoreState& Shop(Harness& harness) {
  World& world = harness.worker().world();
  return world.StoreOf(world.store_names.Find("1")).state;
}

// What Describe says of reservations and expected receipts.
Lines Documents(Harness& harness) {
  Lines documents;
  for (const std::string& line : Describe(harness.worker().world())) {
    const bool is_one = line.rfind("1 reservation", 0) == 0 || line.rfind("1 expected", 0) == 0;
    if (is_one) documents.push_back(line);
  }
  return documents;
}

// Lets partition time pass: a wall that leaps is one tick that leaps.
void Pass(Harness& harness, int64_t ms) {
  harness.Wait(ms);
  harness.Settle();
}

}  // namespace

TEST_CASE("what is reserved is taken off for each channel, once", "[loop]") {
  Harness harness(kOwn);
  OpenShop(harness);
  Reserve(harness, "R1", {{"A", 3}}, "own");
  Reserve(harness, "R2", {{"A", 2}}, "a channel of no rules");
  harness.Settle();
  CHECK(harness.Published() == Lines{"market/1/A 5", "market/1/B 5", "own/1/A 8", "own/1/B 5"});
  CHECK(FaultsOf(harness).empty());
}

TEST_CASE("a sale that settles its reservation changes no other channel's number", "[loop]") {
  Harness harness(kOwn);
  OpenShop(harness);
  Reserve(harness, "R1", {{"A", 3}}, "own");
  harness.Settle();
  SellFor(harness, "R1", "A", 3);
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 7");
  CHECK(harness.Said("own/1/A") == "10 7");
}

TEST_CASE("a reservation outlives a crash and ends after it, by time alone", "[loop]") {
  Harness harness(kOwn);
  OpenShop(harness);
  Reserve(harness, "R1", {{"A", 3}, {"B", 1}}, "market");
  harness.Settle();
  const Lines before = Documents(harness);
  REQUIRE(before.size() == 3);
  harness.Restart();
  CHECK(Documents(harness) == before);
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 7");
  CHECK(FaultsOf(harness).empty());

  Pass(harness, kMaxHoldMs);
  CHECK(harness.Said("market/1/A") == "10 7 10");
  CHECK(harness.Said("own/1/B") == "5 4 5");
  CHECK(Shop(harness).reservations.by_name().empty());
  harness.Restart();
  CHECK(Shop(harness).reservations.by_name().empty());
}

TEST_CASE("one that ran out while the daemon was down is never said to hold", "[loop]") {
  Harness harness(kOwn);
  OpenShop(harness);
  Reserve(harness, "R1", {{"A", 3}});
  harness.Settle();
  harness.Crash();
  harness.Wait(kMaxHoldMs + kHourMs);
  REQUIRE(harness.Start().ok());
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 7 10");
  CHECK(FaultsOf(harness).empty());
}

TEST_CASE("after a restart the watermark still ends what it passes", "[loop]") {
  Harness harness(kOwn);
  OpenShop(harness);
  const int64_t expires_ms = harness.now_ms() + kHourMs;
  Reserve(harness, "R1", {{"A", 3}}, "", expires_ms);
  harness.Settle();
  harness.Restart();
  Pass(harness, kHourMs);
  CHECK(harness.Said("market/1/A") == "10 7");
  harness.Claim("1", "pos", expires_ms - 1);
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 7");
  harness.Claim("1", "pos", expires_ms);
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 7 10");
}

TEST_CASE("a settlement is remembered over a restart, and its reservation is void", "[loop]") {
  Harness harness(kOwn);
  OpenShop(harness);
  SellFor(harness, "R1", "A", 3);
  harness.Settle();
  harness.Restart();
  Reserve(harness, "R1", {{"A", 3}});
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 7");
}

TEST_CASE("the log read from its beginning holds the same", "[loop]") {
  Harness harness(kOwn);
  OpenShop(harness);
  Reserve(harness, "R1", {{"A", 3}, {"B", 1}}, "own");
  Reserve(harness, "R2", {{"B", 2}}, "market");
  SellFor(harness, "R1", "A", 1);
  Release(harness, "R2");
  Reserve(harness, "R3", {{"A", 4}});
  Expect(harness, "P1", "A", 20);
  harness.Settle();
  const Lines before = Documents(harness);
  REQUIRE(before.size() == 6);
  harness.LoseDisk();
  REQUIRE(harness.Start().ok());
  harness.Settle();
  CHECK(Documents(harness) == before);
  CHECK(FaultsOf(harness).empty());
}

TEST_CASE("reservations of more than there is are counted", "[loop]") {
  Harness harness(kOwn);
  OpenShop(harness);
  Reserve(harness, "R1", {{"B", 5}});
  Reserve(harness, "R2", {{"B", 1}});
  harness.Settle();
  CHECK(harness.worker().counters().reserved_beyond == 1);
  CHECK(harness.Said("market/1/B") == "5 0");
  CHECK(harness.RejectReasons().empty());
}

TEST_CASE("expected receipts are never sold and outlive a restart until they come", "[loop]") {
  Harness harness(kOwn);
  OpenShop(harness);
  Expect(harness, "P1", "A", 20);
  harness.Settle();
  harness.Restart();
  REQUIRE(Shop(harness).expected.by_name().size() == 1);
  CHECK(harness.Said("market/1/A") == "10");
  v1::StockEvent receipt = harness.Document("1", "erp");
  receipt.mutable_deltas()->set_reason(v1::REASON_RECEIPT);
  receipt.mutable_deltas()->set_settles_expected("P1");
  v1::DeltaLine& line = *receipt.mutable_deltas()->add_lines();
  line.set_sku("A");
  line.set_quantity_milli(18'000);
  harness.Append(receipt);
  harness.Settle();
  CHECK(harness.Said("market/1/A") == "10 28");
  CHECK(Shop(harness).expected.by_name().at("P1").lines.empty());
}

TEST_CASE("a reservation without a name is refused, and its sequence is taken", "[loop]") {
  Harness harness(kOwn);
  OpenShop(harness);
  Reserve(harness, "", {{"A", 1}});
  Reserve(harness, std::string(kDocumentBytesMax + 1, 'R'), {{"A", 1}});
  Reserve(harness, "R1", {{"A", 1}});
  harness.Settle();
  CHECK(harness.RejectReasons() == Lines{"empty_document", "document_too_long"});
  CHECK(harness.Said("market/1/A") == "10 9");
  CHECK_FALSE(Shop(harness).sources.back().sequence.has_gap());
}
