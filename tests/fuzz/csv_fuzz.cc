// Any bytes are rows, each with the line that it begins on, however they come in pieces. Rows
// without a problem, written as RFC 4180 has it, read back to the same fields.
//
// An input's first byte tells the delimiter and the largest piece, the rest is the file.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "agent/csv_reader.h"
#include "fuzz/require.h"

namespace {

using shelf::Require;
using shelf::agent::CsvReader;
using shelf::agent::CsvRow;

struct OwnedRow {
  std::vector<std::string> fields;
  int64_t line = 0;
  std::string problem;
  friend bool operator==(const OwnedRow&, const OwnedRow&) = default;
};

std::vector<OwnedRow> RowsOf(std::string_view file, char delimiter, size_t piece_max) {
  CsvReader reader(
      [file, piece_max](char* to, size_t bytes_max) mutable -> absl::StatusOr<size_t> {
        const size_t bytes = std::min({file.size(), bytes_max, piece_max});
        std::memcpy(to, file.data(), bytes);
        file.remove_prefix(bytes);
        return bytes;
      },
      delimiter);
  std::vector<OwnedRow> rows;
  CsvRow row;
  for (;;) {
    const absl::StatusOr<bool> more = reader.Next(row);
    Require(more.ok(), "errors are those of the input alone");
    if (!*more) return rows;
    OwnedRow& owned = rows.emplace_back();
    owned.fields.assign(row.fields.begin(), row.fields.end());
    owned.line = row.line;
    owned.problem = std::string(row.problem);
  }
}

void CheckLines(const std::vector<OwnedRow>& rows, std::string_view file) {
  const auto lines = 1 + std::count(file.begin(), file.end(), '\n');
  int64_t before = 0;
  for (const OwnedRow& row : rows) {
    Require(row.line > before && row.line <= lines, "lines rise, within the file");
    Require(!row.fields.empty(), "a row has a field");
    before = row.line;
  }
}

std::string Written(const std::vector<OwnedRow>& rows, char delimiter) {
  std::string file;
  for (const OwnedRow& row : rows) {
    for (size_t f = 0; f < row.fields.size(); ++f) {
      if (f > 0) file += delimiter;
      file += '"';
      for (const char c : row.fields[f]) file.append(c == '"' ? 2 : 1, c);
      file += '"';
    }
    file += "\r\n";
  }
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  constexpr std::string_view kDelimiters = ",;\t|";
  const char delimiter = kDelimiters[data[0] % kDelimiters.size()];
  const size_t piece_max = 1 + data[0] / kDelimiters.size();
  const std::string_view file(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::vector<OwnedRow> rows = RowsOf(file, delimiter, file.size() + 1);
  Require(rows == RowsOf(file, delimiter, piece_max), "pieces do not matter");
  CheckLines(rows, file);
  std::erase_if(rows, [](const OwnedRow& row) { return !row.problem.empty(); });
  const std::vector<OwnedRow> again = RowsOf(Written(rows, delimiter), delimiter, piece_max);
  Require(again.size() == rows.size(), "as many rows");
  for (size_t r = 0; r < rows.size(); ++r) {
    Require(again[r].problem.empty() && again[r].fields == rows[r].fields, "the same fields");
  }
  return 0;
}
