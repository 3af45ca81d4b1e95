#include "state/reservation_rows.h"

#include <string>
#include <vector>

#include "base/bytes.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int64_t kNowMs = 1'793'599'200'000;

// A store with positions of the SKUs 7, 8 and 9, in this order or in the other.
struct Shop {
  explicit Shop(const std::vector<uint32_t>& sku_ids) {
    for (const uint32_t sku : sku_ids) {
      const PositionId id = positions.Add(store.id, SkuId(sku));
      store.index.Insert(id, positions);
    }
  }
  PositionId Of(uint32_t sku) const { return store.index.Find(SkuId(sku), positions); }
  ApplyContext Context() {
    return {.positions = positions,
            .skus = sku_names,
            .now = PartitionTime{kNowMs},
            .time_known = true,
            .touched = touched};
  }

  PositionTable positions{1};
  Names<SkuId> sku_names;
  StoreState store{StoreId(5), 4096};
  std::vector<PositionId> touched;
};

DocumentPlace FullPlace(uint64_t sequence) {
  return {.source = 3, .epoch = 0x0102030405060708, .sequence = sequence, .time = {kNowMs - 9}};
}

Reservation FullReservation(const Shop& shop) {
  Reservation record;
  record.reserved = FullPlace(11);
  record.expires_at.ms = kNowMs + 60'000;
  record.kept_until.ms = kNowMs + 1'000'000;
  record.channel = "own-site";
  record.lines = {{.position = shop.Of(7), .quantity_milli = 3000, .held_milli = 0},
                  {.position = shop.Of(9), .quantity_milli = 500, .held_milli = 0}};
  record.parts = {{.position = shop.Of(7), .source = 2, .epoch = 9, .quantity_milli = 1000}};
  return record;
}

std::string Encoded(const Reservation& record, const Shop& shop) {
  std::string bytes;
  EncodeReservation(record, shop.positions, bytes);
  return bytes;
}

std::string Encoded(const ExpectedDocument& record, const Shop& shop) {
  std::string bytes;
  EncodeExpected(record, shop.positions, bytes);
  return bytes;
}

// A Reserve of 2 of SKU 7.
ReserveDocument TwoOfSeven(const Shop& shop, uint64_t sequence) {
  return {.place = FullPlace(sequence),
          .expires_at = {},
          .channel = "web",
          .lines = {{.position = shop.Of(7), .quantity_milli = 2000}}};
}

}  // namespace

TEST_CASE("a reservation comes back with all that was said of it", "[state]") {
  const Shop shop({7, 8, 9});
  const Reservation record = FullReservation(shop);
  const std::string bytes = Encoded(record, shop);
  Reservation back;
  REQUIRE(DecodeReservation(bytes, shop.store.index, shop.positions, back));
  CHECK(Encoded(back, shop) == bytes);
  CHECK(back.reserved->epoch == 0x0102030405060708);
  CHECK_FALSE(back.closed.has_value());
  CHECK(back.channel == "own-site");
  REQUIRE(back.lines.size() == 2);
  CHECK(back.lines[1].position == shop.Of(9));
  CHECK(back.lines[1].quantity_milli == 500);
}

TEST_CASE("the row of a reservation is laid out as documented", "[state]") {
  const Shop shop({7, 8, 9});
  const std::string bytes = Encoded(FullReservation(shop), shop);
  ByteReader row(bytes);
  CHECK(row.Get<uint8_t>() == 1);
  CHECK(row.Get<uint8_t>() == 3);
  CHECK(row.Get<uint64_t>() == 0x0102030405060708);
  CHECK(row.Get<uint64_t>() == 11);
  CHECK(row.Get<int64_t>() == kNowMs - 9);
  CHECK(row.Get<int64_t>() == kNowMs + 1'000'000);
  CHECK(row.Get<int64_t>() == kNowMs + 60'000);
  CHECK(row.GetString() == "own-site");
  CHECK(row.Get<uint32_t>() == 2);
  CHECK(row.Get<uint32_t>() == 7);
  CHECK(row.Get<int64_t>() == 3000);
  CHECK(row.Get<uint32_t>() == 9);
  CHECK(row.Get<int64_t>() == 500);
  CHECK(row.Get<uint32_t>() == 1);
  CHECK(row.Get<uint32_t>() == 7);
  CHECK(row.Get<uint8_t>() == 2);
  CHECK(row.Get<uint64_t>() == 9);
  CHECK(row.Get<int64_t>() == 1000);
  CHECK(row.done());
}

TEST_CASE("a marker comes back as a marker", "[state]") {
  const Shop shop({7});
  Reservation marker;
  marker.closed = FullPlace(12);
  marker.kept_until.ms = kNowMs + 5;
  const std::string bytes = Encoded(marker, shop);
  Reservation back;
  REQUIRE(DecodeReservation(bytes, shop.store.index, shop.positions, back));
  CHECK_FALSE(back.reserved.has_value());
  REQUIRE(back.closed.has_value());
  CHECK(back.closed->sequence == 12);
  CHECK(Encoded(back, shop) == bytes);
}

TEST_CASE("the row of expected receipts is laid out as documented", "[state]") {
  const Shop shop({7, 8, 9});
  ExpectedDocument record;
  record.announced = FullPlace(4);
  record.due.ms = kNowMs + 3;
  record.kept_until.ms = kNowMs + 4;
  record.lines = {{.position = shop.Of(8), .quantity_milli = 6000}};
  const std::string bytes = Encoded(record, shop);
  ByteReader row(bytes);
  CHECK(row.Get<uint8_t>() == 1);
  CHECK(row.Get<uint8_t>() == 3);
  CHECK(row.Get<uint64_t>() == 0x0102030405060708);
  CHECK(row.Get<uint64_t>() == 4);
  CHECK(row.Get<int64_t>() == kNowMs - 9);
  CHECK(row.Get<int64_t>() == kNowMs + 4);
  CHECK(row.Get<int64_t>() == kNowMs + 3);
  CHECK(row.Get<uint32_t>() == 1);
  CHECK(row.Get<uint32_t>() == 8);
  CHECK(row.Get<int64_t>() == 6000);
  CHECK(row.done());
  ExpectedDocument back;
  REQUIRE(DecodeExpected(bytes, shop.store.index, shop.positions, back));
  CHECK(Encoded(back, shop) == bytes);
}

TEST_CASE("a row that is cut or goes on, or names a SKU without a position, is refused",
          "[state]") {
  const Shop shop({7, 8, 9});
  const Shop smaller({7});
  const std::string bytes = Encoded(FullReservation(shop), shop);
  Reservation back;
  for (size_t length = 0; length < bytes.size(); ++length) {
    CHECK_FALSE(DecodeReservation(bytes.substr(0, length), shop.store.index, shop.positions, back));
  }
  CHECK_FALSE(DecodeReservation(bytes + "x", shop.store.index, shop.positions, back));
  CHECK_FALSE(DecodeReservation(bytes, smaller.store.index, smaller.positions, back));
}

TEST_CASE("a document's key holds its store and its name, whatever bytes they are", "[state]") {
  const std::string name("R\0001", 3);
  const std::string key = DocumentKey(RowKind::kReservation, StoreId(0x01020304), name);
  CHECK(key == std::string("v\1\2\3\4", 5) + name);
  CHECK(FirstNumber(key) == 0x01020304);
  CHECK(DocumentOf(key) == name);
  CHECK(DocumentKey(RowKind::kExpected, StoreId(1), "P").front() == 'x');
}

TEST_CASE("only what changed is gathered, once, and what is forgotten is deleted", "[state]") {
  Shop shop({7, 8});
  ApplyContext context = shop.Context();
  const std::string key = DocumentKey(RowKind::kReservation, shop.store.id, "R1");
  shop.store.reservations.Reserve("R1", TwoOfSeven(shop, 1), {}, context);
  shop.store.reservations.Close("R1", FullPlace(2), {}, context);
  shop.store.expected.Announce("P1", FullPlace(3), {}, {}, context);
  CheckpointBatch first;
  GatherDocuments(shop.store, shop.positions, first);
  CHECK(first.rows() == 2);
  CheckpointBatch second;
  GatherDocuments(shop.store, shop.positions, second);
  CHECK(second.empty());
  context.now.ms += kReservationMarkerMs;
  shop.store.reservations.Expire({}, context);
  CheckpointBatch third;
  GatherDocuments(shop.store, shop.positions, third);
  REQUIRE(third.rows() == 1);
  third.VisitSorted([&](std::string_view deleted, std::string_view value) {
    CHECK(deleted == key);
    CHECK(value.data() == nullptr);
  });
}

TEST_CASE("what is restored holds as before, whatever numbers its positions have now", "[state]") {
  const Shop before({7, 8, 9});
  const std::string key = DocumentKey(RowKind::kReservation, before.store.id, "R1");
  Shop after({9, 8, 7});
  ApplyContext restoring = after.Context();
  REQUIRE(RestoreDocument(key, Encoded(FullReservation(before), before), after.store, restoring));
  CHECK(after.store.reservations.HeldMilli(after.Of(7)) == 2000);
  CHECK(after.store.reservations.HeldMilli(after.Of(9)) == 500);
  CHECK(after.positions[after.Of(7)].Has(Position::kReserved));
  CHECK_FALSE(after.positions[after.Of(8)].Has(Position::kReserved));
  CheckpointBatch batch;
  GatherDocuments(after.store, after.positions, batch);
  CHECK(batch.empty());
  after.store.reservations.Expire({kNowMs + 60'000}, restoring);
  CHECK(after.store.reservations.HeldMilli(after.Of(7)) == 0);
}
