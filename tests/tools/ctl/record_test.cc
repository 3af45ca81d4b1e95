// What `shelfctl record` refuses before it asks anybody.
#include "ctl/record.h"

#include <filesystem>
#include <sstream>
#include <string>

#include "support/catch.h"
#include "support/temp_dir.h"

namespace shelf::ctl {
namespace {

// What is said against the times; nothing is made.
std::string SaidOf(const std::string& from, const std::string& until) {
  const TempDir folder;
  RecordOptions options;
  options.out = folder.Inside("recording");
  options.brokers = "127.0.0.1:1";
  options.from = from;
  options.until = until;
  std::ostringstream out, err;
  CHECK(Record({}, options, out, err) == kExitUsage);
  CHECK_FALSE(std::filesystem::exists(options.out));
  return err.str();
}

TEST_CASE("A recording cannot begin with what is still to come", "[ctl]") {
  CHECK_THAT(SaidOf("2999-01-01T00:00:00Z", ""), Catch::Contains("--from is still to come"));
}

TEST_CASE("A recording does not end before it begins", "[ctl]") {
  CHECK_THAT(SaidOf("2020-01-02T00:00:00Z", "2020-01-01T00:00:00Z"),
             Catch::Contains("--until is not after --from"));
}

}  // namespace
}  // namespace shelf::ctl
