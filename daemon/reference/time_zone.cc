#include "reference/time_zone.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace shelf {
namespace {

bool IsIanaName(const std::string& name) {
  const auto may_stand = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '/' || c == '_' || c == '+' ||
           c == '-';
  };
  return absl::ascii_isalpha(static_cast<unsigned char>(name[0])) && name != "localtime" &&
         std::all_of(name.begin(), name.end(), may_stand);
}

}  // namespace

absl::StatusOr<absl::TimeZone> LoadIanaZone(const std::string& name) {
  if (name.empty()) return absl::InvalidArgumentError("timezone: empty, but there are hours");
  absl::TimeZone zone;
  if (!IsIanaName(name) || !absl::LoadTimeZone(name, &zone)) {
    return absl::InvalidArgumentError(absl::StrCat("timezone: no IANA zone '", name, "'"));
  }
  return zone;
}

}  // namespace shelf
