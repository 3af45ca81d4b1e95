// Writes a recording: what lies in which file, and when it is safe on disk. `RecordLog` feeds it.
// THREAD: one owner.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "decode/event.h"
#include "io/source.h"
#include "replay/record_file.h"
#include "replay/recording.h"

namespace shelf {

// The text of a rule set by its hash; not ok: nobody knows it (yet).
using RulesTextOf = std::function<absl::StatusOr<std::string>(const std::string& hash)>;

class Recorder {
 public:
  // Makes the files in `folder`, which is there and holds nothing but the state that `info` speaks
  // of. `info` says where it begins; what comes after is filled in here.
  static absl::StatusOr<std::unique_ptr<Recorder>> Begin(const std::string& folder,
                                                         RecordingInfo info, RulesTextOf rules);

  // The next record of a partition that `info.events` has. Of a partition in order of offsets;
  // those before its begin are passed over.
  absl::Status TakeEvent(const Record& record);
  absl::Status TakeReference(const Record& record);

  // All that was taken is on disk and readable. Ask for it every few seconds: what a power cut
  // takes is what came since.
  absl::Status Sync();
  // The same, and the recording is marked as whole.
  absl::Status Finish();

  // The reference offset that the newest tick of any partition named; -1: none.
  int64_t reference_named() const { return reference_named_; }
  const RecordingInfo& info() const { return info_; }
  int64_t records() const { return records_; }
  // In all files.
  int64_t bytes() const;

 private:
  Recorder(std::string folder, RecordingInfo info, RulesTextOf rules)
      : folder_(std::move(folder)), info_(std::move(info)), rules_text_(std::move(rules)) {}
  absl::Status Append(RecordFileWriter& file, RecordedPartition& partition, const Record& record);
  void NoteTick();
  void NoteRules(std::string_view hash);
  absl::Status WriteRules(RecordedRules& rules);

  const std::string folder_;
  RecordingInfo info_;
  const RulesTextOf rules_text_;
  std::map<int32_t, std::unique_ptr<RecordFileWriter>> files_;
  std::unique_ptr<RecordFileWriter> reference_;
  int64_t reference_named_ = -1;
  int64_t records_ = 0;
  Event event_;  // reused
};

struct RecordLimits {
  int64_t until_ms = INT64_MAX;  // records from then on (Kafka's time) are not taken
  // Where the logs end, by partition; asked once, when `until_ms` is over by the wall's clock.
  std::function<absl::StatusOr<std::map<int32_t, int64_t>>()> ends;
  std::function<int64_t()> wall_ms;
  // Asked every turn, at least ten times a second; false ends the recording cleanly.
  std::function<bool()> keep_on;
  // After every turn, to show progress.
  std::function<void(const Recorder&)> progress = [](const Recorder&) {};
  int64_t sync_every_ms = 5000;
};

// Copies from the sources, which stand at the begins that the recorder was told, until a limit is
// reached, and finishes. Reference data is copied up to what the ticks name. An error is a source's
// or the disk's; what was taken until then is on disk if the disk takes it, and marked as broken
// off.
absl::Status RecordLog(Source& events, Source& reference, Recorder& recorder,
                       const RecordLimits& limits);

}  // namespace shelf
