// A recording: a folder with a stretch of the log, and what it takes to run the loop over it again.
// What lies in it, byte by byte: docs/formats/recording.md.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace shelf {

inline constexpr char kRecordingFile[] = "recording.json";

// A rule set that ticks of the recording name.
struct RecordedRules {
  std::string hash;       // as in the ticks
  int64_t first_ms = 0;   // time of the first tick that names it
  bool has_text = false;  // its file is in the recording
};

// A partition of stock-events, or the whole of reference.
struct RecordedPartition {
  int64_t first = 0;  // where the recording begins
  int64_t next = 0;   // the first offset that is not in it any more
  int64_t records = 0;
};

struct RecordingInfo {
  int64_t made_ms = 0;
  std::string stock_events = "stock-events";
  std::string reference = "reference";
  int32_t partitions_total = 0;
  // The daemon's bounds on what a store remembers: they are part of what it decides.
  int64_t ring_bytes_max_per_store = 0;
  int64_t ring_age_max_ms = 0;
  bool has_state = false;          // it begins from a checkpoint, which lies in it
  bool complete = false;           // it was ended, not broken off
  uint64_t incarnation = 0;        // whose the first tick was
  int64_t from_ms = 0, to_ms = 0;  // times of the first and last tick; 0: there is none
  std::map<int32_t, RecordedPartition> events;
  RecordedPartition of_reference;
  std::vector<RecordedRules> rules;  // in the order in which ticks named them
};

std::string RecordingToJson(const RecordingInfo& info);
// InvalidArgument: it is none of ours; FailedPrecondition: a newer version wrote it.
absl::StatusOr<RecordingInfo> RecordingFromJson(const std::string& text);

// Places in the folder.
std::string EventsFile(const std::string& folder, int32_t partition);
std::string ReferenceFile(const std::string& folder);
std::string RulesFileOf(const std::string& folder, const std::string& hash);
std::string StateFolder(const std::string& folder);

// NotFound: no recording there; else as RecordingFromJson.
absl::StatusOr<RecordingInfo> ReadRecordingInfo(const std::string& folder);

// A file's whole content, at most `bytes_max`. NotFound; ResourceExhausted.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path, int64_t bytes_max);
// Puts the content in the file's place, whole and synced, by way of a file beside it.
absl::Status ReplaceFile(const std::string& path, const std::string& content);

}  // namespace shelf
