// What the daemon asks of agents, and when.
#include "scenarios/script.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr char kPlain[] = "version: 1\nchannels: {c: {}}\n";

// A heartbeat of the book of store 1.
std::string Heartbeat(int epoch, int sequence, std::string_view time) {
  const nlohmann::json value = {{"store", "1"},
                                {"source", "erp"},
                                {"epoch", epoch},
                                {"sequence", sequence},
                                {"eventTimeMs", AtMs(time)},
                                {"completeThroughMs", AtMs(time)},
                                {"heartbeat", nlohmann::json::object()}};
  const nlohmann::json line = {{"topic", "stock-events"}, {"key", "1"}, {"value", value}};
  return "raw " + line.dump() + "\n";
}

}  // namespace

TEST_CASE("what is missing is asked for at once and again after a pause", "[scenarios]") {
  const Played played = Play(kPlain, R"(
    store 1 erp=book
    item A
    06:00 list 1/erp A=5
    06:00 tick
    skip 1/erp
    06:00:01 claim 1/erp
    06:00:02 ticks 06:00:22
  )");
  CHECK(played.requests() == Lines{"resend 1/erp 4-4", "resend 1/erp 4-4", "resend 1/erp 4-4"});
}

TEST_CASE("a book that starts over is asked for a full list, not for what went before",
          "[scenarios]") {
  const Played played = Play(kPlain, std::string(R"(
    store 1 erp=book
    item A
    06:00 list 1/erp A=5
    06:00 tick
  )") + Heartbeat(2, 9, "06:00:01") + "06:00:03 tick\n");
  CHECK(played.requests() == Lines{"snapshot 1/erp"});
  CHECK(played.of_topic("locations").back().at("value").value("frozen", false));
}
