// Bad input is refused with a reason, once, and stops nothing.
#include "scenarios/script.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr char kPlain[] = "version: 1\nchannels: {c: {}}\n";

constexpr char kBefore[] = R"(
  store 1 erp=book
  item A
  06:00 list 1/erp A=5
  06:00 tick
)";
constexpr char kAfter[] = R"(
  06:00:05 sale 1/erp A=1
  06:00:10 tick
)";

// The good lines around a bad one hold; the reject is what is left to judge.
nlohmann::json OnlyReject(const std::string& bad) {
  const Played played = Play(kPlain, std::string(kBefore) + "raw " + bad + kAfter);
  CHECK(played.exit == 0);
  CHECK(played.numbers() == Lines{"c/1/A 5", "c/1/A 4"});
  const auto rejects = played.of_topic("stock-rejects");
  REQUIRE(rejects.size() == 1);
  return rejects[0];
}

bool Says(const nlohmann::json& reject, const std::string& words) {
  return reject.at("headers").at("detail").get<std::string>().find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("a line that is no record of the pipe's is refused as text", "[scenarios]") {
  const std::string line =
      GENERATE("nonsense", "[1, 2]", "\"text\"", "{\"topic\": \"stock-events\"",
               R"({"topic": "prices", "key": "1", "value": {}})", R"({"key": "1", "value": {}})",
               R"({"topic": "stock-events", "key": "1"})",
               R"({"topic": "stock-events", "key": 1, "value": {}})",
               R"({"topic": "stock-events", "key": "1", "value": {}, "timestamp": "soon"})");
  CAPTURE(line);
  const nlohmann::json reject = OnlyReject(line);
  CHECK(reject.at("value") == line);
  CHECK(reject.at("headers").at("reason") == "malformed");
  CHECK(Says(reject, "input line 7"));
}

TEST_CASE("a value that is no event is refused in the parser's words", "[scenarios]") {
  const nlohmann::json reject = OnlyReject(
      R"({"topic": "stock-events", "key": "1", "value": {"store": "1", "quantity": 5}})");
  CHECK(reject.at("key") == "1");
  CHECK(reject.at("value") == nlohmann::json({{"store", "1"}, {"quantity", 5}}));
  CHECK(reject.at("headers").at("reason") == "malformed");
  CHECK(reject.at("headers").at("topic") == "stock-events");
  CHECK(reject.at("headers").at("offset") == "4");
  CHECK(Says(reject, "input line 7: the value is no StockEvent"));
  CHECK(Says(reject, "quantity"));
}

TEST_CASE("a number that does not fit is refused", "[scenarios]") {
  const nlohmann::json reject = OnlyReject(
      R"({"topic": "stock-events", "key": "1", "value": {"store": "1", "sequence": 1.5}})");
  CHECK(reject.at("headers").at("reason") == "malformed");
}

TEST_CASE("values nested without end are refused, not followed", "[scenarios]") {
  const std::string deep = R"({"topic": "reference", "key": "item/A", "value": )" +
                           std::string(100'000, '[') + std::string(100'000, ']') + "}";
  CHECK(Says(OnlyReject(deep), "deep"));
}

TEST_CASE("a reference record that cannot be used leaves the old one in force", "[scenarios]") {
  const auto [key, value] = GENERATE(table<std::string, std::string>({
      {"item/A", R"({"sku": "A", "colour": "red"})"},
      {"item/A", R"({"sku": "B"})"},
      {"item/A", R"({"sku": "A", "gtin": "123"})"},
      {"shop/1", R"({"store": "1"})"},
      {"item", R"({"sku": "A"})"},
  }));
  CAPTURE(key, value);
  const nlohmann::json reject =
      OnlyReject(R"({"topic": "reference", "key": ")" + key + R"(", "value": )" + value + "}");
  CHECK(reject.at("headers").at("reason") == "bad_reference");
  CHECK(reject.at("headers").at("topic") == "reference");
  CHECK(reject.at("value") == nlohmann::json::parse(value));
}

TEST_CASE("an event with the wrong key, from the future or without a body is refused",
          "[scenarios]") {
  const auto [event, key, reason] = GENERATE(table<std::string, std::string, std::string>({
      {R"("sequence": "9", "heartbeat": {})", "2", "wrong_key"},
      {R"("heartbeat": {})", "1", "no_sequence"},
  }));
  CAPTURE(event, key);
  const nlohmann::json reject =
      OnlyReject(R"({"topic": "stock-events", "key": ")" + key +
                 R"(", "value": {"store": "1", "source": "erp", "epoch": "1", )" + event + "}}");
  CHECK(reject.at("headers").at("reason") == reason);
}

TEST_CASE("a document from the future is refused and consumes its number", "[scenarios]") {
  const Played played = Play(kPlain, std::string(kBefore) + "06:06 sale 1/erp A=2\n" + kAfter);
  CHECK(played.reject_reasons() == Lines{"future_time"});
  CHECK(played.numbers() == Lines{"c/1/A 5", "c/1/A 4"});
  CHECK(played.requests() == Lines{});
}

TEST_CASE("Kafka's own time lets a document be ahead of the tick", "[scenarios]") {
  const std::string event =
      R"({"topic": "stock-events", "key": "1", "timestamp": ")" + std::to_string(AtMs("06:06")) +
      R"(", "value": {"store": "1", "source": "erp", "epoch": "1", "sequence": "4", )" +
      R"("eventTimeMs": ")" + std::to_string(AtMs("06:06")) +
      R"(", "deltas": {"reason": "REASON_SALE", "lines": [{"sku": "A", "quantityMilli": "-1000"}]}}})";
  const Played played = Play(kPlain, std::string(kBefore) + "raw " + event + "\n06:06 tick\n");
  CHECK(played.reject_reasons() == Lines{});
  CHECK(played.numbers() == Lines{"c/1/A 5", "c/1/A 4"});
}

TEST_CASE("bad lines of a document are refused alone", "[scenarios]") {
  const Played played = Play(kPlain, std::string(kBefore) + R"(
    06:00:05 count 1/scan A=3 B=-1
    06:00:10 tick
  )");
  CHECK(played.reject_reasons() == Lines{"negative_quantity"});
  CHECK(played.numbers() == Lines{"c/1/A 5", "c/1/A 3"});
}

TEST_CASE("empty lines are passed over", "[scenarios]") {
  const Played played = PlayInput(kPlain, "\n  \r\n" + InputOf(kBefore) + "\n");
  CHECK(played.reject_reasons() == Lines{});
  CHECK(played.numbers() == Lines{"c/1/A 5"});
}

TEST_CASE("no input is no output", "[scenarios]") {
  const Played played = PlayInput(kPlain, "");
  CHECK(played.exit == 0);
  CHECK(played.records.empty());
}

TEST_CASE("rules that cannot be used end the pipe with their place", "[scenarios]") {
  const Played played = Play("version: 1\nchannels:\n  c: {colour: red}\n", kBefore);
  CHECK(played.exit == 2);
  CHECK(played.err.find("rules.yaml:3:") != std::string::npos);
  CHECK(played.err.find("error: ") != std::string::npos);
  CHECK(played.records.empty());
}
