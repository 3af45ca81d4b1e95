#include "ctl/whole_file.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace shelf::ctl {

WholeFile::~WholeFile() {
  if (!begun_) return;
  stream_.close();
  std::error_code ignored;
  std::filesystem::remove(part_, ignored);
}

absl::Status WholeFile::Open() {
  stream_.open(part_, std::ios::binary | std::ios::trunc);
  if (!stream_.is_open()) return absl::InternalError(absl::StrCat("cannot write ", part_));
  begun_ = true;
  return absl::OkStatus();
}

absl::Status WholeFile::Commit() {
  stream_.close();
  if (stream_.fail()) return absl::InternalError(absl::StrCat("cannot write ", part_));
  std::error_code error;
  std::filesystem::rename(part_, path_, error);
  if (error) {
    return absl::InternalError(absl::StrCat("cannot write ", path_, ": ", error.message()));
  }
  begun_ = false;
  return absl::OkStatus();
}

}  // namespace shelf::ctl
