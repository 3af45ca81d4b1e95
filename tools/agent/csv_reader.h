// Rows of a CSV (RFC 4180), read as a stream. Lenient where exports are sloppy and the meaning is
// clear: LF or CR LF, a byte order mark, blank lines, no newline at the end, a quote in the middle
// of a bare field. A row that has no clear meaning is handed out with its problem, and reading goes
// on behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace shelf::agent {

struct CsvRow {
  std::vector<std::string_view> fields;  // borrowed from the reader until its next Next()
  int64_t line = 0;                      // where the row begins, from 1, as an editor counts
  std::string_view problem;              // not empty: malformed, `fields` is what could be read
};

class CsvReader {
 public:
  // Fills at most `bytes_max` bytes; 0 at the end.
  using Read = std::function<absl::StatusOr<size_t>(char* to, size_t bytes_max)>;

  // A longer row is malformed: most likely a quote was never closed.
  static constexpr size_t kRowBytesMax = 1 << 20;

  CsvReader(Read read, char delimiter);

  // False at the end of the input. Errors are those of `read`.
  absl::StatusOr<bool> Next(CsvRow& row);

 private:
  enum class State { kFieldStart, kBare, kQuoted, kQuoteSeen, kSpoiled };

  void StartRow(CsvRow& row);
  absl::StatusOr<bool> Fill();
  bool Take(char c, CsvRow& row);
  void TakeAfterQuote(char c, CsvRow& row);
  void Keep(char c, CsvRow& row);
  void EndField();
  bool EndLine(CsvRow& row);
  bool EndInput(CsvRow& row);
  void Spoil(std::string_view problem, CsvRow& row);
  void Publish(CsvRow& row);

  const Read read_;
  const char delimiter_;
  std::vector<char> buffer_;
  size_t position_ = 0;  // in buffer_
  size_t filled_ = 0;    // bytes of buffer_ that hold input
  int64_t line_ = 1;     // that the next byte is on
  bool at_start_ = true;

  // The row being read.
  State state_ = State::kFieldStart;
  std::string text_;                // its fields, one after the other
  std::vector<size_t> field_ends_;  // in text_
  bool row_has_quote_ = false;
};

}  // namespace shelf::agent
