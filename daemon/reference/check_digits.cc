#include "reference/check_digits.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace shelf {
namespace {

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

int CheckDigit(std::string_view digits_before) {
  int sum = 0;
  int weight = 3;
  for (auto digit = digits_before.rbegin(); digit != digits_before.rend(); ++digit) {
    sum += weight * (*digit - '0');
    weight = 4 - weight;
  }
  return (10 - sum % 10) % 10;
}

}  // namespace

absl::Status CheckGs1Number(std::string_view number, size_t digits) {
  if (number.empty()) return absl::OkStatus();
  if (number.size() != digits || !std::all_of(number.begin(), number.end(), IsDigit)) {
    return absl::InvalidArgumentError(absl::StrCat("not ", digits, " digits"));
  }
  const int expected = CheckDigit(number.substr(0, digits - 1));
  const int found = number.back() - '0';
  if (found == expected) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the check digit is ", found, " and should be ", expected));
}

}  // namespace shelf
