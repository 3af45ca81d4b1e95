#include "agent/reject_file.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"

namespace shelf::agent {
namespace {

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  return quoted + '"';
}

std::string AsOneField(const CsvRow& row) {
  std::string text;
  for (const std::string_view field : row.fields) {
    if (!text.empty()) text.push_back(',');
    const bool bare = field.find_first_of(",\"\n\r") == std::string_view::npos;
    text.append(bare ? std::string(field) : Quoted(field));
  }
  return Quoted(text);
}

}  // namespace

RejectFile::RejectFile(std::string path, std::string source_file)
    : path_(std::move(path)), source_file_(std::move(source_file)) {}

void RejectFile::Open() {
  std::error_code error;
  if (const auto bytes = std::filesystem::file_size(path_, error); !error && bytes > kBytesMax) {
    std::filesystem::rename(path_, path_ + ".old", error);
  }
  const bool fresh = !std::filesystem::exists(path_, error);
  out_.open(path_, std::ios::app);
  if (fresh) out_ << "file,line,reason,row\n";
}

void RejectFile::Add(const CsvRow& row, std::string_view reason) {
  if (!used_) {
    used_ = true;
    Open();
  }
  out_ << Quoted(source_file_) << ',' << row.line << ',' << Quoted(reason) << ',' << AsOneField(row)
       << '\n';
}

absl::Status RejectFile::Close() {
  if (!used_) return absl::OkStatus();
  out_.close();
  return out_ ? absl::OkStatus() : absl::InternalError(absl::StrCat(path_, ": cannot be written"));
}

}  // namespace shelf::agent
