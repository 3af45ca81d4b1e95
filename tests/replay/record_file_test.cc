#include "replay/record_file.h"

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/temp_dir.h"

namespace shelf {
namespace {

std::string Noise(size_t bytes, uint32_t seed) {
  std::mt19937 random(seed);
  std::string noise(bytes, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  return noise;
}

Record RecordAt(int64_t offset, const std::string& value) {
  return {
      .partition = 3, .offset = offset, .timestamp_ms = 1000 + offset, .key = "k", .value = value};
}

// A frame for each record, so that a cut costs one.
void Write(const std::string& path, const std::vector<std::string>& values) {
  auto file = RecordFileWriter::Create(path, "stock-events", 3);
  REQUIRE(file.ok());
  for (size_t i = 0; i < values.size(); ++i) {
    REQUIRE((*file)->Append(RecordAt(static_cast<int64_t>(i), values[i])).ok());
    REQUIRE((*file)->EndFrame().ok());
  }
  REQUIRE((*file)->Sync().ok());
}

struct Content {
  std::vector<std::string> values;
  std::string damage;
};

Content ReadAll(const std::string& path) {
  Content content;
  auto file = RecordFileReader::Open(path);
  REQUIRE(file.ok());
  while (const Record* record = (*file)->Next()) {
    REQUIRE(record->partition == 3);
    REQUIRE(record->offset == static_cast<int64_t>(content.values.size()));
    REQUIRE(record->timestamp_ms == 1000 + record->offset);
    content.values.emplace_back(record->value);
  }
  content.damage = (*file)->damage();
  return content;
}

TEST_CASE("A file of records gives back what was put in, whatever its size") {
  const TempDir folder;
  const std::string path = folder.Inside("r.zst");
  const std::vector<std::string> values = {"", "short", Noise(3 << 20, 1),
                                           std::string(1 << 20, 'a'), "last"};
  Write(path, values);
  const Content content = ReadAll(path);
  CHECK(content.values == values);
  CHECK(content.damage.empty());
}

TEST_CASE("A tombstone is not an empty value") {
  const TempDir folder;
  const std::string path = folder.Inside("r.zst");
  auto file = RecordFileWriter::Create(path, "reference", 0);
  REQUIRE(file.ok());
  REQUIRE((*file)->Append({.offset = 4, .has_value = false, .key = "item/1", .value = ""}).ok());
  REQUIRE((*file)->Append({.offset = 5, .has_value = true, .key = "item/1", .value = ""}).ok());
  REQUIRE((*file)->Sync().ok());
  auto reader = RecordFileReader::Open(path);
  REQUIRE(reader.ok());
  CHECK_FALSE((*reader)->Next()->has_value);
  CHECK((*reader)->Next()->has_value);
  CHECK((*reader)->Next() == nullptr);
}

TEST_CASE("A file that is cut off anywhere is read up to its last whole record, and says so") {
  const TempDir folder;
  const std::string whole = folder.Inside("whole.zst");
  const std::vector<std::string> values = {Noise(5000, 1), Noise(5000, 2), Noise(5000, 3)};
  Write(whole, values);
  const auto size = std::filesystem::file_size(whole);
  size_t fewest = values.size();
  for (uintmax_t cut = size - 1; cut > size / 3; cut -= 97) {
    const std::string torn = folder.Inside("torn.zst");
    std::filesystem::copy_file(whole, torn, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(torn, cut);
    const Content content = ReadAll(torn);
    REQUIRE(content.values.size() <= values.size());
    REQUIRE(std::equal(content.values.begin(), content.values.end(), values.begin()));
    fewest = std::min(fewest, content.values.size());
  }
  CHECK(fewest == 1);
  std::filesystem::resize_file(whole, size - 1);
  CHECK(ReadAll(whole).damage == "it is cut off");
}

TEST_CASE("Behind a damaged byte nothing is believed") {
  const TempDir folder;
  const std::string path = folder.Inside("r.zst");
  const std::vector<std::string> values = {Noise(5000, 1), Noise(5000, 2), Noise(5000, 3)};
  Write(path, values);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(7500);
  file.put('!');
  file.close();
  const Content content = ReadAll(path);
  CHECK(content.values == std::vector<std::string>{values[0]});
  CHECK(content.damage.find("it is damaged") == 0);
}

TEST_CASE("A file that is none of ours is refused") {
  const TempDir folder;
  const std::string path = folder.Inside("r.zst");
  std::ofstream(path) << "not zstd at all";
  CHECK(absl::IsDataLoss(RecordFileReader::Open(path).status()));
  CHECK(absl::IsNotFound(RecordFileReader::Open(folder.Inside("none.zst")).status()));
}

TEST_CASE("A recording is not written over another") {
  const TempDir folder;
  Write(folder.Inside("r.zst"), {"one"});
  CHECK(absl::IsAlreadyExists(
      RecordFileWriter::Create(folder.Inside("r.zst"), "stock-events", 0).status()));
}

}  // namespace
}  // namespace shelf
