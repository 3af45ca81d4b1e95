// What goes out, when, and in which order.
#include <cstdint>

#include "scenarios/script.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr char kPlain[] = R"(
version: 1
channels:
  c: {}
)";

constexpr char kPaced[] = R"(
version: 1
channels:
  c:
    min_interval: 30s
)";

constexpr char kTraced[] = R"(
version: 1
channels:
  c:
    trace: true
    rules:
      - id: all
        sync_lag: [{over: 30m, keep: 80%}]
        safety_stock: {subtract: 1}
        limits: {cap: 5}
)";

constexpr char kStore[] = R"(
  store 1 erp=book
  item A
  item B
)";

int64_t Number(const nlohmann::json& value, const char* name) {
  return std::stoll(value.value(name, std::string("0")));
}

}  // namespace

TEST_CASE("nothing is published before the first tick", "[scenarios]") {
  const std::string before = std::string(kStore) + "06:00 list 1/erp A=5\n06:01 sale 1/erp A=1\n";
  CHECK(Play(kPlain, before).records.empty());
  CHECK(Play(kPlain, before + "06:02 tick\n").numbers() == Lines{"c/1/A 4"});
}

TEST_CASE("what was decided after the last tick goes out at the end of the input", "[scenarios]") {
  const Played played = Play(kPlain, std::string(kStore) + R"(
    06:00 list 1/erp A=5
    06:00 tick
    06:01 sale 1/erp A=1
  )");
  CHECK(played.numbers() == Lines{"c/1/A 5", "c/1/A 4"});
}

TEST_CASE("changes between two ticks go out as one", "[scenarios]") {
  const Played played = Play(kPlain, std::string(kStore) + R"(
    06:00    list 1/erp A=5
    06:00    tick
    06:00:01 sale 1/erp A=1
    06:00:02 sale 1/erp A=1
    06:00:10 tick
  )");
  CHECK(played.numbers() == Lines{"c/1/A 5", "c/1/A 3"});
}

TEST_CASE("a tick that changes nothing says nothing", "[scenarios]") {
  const Played played = Play(kPlain, std::string(kStore) + R"(
    06:00 list 1/erp A=5
    06:00 ticks 06:10
  )");
  CHECK(played.numbers() == Lines{"c/1/A 5"});
}

TEST_CASE("a key's first record goes out even at zero", "[scenarios]") {
  const Played played = Play(kPlain, std::string(kStore) + R"(
    06:00 list 1/erp A=0
    06:00 tick
  )");
  CHECK(played.availability() == Lines{"06:00:00 c/1/A 0 out_of_stock"});
}

TEST_CASE("drops to zero come first", "[scenarios]") {
  const Played played = Play(kPlain, R"(
    store 1 erp=book
    item A
    item B
    item C
    06:00    list 1/erp A=5 B=5 C=1
    06:00    tick
    06:00:01 sale 1/erp A=1 B=1
    06:00:02 sale 1/erp C=1
    06:00:10 tick
  )");
  const Lines numbers = played.numbers();
  REQUIRE(numbers.size() == 6);
  CHECK(Lines(numbers.begin() + 3, numbers.end()) == Lines{"c/1/C 0", "c/1/A 4", "c/1/B 4"});
}

TEST_CASE("a document that comes twice changes nothing", "[scenarios]") {
  const Played played = Play(kPlain, std::string(kStore) + R"(
    06:00    list 1/erp A=5
    06:00    tick
    06:00:01 sale 1/erp A=1
    again
    again
    06:00:10 tick
  )");
  CHECK(played.numbers() == Lines{"c/1/A 5", "c/1/A 4"});
  CHECK(played.reject_reasons() == Lines{});
}

TEST_CASE("versions rise and are of incarnation 1", "[scenarios]") {
  const Played played = Play(kPlain, std::string(kStore) + R"(
    06:00 list 1/erp A=5 B=6
    06:00 tick
    06:01 sale 1/erp A=1
    06:01 ticks 06:03
  )");
  int64_t last = int64_t{1} << 40;
  for (const nlohmann::json& record : played.records) {
    const int64_t version = Number(record.at("value"), "version");
    CHECK(version > last);
    CHECK(version >> 40 == 1);
    last = version;
  }
  CHECK(played.numbers().size() == 3);
}

TEST_CASE("the trace adds up: base less what was withheld is what is sold", "[scenarios]") {
  const Played played = Play(kTraced, std::string(kStore) + R"(
    06:00 list 1/erp A=11 B=3
    06:00 ticks 06:35
  )");
  CHECK_THAT(played.numbers(),
             Catch::Matchers::UnorderedEquals(Lines{"c/1/A 5", "c/1/B 2", "c/1/B 1"}));
  for (const nlohmann::json& record : played.of_topic("availability")) {
    const nlohmann::json& value = record.at("value");
    const nlohmann::json& trace = value.at("trace");
    int64_t left = Number(trace, "baseMilli");
    for (const nlohmann::json& withheld : trace.at("withheld")) {
      left -= Number(withheld, "quantityMilli");
      CHECK(withheld.at("ruleId") == "all");
    }
    CHECK(left == Number(value, "sellable") * Number(value, "stepMilli"));
  }
}

TEST_CASE("the trace names the input that made the number", "[scenarios]") {
  const Played played = Play(kTraced, std::string(kStore) + R"(
    06:00    list 1/erp A=4           # 0 to 2
    06:00    tick                     # 3
    06:00:01 sale 1/erp A=1           # 4
    06:00:10 tick
  )");
  const auto records = played.of_topic("availability");
  REQUIRE(records.size() == 2);
  CHECK(Number(records[0].at("value").at("trace"), "sourceOffset") == 3);
  CHECK(Number(records[1].at("value").at("trace"), "sourceOffset") == 4);
}

TEST_CASE("with a min_interval rises wait and falls do not", "[scenarios]") {
  const Played played = Play(kPaced, std::string(kStore) + R"(
    06:00    list 1/erp A=5
    06:00    tick
    06:00:10 return 1/erp A=1
    06:00:10 tick
    06:00:15 return 1/erp A=2
    06:00:20 tick
    06:00:30 tick               # 30 s after the first: the newest of them
    06:00:35 sale 1/erp A=4
    06:00:40 tick               # at once
    06:00:45 return 1/erp A=1
    06:00:50 tick
    06:00:55 sale 1/erp A=1     # back at what was said
    06:01:00 ticks 06:02
  )");
  CHECK(played.availability() == Lines{"06:00:00 c/1/A 5 in_stock", "06:00:30 c/1/A 8 in_stock",
                                       "06:00:40 c/1/A 4 in_stock"});
}

TEST_CASE("a new id of a channel does not wait for the min_interval", "[scenarios]") {
  const Played played = Play(kPaced, std::string(kStore) + R"(
    06:00    list 1/erp A=5
    06:00    tick
    06:00:10 return 1/erp A=1
    06:00:10 tick
    item A id:c=a-17
    06:00:20 tick
  )");
  CHECK(played.availability() == Lines{"06:00:00 c/1/A 5 in_stock", "06:00:20 c/1/A 6 in_stock"});
}

TEST_CASE("a new id of a channel goes out with an unchanged number", "[scenarios]") {
  const Played played = Play(kPlain, std::string(kStore) + R"(
    06:00 list 1/erp A=5
    06:00 tick
    item A id:c=a-17
    06:00:10 tick
  )");
  const auto records = played.of_topic("availability");
  REQUIRE(records.size() == 2);
  CHECK(!records[0].at("value").contains("channelSku"));
  CHECK(records[1].at("value").at("channelSku") == "a-17");
  CHECK(played.numbers() == Lines{"c/1/A 5", "c/1/A 5"});
}

TEST_CASE("a gap freezes the source and asks for what is missing", "[scenarios]") {
  const Played played = Play(kPlain, std::string(kStore) + R"(
    06:00    list 1/erp A=5
    06:00    tick
    skip 1/erp
    06:00:01 sale 1/erp A=1 through=06:00:01
    06:00:10 tick
  )");
  REQUIRE(!played.requests().empty());
  CHECK(played.requests().front() == "resend 1/erp 4-4");
  CHECK(played.numbers() == Lines{"c/1/A 5", "c/1/A 4"});
  const auto beacons = played.of_topic("locations");
  REQUIRE(!beacons.empty());
  CHECK(beacons.back().at("value").value("frozen", false));
}

TEST_CASE("each location says that it is there every thirty seconds", "[scenarios]") {
  const Played played = Play(kPlain, std::string(kStore) + R"(
    06:00 list 1/erp A=5
    06:00 ticks 06:01
  )");
  const auto beacons = played.of_topic("locations");
  REQUIRE(beacons.size() == 3);
  CHECK(beacons[0].at("key") == "c/1");
  CHECK(Number(beacons[2].at("value"), "daemonTimeMs") == AtMs("06:01"));
  CHECK(Number(beacons[2].at("value"), "watermarkMs") == AtMs("06:00"));
}
