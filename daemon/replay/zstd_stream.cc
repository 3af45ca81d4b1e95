#include "replay/zstd_stream.h"

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace shelf {
namespace {

// A recorder has a window for each partition; beyond half a megabyte records repeat little more.
constexpr int kWindowLog = 19;
constexpr int kLevel = 3;

template <auto kFree>
struct Freed {
  template <typename T>
  void operator()(T* handle) const {
    kFree(handle);
  }
};
using File = std::unique_ptr<std::FILE, Freed<std::fclose>>;

absl::Status FileError(const std::string& path, int error) {
  const std::string words = std::error_code(error, std::generic_category()).message();
  if (error == EEXIST) return absl::AlreadyExistsError(absl::StrCat(path, " is there already"));
  if (error == ENOENT) return absl::NotFoundError(absl::StrCat(path, ": ", words));
  return absl::InternalError(absl::StrCat(path, ": ", words));
}

}  // namespace

struct ZstdWriter::Stream {
  File file;
  std::unique_ptr<ZSTD_CCtx, Freed<ZSTD_freeCCtx>> context{ZSTD_createCCtx()};
  std::vector<char> out = std::vector<char>(ZSTD_CStreamOutSize());
};

ZstdWriter::ZstdWriter(std::string path, std::unique_ptr<Stream> stream)
    : path_(std::move(path)), stream_(std::move(stream)) {}
ZstdWriter::~ZstdWriter() = default;

absl::StatusOr<std::unique_ptr<ZstdWriter>> ZstdWriter::Create(const std::string& path) {
  auto stream = std::make_unique<Stream>();
  const int made = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (made < 0) return FileError(path, errno);
  stream->file.reset(::fdopen(made, "wb"));
  ZSTD_CCtx_setParameter(stream->context.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(stream->context.get(), ZSTD_c_windowLog, kWindowLog);
  ZSTD_CCtx_setParameter(stream->context.get(), ZSTD_c_checksumFlag, 1);
  return std::unique_ptr<ZstdWriter>(new ZstdWriter(path, std::move(stream)));
}

absl::Status ZstdWriter::Compress(std::string_view bytes, bool end) {
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  size_t left = 1;
  while (end ? left > 0 : in.pos < in.size) {
    ZSTD_outBuffer out{stream_->out.data(), stream_->out.size(), 0};
    left =
        ZSTD_compressStream2(stream_->context.get(), &out, &in, end ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left) != 0) {
      return absl::InternalError(absl::StrCat(path_, ": ", ZSTD_getErrorName(left)));
    }
    if (std::fwrite(stream_->out.data(), 1, out.pos, stream_->file.get()) != out.pos) {
      return FileError(path_, errno);
    }
    bytes_ += static_cast<int64_t>(out.pos);
  }
  return absl::OkStatus();
}

absl::Status ZstdWriter::Append(std::string_view bytes) {
  in_frame_ = true;
  return Compress(bytes, /*end=*/false);
}

absl::Status ZstdWriter::EndFrame() {
  if (!in_frame_) return absl::OkStatus();
  in_frame_ = false;
  if (absl::Status status = Compress({}, /*end=*/true); !status.ok()) return status;
  return std::fflush(stream_->file.get()) == 0 ? absl::OkStatus() : FileError(path_, errno);
}

absl::Status ZstdWriter::Sync() {
  if (absl::Status status = EndFrame(); !status.ok()) return status;
  const bool synced = ::fsync(::fileno(stream_->file.get())) == 0;
  return synced ? absl::OkStatus() : FileError(path_, errno);
}

struct ZstdReader::Stream {
  File file;
  std::unique_ptr<ZSTD_DCtx, Freed<ZSTD_freeDCtx>> context{ZSTD_createDCtx()};
  std::vector<char> in = std::vector<char>(ZSTD_DStreamInSize());
  std::vector<char> out = std::vector<char>(ZSTD_DStreamOutSize());
  ZSTD_inBuffer at{nullptr, 0, 0};
};

ZstdReader::ZstdReader(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}
ZstdReader::~ZstdReader() = default;

absl::StatusOr<std::unique_ptr<ZstdReader>> ZstdReader::Open(const std::string& path) {
  auto stream = std::make_unique<Stream>();
  stream->file.reset(std::fopen(path.c_str(), "rbe"));
  if (stream->file == nullptr) return FileError(path, errno);
  return std::unique_ptr<ZstdReader>(new ZstdReader(std::move(stream)));
}

bool ZstdReader::Refill() {
  const size_t read = std::fread(stream_->in.data(), 1, stream_->in.size(), stream_->file.get());
  stream_->at = {stream_->in.data(), read, 0};
  if (read > 0) return true;
  if (std::ferror(stream_->file.get()) != 0) {
    damage_ = "it cannot be read to its end";
  } else if (in_frame_) {
    damage_ = "it is cut off";
  }
  return false;
}

bool ZstdReader::Read(std::string& out) {
  while (damage_.empty()) {
    if (stream_->at.pos == stream_->at.size && !Refill()) return false;
    ZSTD_outBuffer made{stream_->out.data(), stream_->out.size(), 0};
    const size_t left = ZSTD_decompressStream(stream_->context.get(), &made, &stream_->at);
    if (ZSTD_isError(left) != 0) {
      damage_ = absl::StrCat("it is damaged (", ZSTD_getErrorName(left), ")");
    } else {
      in_frame_ = left > 0;
    }
    out.append(stream_->out.data(), made.pos);
    if (made.pos > 0) return true;
  }
  return false;
}

}  // namespace shelf
