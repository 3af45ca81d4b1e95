#include "agent/input_file.h"

#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace shelf::agent {
namespace {

constexpr unsigned kUnpackBufferBytes = 256 * 1024;

absl::Status CannotRead(const std::string& path) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<InputFile>> InputFile::Open(const std::string& path) {
  // zlib hands a file that is not gzip through as it is.
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return CannotRead(path);
  gzbuffer(file, kUnpackBufferBytes);
  return std::unique_ptr<InputFile>(new InputFile(path, file));
}

InputFile::~InputFile() { gzclose_r(file_); }

absl::StatusOr<size_t> InputFile::Read(char* to, size_t bytes_max) {
  const int got = gzread(file_, to, static_cast<unsigned>(bytes_max));
  int code = Z_OK;
  const char* words = gzerror(file_, &code);
  // A file that ends inside a gzip member gives its last bytes together with Z_BUF_ERROR.
  if (got < 0 || code == Z_BUF_ERROR) {
    return absl::DataLossError(absl::StrCat(path_, ": ", words));
  }
  return static_cast<size_t>(got);
}

absl::StatusOr<FileIdentity> IdentifyFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return CannotRead(path);
  FileIdentity identity;
  std::vector<char> buffer(kUnpackBufferBytes);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) ||
         file.gcount() > 0) {
    const auto got = static_cast<unsigned>(file.gcount());
    identity.bytes += got;
    identity.crc32 = static_cast<uint32_t>(
        crc32(identity.crc32, reinterpret_cast<const Bytef*>(buffer.data()), got));
  }
  if (file.bad()) return CannotRead(path);
  return identity;
}

}  // namespace shelf::agent
