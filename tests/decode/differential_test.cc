// Decode against the generated parser, over events by chance.
#include <random>
#include <string>

#include "absl/strings/escaping.h"
#include "decode/oracle.h"
#include "decode/random_event.h"
#include "support/catch.h"

namespace shelf {
namespace {

constexpr int kRounds = 20'000;

std::string RandomBytes(std::mt19937_64& random) { return RandomEvent(random).SerializeAsString(); }

void CheckSame(const std::string& bytes) {
  INFO("bytes: " << absl::BytesToHexString(bytes));
  REQUIRE(DecodedMeaning(bytes) == ExpectedMeaning(bytes));
}

TEST_CASE("any event means to Decode what it means to the generated parser", "[decode]") {
  std::mt19937_64 random(1);
  for (int i = 0; i < kRounds; ++i) CheckSame(RandomBytes(random));
}

TEST_CASE("two events one after the other merge as the generated parser merges them", "[decode]") {
  std::mt19937_64 random(2);
  for (int i = 0; i < kRounds; ++i) {
    const std::string first = RandomBytes(random);
    CheckSame(first + RandomBytes(random) + first);
  }
}

TEST_CASE("damaged bytes are malformed exactly when the generated parser refuses them",
          "[decode]") {
  std::mt19937_64 random(3);
  int readable = 0;
  for (int i = 0; i < 5 * kRounds; ++i) {
    const std::string bytes = Damaged(RandomBytes(random), random);
    CheckSame(bytes);
    readable += ExpectedMeaning(bytes) == "malformed" ? 0 : 1;
  }
  // Both outcomes must be common, or the test says little.
  CHECK(readable > kRounds / 2);
  CHECK(readable < 4 * kRounds);
}

TEST_CASE("a reused event keeps nothing of the one before", "[decode]") {
  std::mt19937_64 random(4);
  Event reused;
  for (int i = 0; i < kRounds; ++i) {
    const std::string bytes = RandomBytes(random);
    const RejectReason reason = Decode(bytes, reused);
    REQUIRE(DecodedMeaning(reason, reused) == DecodedMeaning(bytes));
  }
}

}  // namespace
}  // namespace shelf
