#include "agent/csv_reader.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "support/catch.h"

using shelf::agent::CsvReader;
using shelf::agent::CsvRow;

namespace {

// Hands out `text` in pieces of `piece` bytes.
CsvReader::Read From(std::string text, size_t piece) {
  return [text = std::move(text), piece, at = size_t{0}](
             char* to, size_t bytes_max) mutable -> absl::StatusOr<size_t> {
    const size_t bytes = std::min({piece, bytes_max, text.size() - at});
    std::memcpy(to, text.data() + at, bytes);
    at += bytes;
    return bytes;
  };
}

struct Seen {
  int64_t line;
  std::vector<std::string> fields;
  std::string problem;
};

std::vector<Seen> ReadAll(const std::string& text, char delimiter = ',', size_t piece = 1 << 16) {
  CsvReader reader(From(text, piece), delimiter);
  std::vector<Seen> seen;
  CsvRow row;
  while (reader.Next(row).value()) {
    seen.push_back({row.line, {row.fields.begin(), row.fields.end()}, std::string(row.problem)});
  }
  return seen;
}

using Fields = std::vector<std::string>;

}  // namespace

TEST_CASE("fields are split at the delimiter, empty ones are kept", "[agent]") {
  const auto rows = ReadAll("a,,b\n,\n");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].fields == Fields{"a", "", "b"});
  CHECK(rows[1].fields == Fields{"", ""});
  CHECK(ReadAll("a;b,c\n", ';')[0].fields == Fields{"a", "b,c"});
}

TEST_CASE("quotes hold delimiters, newlines and doubled quotes", "[agent]") {
  const auto rows = ReadAll("\"a,b\",\"two\nlines\",\"5\"\"\"\nnext,row,5\"\n");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].fields == Fields{"a,b", "two\nlines", "5\""});
  CHECK(rows[1].fields == Fields{"next", "row", "5\""});
  CHECK(rows[1].line == 3);
}

TEST_CASE("a byte order mark, CR LF, blank lines and a missing last newline change nothing",
          "[agent]") {
  for (const size_t piece : {1, 2, 1000}) {
    const auto rows = ReadAll("\xEF\xBB\xBFh1,h2\r\n\r\n\n\"a\",b\r\nc,d", ',', piece);
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].fields == Fields{"h1", "h2"});
    CHECK(rows[1].fields == Fields{"a", "b"});
    CHECK(rows[1].line == 4);
    CHECK(rows[2].fields == Fields{"c", "d"});
    CHECK(rows[2].line == 5);
  }
}

TEST_CASE("a carriage return before an empty last field belongs to its own field", "[agent]") {
  const auto rows = ReadAll("a\r,\nb,\r\n");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].fields == Fields{"a\r", ""});
  CHECK(rows[1].fields == Fields{"b", ""});
}

TEST_CASE("an empty input and one of blank lines have no rows", "[agent]") {
  CHECK(ReadAll("").empty());
  CHECK(ReadAll("\n\r\n").empty());
  CHECK(ReadAll("\"\"\n").size() == 1);
}

TEST_CASE("text after a closing quote spoils its row and no other", "[agent]") {
  const auto rows = ReadAll("\"a\"x,b\nc,d\n");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].problem == "text after a closing quote");
  CHECK(rows[1].problem.empty());
  CHECK(rows[1].fields == Fields{"c", "d"});
}

TEST_CASE("a quote that is never closed is a problem, not the end of the program", "[agent]") {
  const auto short_input = ReadAll("a,b\n\"c,d\n");
  REQUIRE(short_input.size() == 2);
  CHECK(short_input[1].problem == "a quote is never closed");

  const auto long_input =
      ReadAll("\"" + std::string(CsvReader::kRowBytesMax + 10, 'x') + "\nc,d\n");
  REQUIRE(long_input.size() == 2);
  CHECK_FALSE(long_input[0].problem.empty());
  CHECK(long_input[1].fields == Fields{"c", "d"});
}

TEST_CASE("an error of the input comes out of Next", "[agent]") {
  CsvReader reader([](char*, size_t) { return absl::DataLossError("torn"); }, ',');
  CsvRow row;
  CHECK(absl::IsDataLoss(reader.Next(row).status()));
}
