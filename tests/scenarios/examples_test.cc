// The example inputs that other implementations are measured with too.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "scenarios/script.h"
#include "support/catch.h"

using namespace shelf;

namespace {

std::string TextOf(const std::string& name) {
  std::ifstream file(std::filesystem::path(SHELF_PIPE_EXAMPLES) / name, std::ios::binary);
  REQUIRE(file.is_open());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// By SKU, of channel c at store 1.
nlohmann::json LastSellable(const Played& played) {
  nlohmann::json last = nlohmann::json::object();
  for (const nlohmann::json& record : played.of_topic("availability")) {
    const nlohmann::json& value = record.at("value");
    last[value.at("sku").get<std::string>()] =
        std::stoll(value.value("sellable", std::string("0")));
  }
  return last;
}

}  // namespace

TEST_CASE("each example ends with the sellable that it names", "[scenarios]") {
  const std::string name = GENERATE("late-store", "list-then-sales", "two-systems-one-sale");
  CAPTURE(name);
  const Played played = PlayInput(TextOf(name + ".rules.yaml"), TextOf(name + ".in.ndjson"));
  CHECK(played.exit == 0);
  CHECK(played.reject_reasons() == Lines{});
  CHECK(LastSellable(played) == nlohmann::json::parse(TextOf(name + ".last.json")));
}
