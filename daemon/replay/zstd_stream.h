// A file of zstd frames, written and read as a stream of bytes. Memory: about 1.5 MB while writing,
// 1 MB while reading, whatever the file's size.
// THREAD: one owner.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace shelf {

class ZstdWriter {
 public:
  // Makes the file; AlreadyExists when it is there.
  static absl::StatusOr<std::unique_ptr<ZstdWriter>> Create(const std::string& path);
  // What was not ended may be lost.
  ~ZstdWriter();
  ZstdWriter(const ZstdWriter&) = delete;
  ZstdWriter& operator=(const ZstdWriter&) = delete;

  absl::Status Append(std::string_view bytes);
  // Ends the frame: a reader finds all that was appended, also when the process ends here without
  // another word. Nothing appended since: nothing is written.
  absl::Status EndFrame();
  // The same, and it outlives a power cut.
  absl::Status Sync();

  // Bytes in the file.
  int64_t bytes() const { return bytes_; }

 private:
  struct Stream;
  ZstdWriter(std::string path, std::unique_ptr<Stream> stream);
  absl::Status Compress(std::string_view bytes, bool end);

  const std::string path_;
  std::unique_ptr<Stream> stream_;
  bool in_frame_ = false;
  int64_t bytes_ = 0;
};

class ZstdReader {
 public:
  // NotFound: no such file.
  static absl::StatusOr<std::unique_ptr<ZstdReader>> Open(const std::string& path);
  ~ZstdReader();
  ZstdReader(const ZstdReader&) = delete;
  ZstdReader& operator=(const ZstdReader&) = delete;

  // Appends the next bytes to `out`; false when there are none any more. What stands before the
  // first damaged byte is given, nothing behind it.
  bool Read(std::string& out);

  // Why it ended before its time, in words: cut off within a frame, or damaged. Empty: it did not.
  const std::string& damage() const { return damage_; }

 private:
  struct Stream;
  explicit ZstdReader(std::unique_ptr<Stream> stream);
  bool Refill();

  std::unique_ptr<Stream> stream_;
  bool in_frame_ = false;
  std::string damage_;
};

}  // namespace shelf
