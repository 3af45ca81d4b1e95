// What time alone does: lag, ticks, nights, outages.
#include "scenarios/script.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr char kTiers[] = R"(
version: 1
channels:
  c:
    rules:
      - id: all
        sync_lag: [{over: 30m, keep: 50%}, {over: 2h, keep: 0%}]
)";

constexpr char kStore[] = R"(
  store 1 erp=book
  item A
)";

}  // namespace

TEST_CASE("a silent store decays at the exact tick, by time alone", "[scenarios]") {
  const Played played = Play(kTiers, std::string(kStore) + R"(
    06:00 list 1/erp A=11
    06:00 ticks 08:05
  )");
  CHECK(played.availability() == Lines{"06:00:00 c/1/A 11 in_stock", "06:30:10 c/1/A 5 in_stock",
                                       "08:00:10 c/1/A 0 out_of_stock"});
}

TEST_CASE("at a tier's border itself nothing is taken off yet", "[scenarios]") {
  const Played played = Play(kTiers, std::string(kStore) + R"(
    06:00 list 1/erp A=11
    06:00 ticks 06:30
  )");
  CHECK(played.numbers() == Lines{"c/1/A 11"});
}

TEST_CASE("a claim brings a decayed store back", "[scenarios]") {
  const Played played = Play(kTiers, std::string(kStore) + R"(
    06:00    list 1/erp A=11
    06:00    ticks 06:40
    06:40:05 claim 1/erp
    06:40:10 ticks 06:45
  )");
  CHECK(played.availability() == Lines{"06:00:00 c/1/A 11 in_stock", "06:30:10 c/1/A 5 in_stock",
                                       "06:40:10 c/1/A 11 in_stock"});
}

TEST_CASE("a document without a claim does not make a store less late", "[scenarios]") {
  const Played played = Play(kTiers, std::string(kStore) + R"(
    06:00    list 1/erp A=11
    06:00    ticks 06:40
    06:40:05 sale 1/erp A=1
    06:40:10 ticks 06:41
  )");
  CHECK(played.numbers() == Lines{"c/1/A 11", "c/1/A 5"});
}

TEST_CASE("a required early source holds the store's watermark back", "[scenarios]") {
  const Played played = Play(kTiers, R"(
    store 1 erp=book pos=early!
    item A
    06:00    list 1/erp A=10
    06:00    claim 1/pos
    06:00    ticks 06:20
    06:20:05 claim 1/pos
    06:20:10 ticks 06:49
  )");
  CHECK(played.numbers() == Lines{"c/1/A 10"});
}

TEST_CASE("deaf is not silent: a stretch without ticks makes no store late", "[scenarios]") {
  const Played played = Play(kTiers, std::string(kStore) + R"(
    06:00    list 1/erp A=11
    06:00    ticks 06:05
    09:00    ticks 09:04              # the broker was away
    09:04:05 claim 1/erp
    09:04:10 ticks 09:06
  )");
  CHECK(played.numbers() == Lines{"c/1/A 11"});
}

TEST_CASE("a store that stays silent five minutes after a deaf stretch is late", "[scenarios]") {
  const Played played = Play(kTiers, std::string(kStore) + R"(
    06:00 list 1/erp A=11
    06:00 ticks 06:05
    09:00 ticks 09:06
  )");
  CHECK(played.availability() ==
        Lines{"06:00:00 c/1/A 11 in_stock", "09:05:10 c/1/A 0 out_of_stock"});
}

TEST_CASE("the closed night is no lag", "[scenarios]") {
  const Played played = Play(kTiers, R"(
    store 1 erp=book open=08:00-20:00
    item A
    19:50 list 1/erp A=11
    19:50 ticks 32:21
  )");
  // Ten minutes of the evening and twenty of the morning are half an hour.
  CHECK(played.availability() == Lines{"19:50:00 c/1/A 11 in_stock", "32:20:10 c/1/A 5 in_stock"});
}

TEST_CASE("partition time does not go back", "[scenarios]") {
  const Played played = Play(kTiers, std::string(kStore) + R"(
    06:00    list 1/erp A=11
    06:00    ticks 06:30:10
    06:20    tick
    06:30:20 tick
  )");
  CHECK(played.numbers() == Lines{"c/1/A 11", "c/1/A 5"});
}
