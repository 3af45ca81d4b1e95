#include "position/early_drops.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "position/support.h"
#include "support/catch.h"

using shelf::Body;
using shelf::DropOldMovements;
using shelf::EventTime;
using shelf::Position;
using shelf::Reason;
using shelf::position_test::At;
using shelf::position_test::Document;
using shelf::position_test::kMinuteMs;
using shelf::position_test::World;

namespace {

// A book complete through 08:00 has 10 of milk; the till sold 2 at 09:00 and 1 at 09:30, and the
// ring has forgotten both.
void SellAndForget(World& world) {
  world.Feed(R"(
    erp 1 begin 08:00 L1 claim 08:00
    erp 2 chunk 08:00 L1 milk 10 claim 08:00
    erp 3 end 08:00 L1 1 claim 08:00
    pos 1 sale 09:00 milk -2
    pos 2 sale 09:30 milk -1
  )");
  CHECK(DropOldMovements(At("10:00"), world.store, world.positions));
  REQUIRE(world.store.ring.size() == 0);
  REQUIRE(world.OnHand("milk") == 7);
}

}  // namespace

TEST_CASE("a till's sale that the ring forgot drops out when the book passes it", "[position]") {
  World world;
  SellAndForget(world);
  CHECK(world.PositionOf("milk").Has(Position::kEarlyDropped));
  world.Feed("erp 4 sale 09:00 milk -2");
  world.Feed("erp 5 sale 09:30 milk -1 claim 10:00");
  CHECK(world.OnHand("milk") == 7);
  CHECK(world.touched.size() == 2);
  CHECK_FALSE(world.PositionOf("milk").Has(Position::kEarlyDropped));
  CHECK(world.store.early_drops.empty());
}

TEST_CASE("a forgotten sale also drops out when the ring overflowed", "[position]") {
  World world(16 * sizeof(shelf::Movement));
  for (int i = 1; i <= 40; ++i) {
    shelf::position_test::Document sale = shelf::position_test::Parse("pos 1 sale 09:00 milk -1");
    sale.sequence = static_cast<uint64_t>(i);
    world.Feed(sale);
  }
  CHECK(world.store.ring.size() == 16);
  CHECK(world.store.early_drops.size() == 1);
  CHECK(world.OnHand("milk") == -40);
  world.Feed("erp 1 heartbeat 10:00 claim 09:30");
  CHECK(world.OnHand("milk") == 0);
}

TEST_CASE("while the book has passed only a part all of it stays deducted", "[position]") {
  World world;
  SellAndForget(world);
  world.Feed("erp 4 heartbeat 10:00 claim 09:15");
  CHECK(world.OnHand("milk") == 7);
  world.Feed("erp 5 heartbeat 10:00 claim 09:30");
  CHECK(world.OnHand("milk") == 10);
}

TEST_CASE("a list before the forgotten sales leaves them on top, one after them covers them",
          "[position]") {
  World world;
  SellAndForget(world);
  world.Feed("erp 4 chunk 09:00 L2 milk 20 claim 08:30");
  CHECK(world.OnHand("milk") == 17);
  CHECK(world.PositionOf("milk").Has(Position::kEarlyDropped));
  world.Feed("erp 5 chunk 10:00 L3 milk 20 claim 10:00");
  CHECK(world.OnHand("milk") == 20);
  CHECK_FALSE(world.PositionOf("milk").Has(Position::kEarlyDropped));
  world.Feed("erp 6 heartbeat 11:00 claim 11:00");
  CHECK(world.OnHand("milk") == 20);
}

TEST_CASE("a count covers the forgotten sales", "[position]") {
  World world;
  SellAndForget(world);
  world.Feed("scan 1 count 10:30 milk 6");
  CHECK(world.store.early_drops.empty());
  world.Feed("erp 4 heartbeat 11:00 claim 11:00");
  CHECK(world.OnHand("milk") == 6);
}

TEST_CASE("under a held count a forgotten sale leaves the correction when the book passes it",
          "[position]") {
  World world;
  world.store.count_hold = true;
  SellAndForget(world);
  world.Feed("scan 1 count 10:30 milk 6");
  CHECK(world.store.count_holds.begin()->second.correction_milli == -1000);
  world.Feed("erp 4 heartbeat 10:40 claim 09:00");
  CHECK(world.OnHand("milk") == 6);
  CHECK(world.store.count_holds.begin()->second.correction_milli == -4000);
  CHECK(world.store.early_drops.empty());
}

TEST_CASE("what does not count any more is not kept when the ring forgets it", "[position]") {
  World world;
  world.Feed("pos 1 sale 09:00 milk -2");
  world.Feed("scan 1 count 09:30 milk 6");
  world.Feed("erp 1 receipt 09:45 milk 1");
  CHECK(DropOldMovements(At("10:00"), world.store, world.positions));
  CHECK(world.store.early_drops.empty());
}

TEST_CASE("a list that has the sales from before a held count leaves the correction as it is",
          "[position]") {
  World world;
  world.store.count_hold = true;
  SellAndForget(world);
  world.Feed("scan 1 count 10:30 milk 6");
  world.Feed("erp 4 chunk 11:00 L2 milk 7 claim 11:00");
  CHECK(world.OnHand("milk") == 6);
  CHECK(world.store.early_drops.empty());
}

TEST_CASE("sales that the ring forgot on both sides of a held count are told apart", "[position]") {
  World world;
  world.store.count_hold = true;
  world.Feed(R"(
    erp 1 begin 08:00 L1 claim 08:00
    erp 2 chunk 08:00 L1 milk 10 claim 08:00
    erp 3 end 08:00 L1 1 claim 08:00
    pos 1 sale 08:10 milk -1
  )");
  DropOldMovements(At("08:11"), world.store, world.positions);
  world.Feed("scan 1 count 08:20 milk 9");
  world.Feed("pos 2 sale 08:30 milk -1");
  DropOldMovements(At("08:31"), world.store, world.positions);
  world.Feed("erp 4 sale 08:10 milk -1");
  world.Feed("erp 5 sale 08:30 milk -1 claim 09:00");
  CHECK(world.OnHand("milk") == 8);
  world.Feed("erp 6 chunk 09:05 L2 milk 8 claim 09:05");
  CHECK(world.OnHand("milk") == 8);
}

TEST_CASE("a sum that a held count has seen and the book has passed in part never gives too much",
          "[position]") {
  World world;
  world.store.count_hold = true;
  SellAndForget(world);
  world.Feed("scan 1 count 10:30 milk 7");
  world.Feed("erp 4 sale 09:00 milk -2 claim 09:15");
  world.Feed("erp 5 chunk 11:00 L2 milk 7 claim 11:00");
  CHECK(world.OnHand("milk") <= 7);

  World counted_after;
  counted_after.store.count_hold = true;
  SellAndForget(counted_after);
  counted_after.Feed("erp 4 sale 09:00 milk -2 claim 09:15");
  counted_after.Feed("scan 1 count 10:30 milk 7");
  CHECK(counted_after.store.early_drops.empty());
  counted_after.Feed("erp 5 chunk 11:00 L2 milk 7 claim 11:00");
  CHECK(counted_after.OnHand("milk") <= 7);
}

namespace {

// A till, a book that exports the till's sales late, and people who count, out of one seed.
class Shop {
 public:
  explicit Shop(uint64_t seed) : random_(seed) {}

  // What comes next; the book's documents are in its order.
  std::vector<Document> Next() {
    now_ms_ += Below(4) * kMinuteMs;
    const int64_t kind = Below(10);
    if (kind < 5) return {Sell()};
    if (kind < 7) return {Count()};
    return Export(now_ms_ - Below(40) * kMinuteMs);
  }
  // All that the till sold, and the promise that it was all.
  std::vector<Document> Close() { return Export(now_ms_ += 60 * kMinuteMs); }

 private:
  int64_t Below(int64_t bound) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(bound));
  }
  Document Of(const char* source, Body body, int64_t time_ms) {
    Document document;
    document.source = source;
    document.sequence = ++sequences_[source];
    document.body = body;
    document.time = EventTime{time_ms};
    return document;
  }
  Document Sell() {
    Document sale = Of("pos", Body::kDeltas, now_ms_ - Below(3) * kMinuteMs);
    sale.reason = Reason::kSale;
    sale.lines = {{.sku = "milk", .quantity_milli = -1000 * (1 + Below(2))}};
    sold_.push_back(sale);
    return sale;
  }
  Document Count() {
    Document count = Of("scan", Body::kCounts, now_ms_);
    count.lines = {{.sku = "milk", .quantity_milli = 1000 * Below(30)}};
    return count;
  }
  std::vector<Document> Export(int64_t through_ms) {
    through_ms = std::max(through_ms, through_ms_);
    std::vector<Document> documents;
    for (const Document& sale : sold_) {
      if (sale.time.ms > through_ms) continue;
      Document posted = Of("erp", Body::kDeltas, sale.time.ms);
      posted.reason = Reason::kSale;
      posted.lines = sale.lines;
      documents.push_back(posted);
    }
    std::erase_if(sold_, [&](const Document& sale) { return sale.time.ms <= through_ms; });
    Document promise = Of("erp", Body::kHeartbeat, now_ms_);
    promise.claim = EventTime{through_ms};
    documents.push_back(promise);
    through_ms_ = through_ms;
    return documents;
  }

  std::mt19937_64 random_;
  std::map<std::string, uint64_t> sequences_{{"erp", 3}};
  std::vector<Document> sold_;  // not exported yet
  int64_t now_ms_ = At("08:10").ms;
  int64_t through_ms_ = At("08:00").ms;
};

void Open(World& world, bool count_hold) {
  world.store.count_hold = count_hold;
  world.Feed(R"(
    erp 1 begin 08:00 L1 claim 08:00
    erp 2 chunk 08:00 L1 milk 100 claim 08:00
    erp 3 end 08:00 L1 1 claim 08:00
  )");
}

}  // namespace

TEST_CASE("a store that forgets early says no more than one that does not, and in the end the same",
          "[position]") {
  for (const bool count_hold : {false, true}) {
    for (uint64_t seed = 1; seed <= 200; ++seed) {
      INFO("seed " << seed << (count_hold ? ", counts are held" : ""));
      Shop shop(seed);
      World forgets;
      World keeps;
      Open(forgets, count_hold);
      Open(keeps, count_hold);
      const auto feed = [&](const Document& document) {
        forgets.Feed(document);
        if (forgets.rejected.empty()) keeps.Feed(document);  // a count beyond its history
        CHECK(forgets.OnHandMilli("milk") <= keeps.OnHandMilli("milk"));
      };
      for (int step = 0; step < 80; ++step) {
        for (const Document& document : shop.Next()) feed(document);
        while (forgets.store.ring.size() > 4) {
          const int64_t oldest_ms = forgets.store.ring.At(forgets.store.ring.first()).time_ms;
          DropOldMovements(EventTime{oldest_ms + 1}, forgets.store, forgets.positions);
        }
      }
      for (const Document& document : shop.Close()) feed(document);
      CHECK(forgets.OnHandMilli("milk") == keeps.OnHandMilli("milk"));
      CHECK(forgets.store.early_drops.empty());
    }
  }
}
