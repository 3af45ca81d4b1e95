#include "replay/recorder.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "decode/decode.h"

namespace shelf {
namespace {

namespace fs = std::filesystem;

// What a crash of the process loses of a file, before compression.
constexpr int64_t kFrameRecords = 20'000;

}  // namespace

absl::StatusOr<std::unique_ptr<Recorder>> Recorder::Begin(const std::string& folder,
                                                          RecordingInfo info, RulesTextOf rules) {
  std::error_code error;
  fs::create_directory(fs::path(folder) / "rules", error);
  if (error) return absl::InternalError(absl::StrCat(folder, ": ", error.message()));
  std::unique_ptr<Recorder> recorder(new Recorder(folder, std::move(info), std::move(rules)));
  RecordingInfo& made = recorder->info_;
  for (auto& [id, partition] : made.events) {
    partition.next = partition.first;
    auto file = RecordFileWriter::Create(EventsFile(folder, id), made.stock_events, id);
    if (!file.ok()) return file.status();
    recorder->files_[id] = *std::move(file);
  }
  made.of_reference.next = made.of_reference.first;
  auto reference = RecordFileWriter::Create(ReferenceFile(folder), made.reference, 0);
  if (!reference.ok()) return reference.status();
  recorder->reference_ = *std::move(reference);
  if (absl::Status status = recorder->Sync(); !status.ok()) return status;
  return recorder;
}

absl::Status Recorder::Append(RecordFileWriter& file, RecordedPartition& partition,
                              const Record& record) {
  if (record.offset < partition.next) return absl::OkStatus();
  if (absl::Status status = file.Append(record); !status.ok()) return status;
  partition.next = record.offset + 1;
  ++records_;
  if (++partition.records % kFrameRecords == 0) return file.EndFrame();
  return absl::OkStatus();
}

absl::Status Recorder::TakeEvent(const Record& record) {
  const auto partition = info_.events.find(record.partition);
  SHELF_CHECK(partition != info_.events.end(), "a partition of the recording");
  event_.Clear();
  const bool readable = record.has_value && Decode(record.value, event_) == RejectReason::kNone;
  if (readable && event_.body == Body::kTick) NoteTick();
  return Append(*files_.at(record.partition), partition->second, record);
}

absl::Status Recorder::TakeReference(const Record& record) {
  return Append(*reference_, info_.of_reference, record);
}

void Recorder::NoteTick() {
  reference_named_ = std::max(reference_named_, event_.tick_reference_offset);
  if (info_.from_ms == 0) {
    info_.from_ms = event_.tick_time.ms;
    info_.incarnation = event_.epoch > 0 ? event_.epoch - 1 : 0;
  }
  info_.to_ms = std::max(info_.to_ms, event_.tick_time.ms);
  NoteRules(event_.tick_rule_set);
}

void Recorder::NoteRules(std::string_view hash) {
  const auto known = std::find_if(info_.rules.rbegin(), info_.rules.rend(),
                                  [&](const RecordedRules& r) { return r.hash == hash; });
  if (known != info_.rules.rend()) return;
  info_.rules.push_back({.hash = std::string(hash), .first_ms = event_.tick_time.ms});
}

absl::Status Recorder::WriteRules(RecordedRules& rules) {
  const absl::StatusOr<std::string> text = rules_text_(rules.hash);
  if (!text.ok()) return absl::OkStatus();  // asked again with the next Sync
  absl::Status status = ReplaceFile(RulesFileOf(folder_, rules.hash), *text);
  rules.has_text = status.ok();
  return status;
}

absl::Status Recorder::Sync() {
  for (const auto& [id, file] : files_) {
    if (absl::Status status = file->Sync(); !status.ok()) return status;
  }
  if (absl::Status status = reference_->Sync(); !status.ok()) return status;
  for (RecordedRules& rules : info_.rules) {
    if (rules.has_text) continue;
    if (absl::Status status = WriteRules(rules); !status.ok()) return status;
  }
  return ReplaceFile((fs::path(folder_) / kRecordingFile).string(), RecordingToJson(info_));
}

absl::Status Recorder::Finish() {
  info_.complete = true;
  return Sync();
}

int64_t Recorder::bytes() const {
  int64_t bytes = reference_->bytes();
  for (const auto& [id, file] : files_) bytes += file->bytes();
  return bytes;
}

}  // namespace shelf
