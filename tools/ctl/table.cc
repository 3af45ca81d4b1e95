#include "ctl/table.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "base/check.h"

namespace shelf::ctl {
namespace {

// Characters, not bytes, so that names of any script line up (combining marks aside).
size_t Width(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

void WriteCell(const std::string& text, size_t width, bool right, bool last, std::ostream& out) {
  const std::string padding(width - Width(text), ' ');
  if (right) {
    out << padding << text;
  } else {
    out << text << (last ? "" : padding);
  }
  out << (last ? "\n" : "  ");
}

}  // namespace

std::vector<size_t> Table::Widths(bool heading) const {
  std::vector<size_t> widths;
  for (const Column& column : columns_) widths.push_back(heading ? Width(column.name) : 0);
  for (const std::vector<std::string>& row : rows_) {
    SHELF_CHECK(row.size() == columns_.size(), "a row has a cell for each column");
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], Width(row[c]));
  }
  return widths;
}

void Table::Write(std::ostream& out) const {
  const std::vector<size_t> widths = Widths(/*heading=*/true);
  const size_t last = columns_.size() - 1;
  for (size_t c = 0; c < columns_.size(); ++c) {
    WriteCell(columns_[c].name, widths[c], columns_[c].right, c == last, out);
  }
  for (const std::vector<std::string>& row : rows_) {
    for (size_t c = 0; c < row.size(); ++c) {
      WriteCell(row[c], widths[c], columns_[c].right, c == last, out);
    }
  }
}

void Table::WriteRows(std::ostream& out) const {
  const std::vector<size_t> widths = Widths(/*heading=*/false);
  for (const std::vector<std::string>& row : rows_) {
    size_t last = row.size() - 1;
    while (last > 0 && row[last].empty()) --last;
    out << "  ";
    for (size_t c = 0; c <= last; ++c) {
      WriteCell(row[c], widths[c], columns_[c].right, c == last, out);
    }
  }
}

std::string Text(const Json& value) {
  if (value.is_null()) return "-";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string Quantity(const Json& milli) {
  if (!milli.is_number_integer()) return Text(milli);
  const auto value = milli.get<int64_t>();
  std::string text = absl::StrCat(value < 0 ? "-" : "", std::abs(value / 1000));
  if (value % 1000 == 0) return text;
  absl::StrAppendFormat(&text, ".%03d", std::abs(static_cast<int>(value % 1000)));
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

std::string Time(const Json& ms) {
  if (!ms.is_number_integer()) return Text(ms);
  const auto unix_ms = ms.get<int64_t>();
  const char* const format = unix_ms % 1000 == 0 ? "%Y-%m-%d %H:%M:%SZ" : "%Y-%m-%d %H:%M:%E3SZ";
  return absl::FormatTime(format, absl::FromUnixMillis(unix_ms), absl::UTCTimeZone());
}

std::string Lag(const Json& ms) {
  if (!ms.is_number_integer()) return Text(ms);
  return absl::FormatDuration(absl::Milliseconds(ms.get<int64_t>()));
}

std::string YesNo(const Json& value) {
  if (!value.is_boolean()) return Text(value);
  return value.get<bool>() ? "yes" : "no";
}

}  // namespace shelf::ctl
