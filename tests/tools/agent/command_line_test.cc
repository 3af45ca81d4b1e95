#include "agent/command_line.h"

#include <string>
#include <vector>

#include "fixture.h"
#include "support/catch.h"

using namespace shelf;
using namespace shelf::agent;

namespace {

absl::StatusOr<std::optional<CommandLine>> Parse(std::vector<const char*> arguments) {
  std::vector<const char*> all = {"shelf-agent", "send", "--state", "S", "--brokers", "B"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return ParseCommandLine(static_cast<int>(all.size()), all.data());
}

std::string ErrorOf(std::vector<const char*> arguments) {
  return std::string(Parse(std::move(arguments)).status().message());
}

}  // namespace

TEST_CASE("the options of a run of movements reach it", "[agent]") {
  const Folder folder;
  const std::string skus = folder.Write("fuel.txt", "petrol\r\n\n diesel \n");
  const auto parsed = Parse({"movements",
                             "--columns",
                             "store=store_id,sku=product_id",
                             "--columns",
                             "time=at",
                             "--set",
                             "reason=sale, maybe",
                             "--sign",
                             "-1",
                             "--reason",
                             "receipt",
                             "--thousandths-skus",
                             skus.c_str(),
                             "--time-shift",
                             "-1.5",
                             "--rows-from",
                             "2",
                             "--rows-to",
                             "3",
                             "--delimiter",
                             "tab",
                             "--decimal-comma",
                             "--rate",
                             "100",
                             "--ahead-max",
                             "7",
                             "--librdkafka",
                             "linger.ms=0",
                             "--no-claims",
                             "f.csv"});
  REQUIRE(parsed.ok());
  const CommandLine& line = **parsed;
  CHECK(line.state == "S");
  CHECK(line.kafka.brokers == "B");
  CHECK(line.kafka.librdkafka.at("linger.ms") == "0");
  CHECK(line.limits.ahead_max == 7);
  CHECK(line.limits.lines_per_second == 100);
  const SendOptions& send = line.send;
  CHECK(send.kind == Kind::kMovements);
  CHECK(send.topic == "stock-events");
  CHECK(send.file.path == "f.csv");
  CHECK(send.file.columns.columns.size() == 3);
  CHECK(send.file.columns.columns.at("time") == "at");
  CHECK(send.file.columns.constants.at("reason") == "sale, maybe");
  CHECK(send.file.row_first == 2);
  CHECK(send.file.row_last == 3);
  CHECK(send.file.delimiter == '\t');
  CHECK(send.rows.sign == -1);
  CHECK(send.rows.decimal_sign == ',');
  CHECK(send.rows.time_shift_ms == -1500);
  CHECK(send.rows.reason == v1::REASON_RECEIPT);
  CHECK(send.rows.thousandths_skus.size() == 2);
  CHECK(send.rows.thousandths_skus.contains("diesel"));
  CHECK_FALSE(send.claims);
}

TEST_CASE("reference data goes to its own topic", "[agent]") {
  CHECK((*Parse({"items", "f.csv"}))->send.topic == "reference");
  CHECK((*Parse({"items", "--topic", "other", "f.csv"}))->send.topic == "other");
}

TEST_CASE("what does not fit together is refused with words", "[agent]") {
  CHECK(ErrorOf({"shops", "f.csv"}) == "'shops' is no KIND");
  CHECK(ErrorOf({"items", "--reason", "sale", "f.csv"}) == "--reason is not for items");
  CHECK(ErrorOf({"movements", "--time", "now", "f.csv"}) == "--time is not for movements");
  CHECK(ErrorOf({"list", "--again", "f.csv"}) == "--again is not for list");
  CHECK(ErrorOf({"movements", "--reason", "theft", "f.csv"}) == "'theft' is no reason");
  CHECK(ErrorOf({"list", "--columns", "store", "f.csv"}) == "'store' is not NAME=VALUE");
  CHECK(ErrorOf({"list", "--rows-from", "3", "--rows-to", "2", "f.csv"}) ==
        "--rows-from is above --rows-to");
  CHECK_FALSE(Parse({"list", "--sign", "2", "f.csv"}).ok());
  CHECK_FALSE(Parse({"list", "--no-such-option", "f.csv"}).ok());
  CHECK_FALSE(Parse({"list"}).ok());
}

TEST_CASE("heartbeats have no file, everything else has one", "[agent]") {
  CHECK(Parse({"heartbeats", "--complete-through", "now"}).ok());
  CHECK(ErrorOf({"heartbeats", "--complete-through", "now", "f.csv"}) ==
        "heartbeats are of no file");
  CHECK(ErrorOf({"movements", "--reason", "sale"}) == "FILE is missing");
  CHECK(ErrorOf({"heartbeats", "--sign", "-1"}) == "--sign is not for heartbeats");
}

TEST_CASE("stores to send and to pass over are lists", "[agent]") {
  const auto parsed = Parse({"movements", "--only-stores", "7,12", "--skip-stores", "3", "f.csv"});
  REQUIRE(parsed.ok());
  CHECK((*parsed)->send.only_stores.size() == 2);
  CHECK((*parsed)->send.only_stores.contains("12"));
  CHECK((*parsed)->send.skip_stores.contains("3"));
}
