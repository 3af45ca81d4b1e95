// Makes what the production encoders write into the corpora again: fuzz_corpus tests/fuzz/corpus.
// What a fuzzer found lies there beside it, under other names.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "base/percent.h"
#include "fuzz/shop_rows.h"
#include "replay/record_file.h"
#include "replay/recording.h"
#include "shelf/v1/reference.pb.h"
#include "state/rows.h"
#include "support/temp_dir.h"

namespace shelf {
namespace {

namespace fs = std::filesystem;

void Write(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// The rows' kinds in the order of rows_fuzz.cc.
constexpr std::string_view kKindsOfRows = "psrjuvx";

void MakeRows(const fs::path& folder) {
  std::map<char, int> made;
  for (const auto& [key, value] : RowsOfADay()) {
    const size_t kind = kKindsOfRows.find(key.front());
    if (kind == std::string_view::npos || made[key.front()] == 4) continue;
    Write(folder / ("day-" + key.substr(0, 1) + std::to_string(made[key.front()]++)),
          std::string(1, static_cast<char>(kind)) + value);
  }
}

void AddRecord(const std::string& key, const std::string& value, std::string& records) {
  ByteWriter writer(records);
  writer.Put(static_cast<uint8_t>(key.size()));
  records += key;
  writer.Put(static_cast<uint16_t>(value.size()));
  records += value;
}

v1::Store FullStore() {
  v1::Store store;
  store.set_store("1");
  store.set_name("Harbour");
  store.set_gln("4012345000009");
  store.set_region("north");
  store.add_groups("pilot");
  store.set_timezone("Europe/Berlin");
  for (int day = 1; day <= 6; ++day) {
    v1::OpeningHours& hours = *store.add_opening_hours();
    hours.set_weekday(day);
    hours.set_opens_minute(480);
    hours.set_closes_minute(day == 6 ? 1500 : 1200);
  }
  v1::SpecialDay& closed = *store.add_special_days();
  closed.set_date("2026-12-25");
  v1::Service& pickup = *store.add_services();
  pickup.set_method("pickup");
  pickup.set_ready_in_minutes(120);
  (*store.mutable_channel_ids())["site"] = "S-1";
  return store;
}

v1::Item FullItem() {
  v1::Item item;
  item.set_sku("A");
  item.set_gtin("04012345000009");
  item.add_category("food");
  item.add_category("fruit");
  item.set_unit_of_measure("KGM");
  item.set_step_milli(100);
  item.add_blocked_channels("market");
  return item;
}

void MakeReference(const fs::path& folder) {
  std::string day, one;
  for (const auto& [key, value] : RowsOfADay()) {
    if (key.front() == static_cast<char>(RowKind::kReference)) AddRecord(key.substr(1), value, day);
  }
  Write(folder / "day", day);
  AddRecord("store/1", FullStore().SerializeAsString(), one);
  Write(folder / "store", one);
  one.clear();
  AddRecord("item/A", FullItem().SerializeAsString(), one);
  Write(folder / "item", one);
  one.clear();
  v1::Listing listing;
  listing.set_store("1");
  listing.set_sku("A b/c");
  listing.add_channels("site");
  AddRecord(JoinKey({"listing", "1", "A b/c"}), listing.SerializeAsString(), one);
  Write(folder / "listing", one);
}

// A change of checkpoint_fuzz.cc.
std::string Change(int row, int way, int place, const std::string& bytes) {
  std::string change{static_cast<char>(row), static_cast<char>(way), static_cast<char>(place),
                     static_cast<char>(bytes.size())};
  return change + bytes;
}

void MakeCheckpoint(const fs::path& folder) {
  const RowList rows = RowsOfADay();
  Write(folder / "as-it-was", "");
  std::map<char, bool> made;
  for (size_t row = 0; row < rows.size() && row < 256; ++row) {
    const char kind = rows[row].first.front();
    if (made[kind]) continue;
    made[kind] = true;
    const std::string name(1, kind);
    const auto at = static_cast<int>(row);
    Write(folder / (name + "-cut"), Change(at, 1, 3, ""));
    Write(folder / (name + "-key-long"), Change(at, 5, 0, rows[row].first.substr(1) + "x"));
    Write(folder / (name + "-key-short"), Change(at, 5, 0, ""));
    Write(folder / (name + "-ones"), Change(at, 0, 2, "\xff\xff\xff\x7f"));
  }
}

std::string Description() {
  RecordingInfo info;
  info.made_ms = 1'793'599'200'000;
  info.partitions_total = 4;
  info.ring_bytes_max_per_store = 4 << 20;
  info.ring_age_max_ms = 604'800'000;
  info.has_state = info.complete = true;
  info.incarnation = 7;
  info.from_ms = 1'793'599'200'000;
  info.to_ms = 1'793'602'800'000;
  info.events[2] = {.first = 10, .next = 25, .records = 14};
  info.of_reference = {.first = 0, .next = 5, .records = 5};
  info.rules.push_back({.hash = std::string(16, '\x5a'), .first_ms = 0, .has_text = true});
  return RecordingToJson(info);
}

std::string FileOfRecords(const std::string& path) {
  const auto file = RecordFileWriter::Create(path, "stock-events", 2);
  SHELF_CHECK(file.ok(), "a file can be made");
  for (int64_t offset = 10; offset < 14; ++offset) {
    const Record record{.partition = 2,
                        .offset = offset,
                        .timestamp_ms = 1000 * offset,
                        .has_value = offset != 12,
                        .key = "1",
                        .value = "not looked into"};
    SHELF_CHECK((*file)->Append(record).ok() && (*file)->EndFrame().ok(), "nor written");
  }
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string Entries(const std::string& path) {
  const auto file = ZstdReader::Open(path);
  SHELF_CHECK(file.ok(), "it was written");
  std::string entries;
  while ((*file)->Read(entries)) continue;
  return entries;
}

void MakeRecording(const fs::path& folder) {
  const TempDir temporary;
  const std::string path = temporary.Inside("records.zst");
  const std::string file = FileOfRecords(path);
  const std::string entries = Entries(path);
  Write(folder / "description", std::string(1, '\0') + Description());
  Write(folder / "file", "\1" + file);
  Write(folder / "file-cut", "\1" + file.substr(0, file.size() - 9));
  Write(folder / "entries", "\2" + entries);
  Write(folder / "entries-cut", "\2" + entries.substr(0, entries.size() - 3));
  Write(folder / "length-of-256-mb", "\2" + entries + "\x80\x80\x80\x80\x01" + "x");
}

}  // namespace
}  // namespace shelf

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
    return 2;
  }
  const shelf::fs::path folder(argv[1]);
  shelf::MakeRows(folder / "rows");
  shelf::MakeReference(folder / "reference");
  shelf::MakeCheckpoint(folder / "checkpoint");
  shelf::MakeRecording(folder / "recording");
  return 0;
}
