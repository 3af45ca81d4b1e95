// `shelfctl explain --at`: a key as it stood at an instant of a recording.
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "app/explain.h"
#include "base/murmur2.h"
#include "ctl/answer.h"
#include "ctl/explain.h"
#include "ctl/numbers.h"
#include "ctl/recorded_rules.h"
#include "ctl/replay_command.h"
#include "ctl/when.h"
#include "decode/decode.h"
#include "replay/log_merge.h"
#include "replay/record_file.h"
#include "replay/side.h"

namespace shelf::ctl {
namespace {

// Reads through the file of the place: an explanation names one record, or none.
absl::StatusOr<std::optional<ReadBack>> FindRecord(const std::string& folder,
                                                   const RecordPlace& place) {
  auto file = RecordFileReader::Open(place.reference ? ReferenceFile(folder)
                                                     : EventsFile(folder, place.partition));
  if (!file.ok()) return file.status();
  while (const Record* record = (*file)->Next()) {
    if (record->offset < place.offset) continue;
    if (record->offset > place.offset) break;
    return ReadBack{.has_value = record->has_value,
                    .key = std::string(record->key),
                    .value = std::string(record->value)};
  }
  return std::nullopt;
}

// The store's partition alone, run up to an instant: the others have no say in it.
class Past {
 public:
  Past(const ExplainAtOptions& options, RecordingInfo info)
      : options_(options), info_(std::move(info)) {}

  absl::Status RunTo(int64_t at_ms);
  absl::StatusOr<Json> Explain();

 private:
  absl::Status CheckCovers(int64_t at_ms) const;
  // False: it lies after the instant.
  absl::StatusOr<bool> Take(const Record& record, int64_t at_ms);

  const ExplainAtOptions& options_;
  const RecordingInfo info_;
  std::unique_ptr<Side> side_;
  Event event_;
};

absl::Status Past::CheckCovers(int64_t at_ms) const {
  if (info_.from_ms > 0 && at_ms >= info_.from_ms && at_ms <= info_.to_ms) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the recording reaches from ", DayAndTime(info_.from_ms), " to ",
                   DayAndTime(info_.to_ms), ", --at is ", DayAndTime(at_ms)));
}

absl::StatusOr<bool> Past::Take(const Record& record, int64_t at_ms) {
  event_.Clear();
  const bool readable = record.has_value && Decode(record.value, event_) == RejectReason::kNone;
  const bool is_tick = readable && event_.body == Body::kTick;
  if ((is_tick ? event_.tick_time.ms : record.timestamp_ms) > at_ms) return false;
  if (is_tick) {
    absl::Status status = side_->ReadReferenceThrough(event_.tick_reference_offset);
    if (!status.ok()) return status;
  }
  if (absl::Status status = side_->Take({&record, 1}); !status.ok()) return status;
  return true;
}

absl::Status Past::RunTo(int64_t at_ms) {
  if (absl::Status status = CheckCovers(at_ms); !status.ok()) return status;
  auto rules = RulesAsRecorded(options_.folder, info_);
  if (!rules.ok()) return rules.status();
  const int32_t partition = PartitionOf(options_.store, info_.partitions_total);
  auto side =
      Side::Open({.folder = options_.folder, .partitions = {partition}, .keeps_journal = true},
                 info_, *std::move(rules), [](const OutRecord&) {});
  if (!side.ok()) return side.status();
  side_ = *std::move(side);
  auto log = LogMerge::Open(options_.folder, info_, {partition});
  if (!log.ok()) return log.status();
  while (const Record* record = log->Next()) {
    const absl::StatusOr<bool> taken = Take(*record, at_ms);
    if (!taken.ok()) return taken.status();
    if (!*taken) break;
  }
  return absl::OkStatus();
}

absl::StatusOr<Json> Past::Explain() {
  const KeyNames key{.channel = options_.channel, .store = options_.store, .sku = options_.sku};
  auto explanation = ExplainKey(side_->worker(), key);
  if (!explanation.ok()) return explanation.status();
  return Complete(*std::move(explanation), side_->store(),
                  [this](const RecordPlace& place) { return FindRecord(options_.folder, place); });
}

}  // namespace

int ExplainAt(const Common& common, const ExplainAtOptions& options, std::ostream& out,
              std::ostream& err) {
  const auto at_ms = ParseInstantMs("--at", options.at);
  if (!at_ms.ok()) return Fail(at_ms.status(), err);
  auto info = ReadRecordingInfo(options.folder);
  if (!info.ok()) return Fail(info.status(), err);
  Past past(options, *std::move(info));
  if (absl::Status status = past.RunTo(*at_ms); !status.ok()) return Fail(status, err);
  return ShowAnswer(common, past.Explain(), ShowExplanation, out, err);
}

}  // namespace shelf::ctl
