#include "replay/record_file.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace shelf {
namespace {

// A varint of the wire format, at most 5 bytes. False: it is not whole. Too long: `length` is above
// any bound.
bool ReadLength(std::string_view bytes, uint64_t& length, size_t& taken) {
  length = 0;
  for (taken = 0; taken < bytes.size();) {
    const auto byte = static_cast<uint8_t>(bytes[taken]);
    length |= uint64_t{byte & 0x7fU} << (7 * taken);
    ++taken;
    if (byte < 0x80) return true;
    if (taken == 5) {
      length = UINT64_MAX;
      return true;
    }
  }
  return false;
}

void AppendLength(uint64_t length, std::string& out) {
  for (; length >= 0x80; length >>= 7) out.push_back(static_cast<char>(length | 0x80));
  out.push_back(static_cast<char>(length));
}

}  // namespace

absl::StatusOr<std::unique_ptr<RecordFileWriter>> RecordFileWriter::Create(const std::string& path,
                                                                           const std::string& topic,
                                                                           int32_t partition) {
  auto file = ZstdWriter::Create(path);
  if (!file.ok()) return file.status();
  std::unique_ptr<RecordFileWriter> writer(new RecordFileWriter(*std::move(file)));
  v1::RecordingHeader header;
  header.set_format(kRecordFileFormat);
  header.set_topic(topic);
  header.set_partition(partition);
  if (absl::Status status = writer->AppendEntry(header); !status.ok()) return status;
  return writer;
}

absl::Status RecordFileWriter::AppendEntry(const google::protobuf::MessageLite& entry) {
  bytes_.clear();
  const size_t size = entry.ByteSizeLong();
  SHELF_CHECK(size <= kEntryBytesMax, "no broker takes a record as long as this");
  AppendLength(size, bytes_);
  entry.AppendToString(&bytes_);
  return file_->Append(bytes_);
}

absl::Status RecordFileWriter::Append(const Record& record) {
  entry_.set_offset(record.offset);
  entry_.set_timestamp_ms(record.timestamp_ms);
  entry_.set_key(record.key.data(), record.key.size());
  if (record.has_value) {
    entry_.set_value(record.value.data(), record.value.size());
  } else {
    entry_.clear_value();
  }
  return AppendEntry(entry_);
}

absl::StatusOr<std::unique_ptr<RecordFileReader>> RecordFileReader::Open(const std::string& path) {
  auto file = ZstdReader::Open(path);
  if (!file.ok()) return file.status();
  std::unique_ptr<RecordFileReader> reader(new RecordFileReader(path, *std::move(file)));
  std::string_view entry;
  v1::RecordingHeader header;
  const bool whole = reader->NextEntry(entry) &&
                     header.ParseFromArray(entry.data(), static_cast<int>(entry.size())) &&
                     header.format() > 0;
  if (!whole) {
    return absl::DataLossError(absl::StrCat(path, " does not begin as a file of records does",
                                            reader->damage().empty() ? "" : ": ",
                                            reader->damage()));
  }
  if (header.format() > kRecordFileFormat) {
    return absl::FailedPreconditionError(absl::StrCat(path, " has format ", header.format(),
                                                      ", this version reads ", kRecordFileFormat));
  }
  reader->partition_ = header.partition();
  return reader;
}

bool RecordFileReader::Has(size_t bytes) {
  if (buffer_.size() - at_ >= bytes) return true;
  buffer_.erase(0, at_);
  at_ = 0;
  while (buffer_.size() < bytes) {
    if (!file_->Read(buffer_)) return false;
  }
  return true;
}

bool RecordFileReader::NextEntry(std::string_view& entry) {
  if (!damage_.empty()) return false;
  if (!Has(1)) {
    damage_ = file_->damage();
    return false;
  }
  Has(5);  // an entry may be shorter than the longest length
  uint64_t length = 0;
  size_t taken = 0;
  const bool has_length =
      ReadLength(std::string_view(buffer_).substr(at_), length, taken) && length <= kEntryBytesMax;
  if (has_length && Has(taken + length)) {
    entry = std::string_view(buffer_).substr(at_ + taken, length);
    at_ += taken + length;
    return true;
  }
  damage_ = file_->damage().empty() ? "it ends within a record" : file_->damage();
  return false;
}

const Record* RecordFileReader::Next() {
  std::string_view entry;
  if (!NextEntry(entry)) return nullptr;
  if (!entry_.ParseFromArray(entry.data(), static_cast<int>(entry.size()))) {
    damage_ = "it holds a record that cannot be read";
    return nullptr;
  }
  record_.partition = partition_;
  record_.offset = entry_.offset();
  record_.timestamp_ms = entry_.timestamp_ms();
  record_.key = entry_.key();
  record_.has_value = entry_.has_value();
  record_.value = entry_.value();
  return &record_;
}

}  // namespace shelf
