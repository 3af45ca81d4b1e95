// The bytes of a file, unpacked when it is gzip, and what tells one file from another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

struct gzFile_s;

namespace shelf::agent {

class InputFile {
 public:
  // InvalidArgument: there is no such file or it cannot be read.
  static absl::StatusOr<std::unique_ptr<InputFile>> Open(const std::string& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  // Up to `bytes_max` (at most 1 GiB) unpacked bytes; 0 at the end. DataLoss: damaged or cut off.
  absl::StatusOr<size_t> Read(char* to, size_t bytes_max);

 private:
  InputFile(std::string path, gzFile_s* file) : path_(std::move(path)), file_(file) {}

  const std::string path_;
  gzFile_s* const file_;
};

// Of the bytes as they lie on disk.
struct FileIdentity {
  uint64_t bytes = 0;
  uint32_t crc32 = 0;
};

// InvalidArgument: there is no such file or it cannot be read.
absl::StatusOr<FileIdentity> IdentifyFile(const std::string& path);

}  // namespace shelf::agent
