#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "config/config.h"
#include "config/properties.h"
#include "support/catch.h"

using namespace shelf;

namespace {

std::filesystem::path Page() {
  const auto tests = std::filesystem::path(__FILE__).parent_path().parent_path();
  return tests.parent_path() / "docs" / "reference" / "config.md";
}

}  // namespace

TEST_CASE("the committed reference page is what the table says", "[config]") {
  // After a change of the table: SHELFD_WRITE_PAGES=1 config_test writes the page anew.
  if (std::getenv("SHELFD_WRITE_PAGES") != nullptr) {
    std::ofstream(Page()) << ConfigReferenceMarkdown();
  }
  std::ifstream file(Page());
  const std::string committed{std::istreambuf_iterator<char>(file), {}};
  CHECK(committed == ConfigReferenceMarkdown());
}

TEST_CASE("every property is found under its own name and takes its own default", "[config]") {
  std::set<std::string_view> names;
  for (const Property& property : Properties()) {
    CAPTURE(property.name);
    CHECK(names.insert(property.name).second);
    CHECK_FALSE(property.doc.empty());
    if (property.has_given_part()) continue;
    const auto named = FindProperty(property.name);
    REQUIRE(named.has_value());
    CHECK(named->property == &property);
    Config config;
    CHECK(SetProperty(config, *named, PropertyText(config, *named)).empty());
    CHECK(ConfigAsText(config) == ConfigAsText(Config{}));
  }
}

TEST_CASE("the given part of a name may itself have dots", "[config]") {
  const auto channel = FindProperty("channels.a.b.topic");
  REQUIRE(channel.has_value());
  CHECK(channel->given == "a.b");
  const auto raw = FindProperty("librdkafka.socket.timeout.ms");
  REQUIRE(raw.has_value());
  CHECK(raw->given == "socket.timeout.ms");
  CHECK_FALSE(FindProperty("librdkafka.").has_value());
  CHECK_FALSE(FindProperty("channels..topic").has_value());
}
