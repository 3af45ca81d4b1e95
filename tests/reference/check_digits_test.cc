#include "reference/check_digits.h"

#include <string>

#include "support/catch.h"

namespace shelf {
namespace {

std::string Fault(std::string_view number, size_t digits) {
  return std::string(CheckGs1Number(number, digits).message());
}

TEST_CASE("a GLN of 13 digits is held to its check digit", "[reference]") {
  CHECK(Fault("4012345000009", 13).empty());
  CHECK(Fault("5412345000013", 13).empty());
  CHECK(Fault("5412345000014", 13) == "the check digit is 4 and should be 3");
  CHECK(Fault("541234500001", 13) == "not 13 digits");
  CHECK(Fault("05412345000013", 13) == "not 13 digits");
  CHECK(Fault("541234500001X", 13) == "not 13 digits");
}

TEST_CASE("a GTIN-14 is held to its check digit", "[reference]") {
  CHECK(Fault("00012345600012", 14).empty());
  CHECK(Fault("10614141000415", 14).empty());
  CHECK(Fault("10614141000410", 14) == "the check digit is 0 and should be 5");
  CHECK(Fault("614141000418", 14) == "not 14 digits");
}

TEST_CASE("a check digit of 0 is right where the sum is a multiple of ten", "[reference]") {
  CHECK(Fault("0000000000000", 13).empty());
}

TEST_CASE("no number at all is allowed", "[reference]") { CHECK(CheckGs1Number("", 13).ok()); }

TEST_CASE("any single wrong digit is noticed", "[reference]") {
  const std::string good = "10614141000415";
  for (size_t i = 0; i < good.size(); ++i) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string number = good;
      number[i] = digit;
      CHECK(CheckGs1Number(number, 14).ok() == (number == good));
    }
  }
}

}  // namespace
}  // namespace shelf
