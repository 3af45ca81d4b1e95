#include "replay/recorder.h"

#include <filesystem>
#include <string>
#include <vector>

#include "replay/log_book.h"
#include "replay/log_merge.h"
#include "replay/reference_source.h"
#include "support/catch.h"
#include "support/temp_dir.h"

namespace shelf {
namespace {

std::vector<int64_t> OffsetsIn(const std::string& path) {
  auto file = RecordFileReader::Open(path);
  REQUIRE(file.ok());
  std::vector<int64_t> offsets;
  while (const Record* record = (*file)->Next()) offsets.push_back(record->offset);
  return offsets;
}

Record RecordOf(int64_t offset, std::string_view key, std::string_view value) {
  Record record;
  record.offset = offset;
  record.key = key;
  record.value = value;
  return record;
}

absl::StatusOr<std::string> Unknown(const std::string& /*hash*/) {
  return absl::NotFoundError("nobody knows it");
}

TEST_CASE("A recording tells what it holds") {
  LogBook book(KeepBack(1));
  book.PutStore("1");
  book.Tick();
  book.List("1", {{"a", 1}});
  book.Tick();
  const TempDir folder;
  book.Record(folder.path(), book.Info());
  const auto info = ReadRecordingInfo(folder.path());
  REQUIRE(info.ok());
  CHECK(info->complete);
  CHECK(info->incarnation == kBookIncarnation);
  CHECK(info->from_ms == kBookStartMs + 1000);
  CHECK(info->to_ms == kBookStartMs + 2000);
  CHECK(info->events.at(0).records == 5);
  CHECK(info->events.at(0).next == 5);
  CHECK(info->of_reference.records == 1);
  REQUIRE(info->rules.size() == 1);
  CHECK(info->rules[0].hash == HashOf(KeepBack(1)));
  CHECK(ReadSmallFile(RulesFileOf(folder.path(), info->rules[0].hash), 1000).value() ==
        KeepBack(1));
}

TEST_CASE("What is written of a recording is read back as it was") {
  RecordingInfo info;
  info.made_ms = 1;
  info.partitions_total = 32;
  info.has_state = true;
  info.events[3] = {.first = 10, .next = 20, .records = 9};
  info.of_reference = {.first = 5, .next = 6, .records = 1};
  info.rules = {{.hash = std::string("\x01\xff", 2), .first_ms = 7, .has_text = false}};
  const std::string text = RecordingToJson(info);
  const auto read = RecordingFromJson(text);
  REQUIRE(read.ok());
  CHECK(RecordingToJson(*read) == text);
  CHECK(read->rules[0].hash == info.rules[0].hash);
}

TEST_CASE("A recording of a newer version is refused, and so is what is none") {
  std::string text = RecordingToJson({});
  text.replace(text.find("\"format\": 1"), 11, "\"format\": 2");
  CHECK(absl::IsFailedPrecondition(RecordingFromJson(text).status()));
  CHECK(absl::IsInvalidArgument(RecordingFromJson("{}").status()));
  CHECK(absl::IsNotFound(ReadRecordingInfo("/nowhere").status()));
}

TEST_CASE("A recorder that dies leaves what was safe on disk, and not as whole") {
  const TempDir folder;
  const LogBook book(KeepBack(1));
  {
    auto recorder = Recorder::Begin(folder.path(), book.Info(), Unknown);
    REQUIRE(recorder.ok());
    REQUIRE((*recorder)->TakeEvent(RecordOf(0, "1", "x")).ok());
    REQUIRE((*recorder)->Sync().ok());
    REQUIRE((*recorder)->TakeEvent(RecordOf(1, "1", "y")).ok());
  }
  CHECK_FALSE(ReadRecordingInfo(folder.path())->complete);
  CHECK(OffsetsIn(EventsFile(folder.path(), 0)) == std::vector<int64_t>{0});
}

TEST_CASE("A rule set whose text comes late is in the recording all the same") {
  LogBook book(KeepBack(1));
  book.Tick();
  const TempDir folder;
  bool known = false;
  auto recorder = Recorder::Begin(folder.path(), book.Info(), [&known](const std::string& hash) {
    return known ? absl::StatusOr<std::string>(KeepBack(1)) : Unknown(hash);
  });
  REQUIRE(recorder.ok());
  const MemoryRecord& tick = book.log().Records("stock-events", 0).front();
  REQUIRE((*recorder)->TakeEvent(RecordOf(0, tick.key, tick.value)).ok());
  REQUIRE((*recorder)->Sync().ok());
  CHECK_FALSE(ReadRecordingInfo(folder.path())->rules.at(0).has_text);
  known = true;
  REQUIRE((*recorder)->Finish().ok());
  CHECK(ReadRecordingInfo(folder.path())->rules.at(0).has_text);
}

TEST_CASE("Records from the end of the time on are not taken") {
  LogBook book(KeepBack(1));
  for (int i = 0; i < 6; ++i) book.Tick();
  const TempDir folder;
  auto recorder = Recorder::Begin(folder.path(), book.Info(), Unknown);
  REQUIRE(recorder.ok());
  MemorySource events(&book.log(), "stock-events", {{0, 0}});
  MemorySource reference(&book.log(), "reference", {{0, 0}});
  RecordLimits limits;
  limits.until_ms = kBookStartMs + 4000;
  limits.wall_ms = [] { return kBookStartMs; };
  limits.keep_on = [] { return true; };
  REQUIRE(RecordLog(events, reference, **recorder, limits).ok());
  CHECK(OffsetsIn(EventsFile(folder.path(), 0)) == std::vector<int64_t>{0, 1, 2});
}

TEST_CASE("Asked to stop, a recorder ends cleanly") {
  LogBook book(KeepBack(1));
  book.Tick();
  const TempDir folder;
  auto recorder = Recorder::Begin(folder.path(), book.Info(), Unknown);
  REQUIRE(recorder.ok());
  MemorySource events(&book.log(), "stock-events", {{0, 0}});
  MemorySource reference(&book.log(), "reference", {{0, 0}});
  RecordLimits limits;
  int turns = 0;
  limits.wall_ms = [] { return kBookStartMs; };
  limits.keep_on = [&turns] { return ++turns < 4; };
  REQUIRE(RecordLog(events, reference, **recorder, limits).ok());
  CHECK(ReadRecordingInfo(folder.path())->complete);
}

TEST_CASE(
    "Asked to stop before what a tick names has come, a recorder leaves nothing that looks whole") {
  LogBook book(KeepBack(1));
  book.PutStore("1");
  book.PutItem("a", "Food");
  book.Tick();
  const TempDir folder;
  auto recorder = Recorder::Begin(folder.path(), book.Info(), Unknown);
  REQUIRE(recorder.ok());
  MemoryLog late;  // of which the reference data come later
  late.CreateTopic("reference", 1);
  MemorySource events(&book.log(), "stock-events", {{0, 0}});
  MemorySource reference(&late, "reference", {{0, 0}});
  RecordLimits limits;
  int turns = 0;
  limits.wall_ms = [] { return kBookStartMs; };
  limits.keep_on = [&turns] { return ++turns < 4; };
  const absl::Status status = RecordLog(events, reference, **recorder, limits);
  CHECK(absl::IsUnavailable(status));
  CHECK(status.message() ==
        "asked to stop before offset 1 of topic reference had come, which a tick names: the "
        "recording is not whole");
  CHECK_FALSE(ReadRecordingInfo(folder.path())->complete);
}

TEST_CASE("Partitions come in the order of their times, each in its own order") {
  const TempDir folder;
  RecordingInfo info;
  info.partitions_total = 2;
  info.events[0] = {};
  info.events[1] = {};
  auto recorder = Recorder::Begin(folder.path(), info, Unknown);
  REQUIRE(recorder.ok());
  const auto take = [&](int32_t partition, int64_t offset, int64_t time_ms) {
    Record record;
    record.partition = partition;
    record.offset = offset;
    record.timestamp_ms = time_ms;
    REQUIRE((*recorder)->TakeEvent(record).ok());
  };
  take(1, 0, 10);
  take(1, 1, 30);
  take(1, 2, 20);  // a clock that went back
  take(0, 0, 10);
  take(0, 1, 25);
  take(0, 2, 40);
  REQUIRE((*recorder)->Finish().ok());
  auto log = LogMerge::Open(folder.path(), (*recorder)->info());
  REQUIRE(log.ok());
  std::string order;
  while (const Record* record = log->Next()) {
    order += std::to_string(record->partition) + ":" + std::to_string(record->offset) + " ";
  }
  CHECK(order == "0:0 1:0 0:1 1:1 1:2 0:2 ");
}

TEST_CASE("Reference data is let through as far as ticks have named it") {
  LogBook book(KeepBack(1));
  for (const char* sku : {"a", "b", "c"}) book.PutItem(sku, "Food");
  const TempDir folder;
  book.Record(folder.path(), book.Info());
  auto file = RecordFileReader::Open(ReferenceFile(folder.path()));
  REQUIRE(file.ok());
  ReferenceSource source(*std::move(file));
  std::vector<Record> records;
  REQUIRE(source.Poll(0, 10, records).ok());
  CHECK(records.empty());
  source.LetThrough(1);
  REQUIRE(source.Poll(0, 10, records).ok());
  REQUIRE(records.size() == 2);
  CHECK(records[1].key == "item/b");
  source.LetThrough(99);
  REQUIRE(source.Poll(0, 10, records).ok());
  CHECK(records.size() == 1);
  REQUIRE(source.Poll(0, 10, records).ok());
  CHECK(source.EndSeen(0) == 100);
}

}  // namespace
}  // namespace shelf
