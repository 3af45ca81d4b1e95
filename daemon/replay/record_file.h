// The records of one partition in a file, in the order of their offsets: docs/formats/recording.md.
// THREAD: one owner.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "io/source.h"
#include "replay/zstd_stream.h"
#include "shelf/v1/recording.pb.h"

namespace shelf {

inline constexpr uint32_t kRecordFileFormat = 1;
// Kafka's own bound on a record lies below; a length above is no length.
inline constexpr uint32_t kEntryBytesMax = 256U << 20;

class RecordFileWriter {
 public:
  static absl::StatusOr<std::unique_ptr<RecordFileWriter>> Create(const std::string& path,
                                                                  const std::string& topic,
                                                                  int32_t partition);
  absl::Status Append(const Record& record);
  // As ZstdWriter.
  absl::Status EndFrame() { return file_->EndFrame(); }
  absl::Status Sync() { return file_->Sync(); }
  int64_t bytes() const { return file_->bytes(); }

 private:
  explicit RecordFileWriter(std::unique_ptr<ZstdWriter> file) : file_(std::move(file)) {}
  absl::Status AppendEntry(const google::protobuf::MessageLite& entry);

  std::unique_ptr<ZstdWriter> file_;
  v1::RecordedRecord entry_;  // reused
  std::string bytes_;         // reused
};

class RecordFileReader {
 public:
  // NotFound: no such file; DataLoss: it does not begin as one of ours; FailedPrecondition: a newer
  // version wrote it.
  static absl::StatusOr<std::unique_ptr<RecordFileReader>> Open(const std::string& path);

  // The next record, borrowed until the next call; null at the end. Records end at the last whole
  // one: see damage().
  const Record* Next();

  // Why the file ends before its time, in words; empty: it does not, as far as it has been read.
  const std::string& damage() const { return damage_; }
  const std::string& path() const { return path_; }

 private:
  RecordFileReader(std::string path, std::unique_ptr<ZstdReader> file)
      : path_(std::move(path)), file_(std::move(file)) {}
  // The bytes of the next entry, borrowed until the next call; false at the end.
  bool NextEntry(std::string_view& entry);
  bool Has(size_t bytes);

  const std::string path_;
  std::unique_ptr<ZstdReader> file_;
  std::string buffer_;
  size_t at_ = 0;  // in buffer_
  std::string damage_;
  int32_t partition_ = 0;
  v1::RecordedRecord entry_;
  Record record_;
};

}  // namespace shelf
