// Any bytes are a recording's description, or a file of its records, or are refused with words.
// What is read, written again, reads the same; records end at the last whole one.
//
// An input's first byte tells what the rest is: the description; a file; or the entries of a file
// before they are compressed, so that the checksum does not keep what is in them from being met.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/require.h"
#include "replay/record_file.h"
#include "replay/recording.h"
#include "support/temp_dir.h"

namespace {

using namespace shelf;

struct OwnedRecord {
  int64_t offset, timestamp_ms;
  bool has_value;
  std::string key, value;
  friend bool operator==(const OwnedRecord&, const OwnedRecord&) = default;
};

void CheckDescription(const std::string& text) {
  const auto info = RecordingFromJson(text);
  if (!info.ok()) {
    Require(absl::IsInvalidArgument(info.status()) || absl::IsFailedPrecondition(info.status()),
            "refused for what it is");
    Require(!info.status().message().empty(), "words");
    return;
  }
  const std::string written = RecordingToJson(*info);
  const auto again = RecordingFromJson(written);
  Require(again.ok() && RecordingToJson(*again) == written, "the same description");
}

std::vector<OwnedRecord> RecordsIn(RecordFileReader& file) {
  std::vector<OwnedRecord> records;
  while (const Record* record = file.Next()) {
    records.push_back({record->offset, record->timestamp_ms, record->has_value,
                       std::string(record->key), std::string(record->value)});
  }
  Require(file.Next() == nullptr, "the end is the end");
  return records;
}

void CheckFile(const std::string& path, const std::string& beside) {
  const auto file = RecordFileReader::Open(path);
  if (!file.ok()) {
    const auto words = file.status().message();
    Require(words.find(path) != absl::string_view::npos, "a refusal names the file");
    return;
  }
  const std::vector<OwnedRecord> records = RecordsIn(**file);
  std::filesystem::remove(beside);
  const auto copy = RecordFileWriter::Create(beside, "stock-events", 0);
  Require(copy.ok(), "a file can be made");
  for (const OwnedRecord& record : records) {
    const Record borrowed{.offset = record.offset,
                          .timestamp_ms = record.timestamp_ms,
                          .has_value = record.has_value,
                          .key = record.key,
                          .value = record.value};
    Require((*copy)->Append(borrowed).ok(), "what was read can be written");
  }
  Require((*copy)->EndFrame().ok(), "and ended");
  const auto again = RecordFileReader::Open(beside);
  Require(again.ok() && RecordsIn(**again) == records, "the same records");
  Require((*again)->damage().empty(), "and it is whole");
}

void WriteBytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

void WriteCompressed(const std::string& path, std::string_view entries) {
  std::filesystem::remove(path);
  const auto file = ZstdWriter::Create(path);
  Require(file.ok() && (*file)->Append(entries).ok() && (*file)->EndFrame().ok(), "a file");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const TempDir& folder = *new TempDir();
  static const std::string path = folder.Inside("records.zst"), beside = folder.Inside("copy.zst");
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      CheckDescription(std::string(bytes));
      return 0;
    case 1:
      WriteBytes(path, bytes);
      break;
    default:
      WriteCompressed(path, bytes);
  }
  CheckFile(path, beside);
  return 0;
}
