// Which column of a file holds what. Our names stand in a table per kind of file; the command line
// maps them to the file's own header.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "agent/csv_reader.h"

namespace shelf::agent {

struct ColumnSpec {
  std::string_view name;
  bool required = false;
  bool list = false;  // several values, separated by '|' or from several columns
};

struct ColumnOptions {
  std::map<std::string, std::string> columns;    // our name -> header, or headers joined by '+'
  std::map<std::string, std::string> constants;  // our name -> the value of every row
};

// Columns are named by their index in the table given to Resolve.
class Columns {
 public:
  // InvalidArgument: a name that is not in `specs`, a header that the file does not have or has
  // twice, a required column that nothing fills; the words list what there is.
  static absl::StatusOr<Columns> Resolve(absl::Span<const ColumnSpec> specs,
                                         const ColumnOptions& options,
                                         absl::Span<const std::string_view> header);

  // How many fields each row must have.
  size_t width() const { return width_; }

  bool Has(size_t column) const { return !bindings_[column].empty(); }

  // Whether every field that a column is read from is UTF-8, as Protobuf strings must be.
  bool IsUtf8(const CsvRow& row) const;

  // Without spaces around it; empty when nothing fills the column. The row must have width()
  // fields; the result lives as long as the row and this.
  std::string_view Get(size_t column, const CsvRow& row) const;

  // The values of a list column, the empty ones left out. `out` is cleared first.
  void GetList(size_t column, const CsvRow& row, std::vector<std::string_view>& out) const;

 private:
  struct Binding {
    std::vector<size_t> fields;
    bool is_constant = false;
    std::string constant;
    bool empty() const { return fields.empty() && !is_constant; }
  };

  static absl::StatusOr<Binding> Bind(const ColumnSpec& spec, const ColumnOptions& options,
                                      absl::Span<const std::string_view> header);

  std::vector<Binding> bindings_;  // by column
  size_t width_ = 0;
};

bool IsUtf8(std::string_view text);

// Calls `take` with each part of `text` between `separator`s, spaces around it taken off.
template <typename Take>
void ForEachPart(std::string_view text, char separator, Take take);

// Without spaces and tabs around it.
std::string_view Trim(std::string_view text);

template <typename Take>
void ForEachPart(std::string_view text, char separator, Take take) {
  for (;;) {
    const size_t end = text.find(separator);
    take(Trim(text.substr(0, end)));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

}  // namespace shelf::agent
