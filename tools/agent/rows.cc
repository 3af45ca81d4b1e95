#include "agent/rows.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace shelf::agent {

Rows::Rows(const FileOptions& options, std::unique_ptr<InputFile> file)
    : row_first_(options.row_first),
      row_last_(options.row_last),
      file_(std::move(file)),
      reader_([this](char* to, size_t bytes_max) { return file_->Read(to, bytes_max); },
              options.delimiter) {}

absl::StatusOr<std::unique_ptr<Rows>> Rows::Open(const FileOptions& options,
                                                 absl::Span<const ColumnSpec> specs) {
  absl::StatusOr<std::unique_ptr<InputFile>> file = InputFile::Open(options.path);
  if (!file.ok()) return file.status();
  auto rows = std::unique_ptr<Rows>(new Rows(options, *std::move(file)));
  absl::StatusOr<bool> header = rows->reader_.Next(rows->row_);
  if (!header.ok()) return absl::InvalidArgumentError(header.status().message());
  if (!*header || !rows->row_.problem.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(options.path, ": no header row"));
  }
  absl::StatusOr<Columns> columns = Columns::Resolve(specs, options.columns, rows->row_.fields);
  if (!columns.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(options.path, ": ", columns.status().message()));
  }
  rows->columns_ = *std::move(columns);
  return rows;
}

absl::StatusOr<bool> Rows::Next() {
  do {
    if (row_number_ >= row_last_) return false;
    absl::StatusOr<bool> more = reader_.Next(row_);
    if (!more.ok() || !*more) return more;
    ++row_number_;
  } while (row_number_ < row_first_);
  // A separator inside a bare field moves every value behind it into the wrong column.
  if (row_.problem.empty() && row_.fields.size() != columns_.width()) {
    row_.problem = row_.fields.size() < columns_.width() ? "fewer fields than the header has"
                                                         : "more fields than the header has";
  }
  if (row_.problem.empty() && !columns_.IsUtf8(row_)) row_.problem = "not UTF-8";
  return true;
}

}  // namespace shelf::agent
