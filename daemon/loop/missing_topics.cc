#include "loop/missing_topics.h"

namespace shelf {
namespace {

constexpr int64_t kPauseMs = 500;
// So long after a source's last word it means a new time.
constexpr int64_t kForgottenMs = 45'000;

}  // namespace

void MissingTopics::Refused(const OutputPartition& output, const absl::Status& why,
                            int64_t wall_ms) {
  outputs_.try_emplace(output, Missing{.since_ms = wall_ms, .why = why});
  pause_until_ms_ = wall_ms + kPauseMs;
}

absl::Status MissingTopics::SourceSays(const absl::Status& why, int64_t wall_ms) {
  if (!source_.has_value() || wall_ms - source_->last_ms > kForgottenMs) {
    source_ = Saying{.since_ms = wall_ms, .last_ms = wall_ms};
  }
  source_->last_ms = wall_ms;
  return wall_ms - source_->since_ms >= kPatienceMs ? why : absl::OkStatus();
}

absl::Status MissingTopics::Verdict(int64_t wall_ms) const {
  for (const auto& [output, missing] : outputs_) {
    if (wall_ms - missing.since_ms >= kPatienceMs) return missing.why;
  }
  return absl::OkStatus();
}

}  // namespace shelf
