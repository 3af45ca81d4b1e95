// From the log's sources to a recorder, until it is enough.
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "replay/recorder.h"

namespace shelf {
namespace {

constexpr int kTurnMs = 100;
constexpr size_t kBatchMax = 5000;
// How long reference data that a tick names may take to come: the daemon has read it.
constexpr int kReferenceTurnsMax = 300;

class Copy {
 public:
  Copy(Source& events, Source& reference, Recorder& recorder, const RecordLimits& limits)
      : events_(events),
        reference_(reference),
        recorder_(recorder),
        limits_(limits),
        reference_seen_(recorder.info().of_reference.first - 1) {
    for (const auto& [id, partition] : recorder.info().events) open_.insert(id);
  }

  absl::Status Run() {
    int64_t synced_ms = limits_.wall_ms();
    while (!open_.empty() && limits_.keep_on()) {
      if (absl::Status status = Turn(); !status.ok()) return status;
      limits_.progress(recorder_);
      const int64_t now_ms = limits_.wall_ms();
      if (now_ms - synced_ms < limits_.sync_every_ms) continue;
      synced_ms = now_ms;
      if (absl::Status status = recorder_.Sync(); !status.ok()) return status;
    }
    return recorder_.Finish();
  }

 private:
  absl::Status Turn() {
    if (absl::Status status = events_.Poll(kTurnMs, kBatchMax, batch_); !status.ok()) {
      return status;
    }
    for (const Record& record : batch_) {
      if (!open_.contains(record.partition)) continue;
      if (record.timestamp_ms >= limits_.until_ms) {
        open_.erase(record.partition);
      } else if (absl::Status status = recorder_.TakeEvent(record); !status.ok()) {
        return status;
      }
    }
    if (absl::Status status = ReadReference(); !status.ok()) return status;
    return CloseThoseAtTheirEnd();
  }

  // Replay must find what a tick names in the recording, so it is fetched before more is read.
  absl::Status ReadReference() {
    const auto lacks = [this] {
      return reference_seen_ < recorder_.reference_named() &&
             reference_.EndSeen(0) <= recorder_.reference_named();
    };
    for (int turn = 0; turn == 0 || lacks(); ++turn) {
      if (turn == kReferenceTurnsMax) {
        return absl::UnavailableError(absl::StrCat("topic ", recorder_.info().reference,
                                                   " was read to offset ", reference_seen_,
                                                   ", a tick names ", recorder_.reference_named()));
      }
      absl::Status status = reference_.Poll(lacks() ? kTurnMs : 0, kBatchMax, batch_);
      if (!status.ok()) return status;
      for (const Record& record : batch_) {
        reference_seen_ = record.offset;
        if (absl::Status taken = recorder_.TakeReference(record); !taken.ok()) return taken;
      }
      if (!batch_.empty()) turn = 0;
      if (!limits_.keep_on()) break;
    }
    if (!lacks()) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat(
        "asked to stop before offset ", recorder_.reference_named(), " of topic ",
        recorder_.info().reference, " had come, which a tick names: the recording is not whole"));
  }

  // A quiet partition says nothing past the time, so once it is over by the wall the logs' ends are
  // where it stops.
  absl::Status CloseThoseAtTheirEnd() {
    if (!ends_known_) {
      if (limits_.wall_ms() < limits_.until_ms) return absl::OkStatus();
      auto ends = limits_.ends();
      if (!ends.ok()) return ends.status();
      ends_ = *std::move(ends);
      ends_known_ = true;
    }
    for (const auto& [id, end] : ends_) {
      const auto partition = recorder_.info().events.find(id);
      if (partition == recorder_.info().events.end()) continue;
      if (partition->second.next >= end || events_.EndSeen(id) >= end) open_.erase(id);
    }
    return absl::OkStatus();
  }

  Source& events_;
  Source& reference_;
  Recorder& recorder_;
  const RecordLimits& limits_;
  std::set<int32_t> open_;  // partitions of which more is wanted
  std::map<int32_t, int64_t> ends_;
  bool ends_known_ = false;
  int64_t reference_seen_;
  std::vector<Record> batch_;
};

}  // namespace

absl::Status RecordLog(Source& events, Source& reference, Recorder& recorder,
                       const RecordLimits& limits) {
  absl::Status status = Copy(events, reference, recorder, limits).Run();
  // What came until then is worth keeping; the first trouble is the one to tell.
  if (!status.ok()) recorder.Sync().IgnoreError();
  return status;
}

}  // namespace shelf
