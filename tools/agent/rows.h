// The rows of one file with their columns resolved: what every kind of sending reads.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "agent/columns.h"
#include "agent/csv_reader.h"
#include "agent/input_file.h"

namespace shelf::agent {

struct FileOptions {
  std::string path;
  char delimiter = ',';
  ColumnOptions columns;
  // Data rows, both inclusive; the first under the header is 1. Malformed rows count.
  int64_t row_first = 1;
  int64_t row_last = std::numeric_limits<int64_t>::max();
};

class Rows {
 public:
  // InvalidArgument: no such file, no header, or columns that do not fit it.
  static absl::StatusOr<std::unique_ptr<Rows>> Open(const FileOptions& options,
                                                    absl::Span<const ColumnSpec> specs);

  // Goes to the next row of the range; false behind the last. DataLoss: the file is damaged.
  absl::StatusOr<bool> Next();

  // Of the row Next went to; views live until the next call of it.
  const CsvRow& row() const { return row_; }
  // Not empty: the row is malformed, ask for no columns.
  std::string_view problem() const { return row_.problem; }
  std::string_view Get(size_t column) const { return columns_.Get(column, row_); }
  void GetList(size_t column, std::vector<std::string_view>& out) const {
    columns_.GetList(column, row_, out);
  }
  bool Has(size_t column) const { return columns_.Has(column); }

 private:
  Rows(const FileOptions& options, std::unique_ptr<InputFile> file);

  const int64_t row_first_;
  const int64_t row_last_;
  const std::unique_ptr<InputFile> file_;
  CsvReader reader_;
  Columns columns_;
  CsvRow row_;
  int64_t row_number_ = 0;
};

}  // namespace shelf::agent
