#include <optional>

#include "reference/check_digits.h"
#include "reference/record_checks.h"
#include "reference/records.h"
#include "shelf/v1/reference.pb.h"

namespace shelf {
namespace {

constexpr size_t kSourceBytesMax = 64;
constexpr size_t kGlnDigits = 13;

absl::StatusOr<SourceRole> RoleOf(const v1::Source& source) {
  switch (source.role()) {
    case v1::SOURCE_ROLE_UNSPECIFIED:
      return DefaultSource(source.name()).role;
    case v1::SOURCE_ROLE_BOOK:
      return SourceRole::kBook;
    case v1::SOURCE_ROLE_EARLY:
      return SourceRole::kEarly;
    case v1::SOURCE_ROLE_EVIDENCE:
      return SourceRole::kEvidence;
    default:
      return BadField("sources.role",
                      absl::StrCat("'", source.name(), "' has the unknown role ", source.role()));
  }
}

absl::StatusOr<SourceInfo> ReadSource(const v1::Source& source) {
  if (source.name().empty()) return BadField("sources.name", "empty");
  absl::Status length = CheckLength("sources.name", source.name(), kSourceBytesMax);
  if (!length.ok()) return length;
  absl::StatusOr<SourceRole> role = RoleOf(source);
  if (!role.ok()) return role.status();
  return SourceInfo{source.name(), *role, source.required() && *role == SourceRole::kEarly};
}

absl::Status AddSource(const v1::Source& message, std::vector<SourceInfo>& sources) {
  absl::StatusOr<SourceInfo> source = ReadSource(message);
  if (!source.ok()) return source.status();
  for (const SourceInfo& other : sources) {
    if (other.name == source->name) {
      return BadField("sources", absl::StrCat("'", other.name, "' stands twice"));
    }
    if (other.role == SourceRole::kBook && source->role == SourceRole::kBook) {
      return BadField(
          "sources", absl::StrCat("'", other.name, "' and '", source->name, "' are both the book"));
    }
  }
  sources.push_back(*std::move(source));
  return absl::OkStatus();
}

absl::Status AddService(const v1::Service& service, std::vector<ServiceInfo>& services) {
  if (service.method().empty()) return BadField("services.method", "empty");
  if (service.ready_in_minutes() < 0) {
    return BadField("services.ready_in_minutes",
                    absl::StrCat(service.ready_in_minutes(), " is below 0"));
  }
  services.push_back({service.method(), service.ready_in_minutes()});
  return absl::OkStatus();
}

// YYYY-MM-DD and a day that there is.
std::optional<absl::CivilDay> ReadDate(const std::string& text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto number = [&text](size_t from, size_t count) {
    int value = 0;
    for (size_t i = from; i < from + count; ++i) {
      if (text[i] < '0' || text[i] > '9') return -1;
      value = value * 10 + (text[i] - '0');
    }
    return value;
  };
  const int year = number(0, 4), month = number(5, 2), day_of_month = number(8, 2);
  if (year < 0 || month < 0 || day_of_month < 0) return std::nullopt;
  const absl::CivilDay day(year, month, day_of_month);  // normalizes the 31st of April
  if (day.month() != month || day.day() != day_of_month) return std::nullopt;
  return day;
}

absl::StatusOr<Calendar> ReadCalendar(const v1::Store& message) {
  std::vector<WeeklyHours> hours;
  for (const v1::OpeningHours& weekly : message.opening_hours()) {
    hours.push_back({weekly.weekday(), weekly.opens_minute(), weekly.closes_minute()});
  }
  std::vector<SpecialDayHours> special_days;
  for (const v1::SpecialDay& special : message.special_days()) {
    const std::optional<absl::CivilDay> date = ReadDate(special.date());
    if (!date) {
      return BadField("special_days.date", absl::StrCat("'", special.date(), "' is no date"));
    }
    special_days.push_back({*date, special.opens_minute(), special.closes_minute()});
  }
  return Calendar::Create(message.timezone(), std::move(hours), std::move(special_days));
}

// What only has to be copied.
StoreInfo CopiedFields(const v1::Store& message) {
  StoreInfo info;
  info.closed = message.closed();
  info.count_hold = message.count_hold();
  info.count_after_nil_pick = message.count_after_nil_pick();
  info.name = message.name();
  info.gln = message.gln();
  info.region = message.region();
  info.groups.assign(message.groups().begin(), message.groups().end());
  info.channel_ids = SortedIds(message.channel_ids());
  return info;
}

}  // namespace

absl::StatusOr<StoreInfo> ReadStore(const std::string& store, std::string_view value) {
  v1::Store message;
  absl::Status status = Parse(value, message);
  status.Update(CheckNamesSame("store", store, message.store()));
  status.Update(InField("gln", CheckGs1Number(message.gln(), kGlnDigits)));
  StoreInfo info = CopiedFields(message);
  for (const v1::Source& source : message.sources()) status.Update(AddSource(source, info.sources));
  for (const v1::Service& service : message.services()) {
    status.Update(AddService(service, info.services));
  }
  absl::StatusOr<Calendar> calendar = ReadCalendar(message);
  status.Update(calendar.status());
  if (!status.ok()) return status;
  info.calendar = *std::move(calendar);
  return info;
}

}  // namespace shelf
