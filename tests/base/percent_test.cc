#include "base/percent.h"

#include <string>
#include <vector>

#include "support/catch.h"

using namespace shelf;

namespace {

std::string Encoded(std::string_view part) {
  std::string out;
  AppendPercentEncoded(part, out);
  return out;
}

}  // namespace

TEST_CASE("unreserved characters stay and every other byte is escaped in capitals", "[base]") {
  const std::string unreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  CHECK(Encoded(unreserved) == unreserved);
  CHECK(Encoded("a/b c%") == "a%2Fb%20c%25");
  CHECK(Encoded("\xc3\xa9\xff") == "%C3%A9%FF");
  CHECK(Encoded(std::string_view("\0", 1)) == "%00");
}

TEST_CASE("a key splits into the parts it was joined from", "[base]") {
  const std::string key = JoinKey({"own-site", "07/12", "a b%2F"});
  CHECK(key == "own-site/07%2F12/a%20b%252F");
  CHECK(*SplitKey(key) == std::vector<std::string>{"own-site", "07/12", "a b%2F"});
}

TEST_CASE("every byte survives the way there and back", "[base]") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  CHECK(*SplitKey(JoinKey({"x", all})) == std::vector<std::string>{"x", all});
}

TEST_CASE("small letters in escapes are read, malformed escapes are refused", "[base]") {
  CHECK(*SplitKey("a%2fb") == std::vector<std::string>{"a/b"});
  CHECK(*SplitKey("") == std::vector<std::string>{""});
  CHECK(*SplitKey("a//b") == std::vector<std::string>{"a", "", "b"});
  for (const char* malformed : {"%", "%2", "a%2", "%G0", "%0G", "%/2", "x/%"}) {
    CAPTURE(malformed);
    CHECK_FALSE(SplitKey(malformed).has_value());
  }
}
