#include "agent/sender.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace shelf::agent {
namespace {

constexpr int kWaitMs = 50;

// Sending the same bytes again cannot help.
bool IsFinal(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsNotFound(status) ||
         absl::IsPermissionDenied(status);
}

}  // namespace

Sender::Sender(Sink& sink, Topic topic, SenderLimits limits, Clock now_ms)
    : sink_(sink), topic_(topic), limits_(limits), now_ms_(std::move(now_ms)) {}

absl::Status Sender::Send(std::string_view key, std::string_view value, int64_t lines) {
  if (absl::Status s = WaitForPace(lines); !s.ok()) return s;
  if (absl::Status s = WaitUntilAhead(limits_.ahead_max - 1); !s.ok()) return s;
  if (pending_.empty()) progress_ms_ = now_ms_();
  pending_.push_back({.key = std::string(key), .value = std::string(value)});
  OfferAll();
  return absl::OkStatus();
}

absl::Status Sender::Flush() { return WaitUntilAhead(0); }

// A record goes when the lines before it have had their time.
absl::Status Sender::WaitForPace(int64_t lines) {
  if (limits_.lines_per_second <= 0) return absl::OkStatus();
  if (started_ms_ < 0) started_ms_ = now_ms_();
  const int64_t due_ms = started_ms_ + static_cast<int64_t>(static_cast<double>(lines_) * 1000 /
                                                            limits_.lines_per_second);
  lines_ += lines;
  for (int64_t now_ms = now_ms_(); now_ms < due_ms; now_ms = now_ms_()) {
    OfferAll();
    Collect(static_cast<int>(std::min<int64_t>(due_ms - now_ms, kWaitMs)));
    if (absl::Status s = CheckStall(); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status Sender::WaitUntilAhead(size_t records_max) {
  if (!failure_.ok()) return failure_;
  Collect(0);
  while (pending_.size() > records_max) {
    OfferAll();
    Collect(kWaitMs);
    if (absl::Status s = CheckStall(); !s.ok()) return s;
  }
  return failure_;
}

// In order: what failed goes again before what was never sent.
void Sender::OfferAll() {
  for (; offer_tag_ < first_tag_ + pending_.size(); ++offer_tag_) {
    Pending& record = pending_[offer_tag_ - first_tag_];
    if (record.in_sink || record.acknowledged) continue;
    record.in_sink = Offer(record);
    if (!record.in_sink) return;
    ++record.attempts;
  }
}

bool Sender::Offer(const Pending& record) {
  OutRecord out;
  out.topic = topic_;
  out.key = record.key;
  out.value = record.value;
  out.tag = offer_tag_;
  return sink_.TrySend(out);
}

void Sender::Collect(int wait_ms) {
  deliveries_.clear();
  sink_.Drain(wait_ms, deliveries_);
  for (const Delivery& delivery : deliveries_) Settle(delivery);
  while (!pending_.empty() && pending_.front().acknowledged) {
    pending_.pop_front();
    ++first_tag_;
  }
  if (pending_.empty()) progress_ms_ = now_ms_();
}

void Sender::Settle(const Delivery& delivery) {
  SHELF_CHECK(delivery.tag - first_tag_ < pending_.size(), "a delivery of what was not sent");
  Pending& record = pending_[delivery.tag - first_tag_];
  record.in_sink = false;
  if (delivery.status.ok()) {
    record.acknowledged = true;
    ++acknowledged_;
    progress_ms_ = now_ms_();
    return;
  }
  offer_tag_ = std::min(offer_tag_, delivery.tag);
  if (IsFinal(delivery.status) || record.attempts >= limits_.attempts_max) {
    failure_.Update(absl::UnavailableError(
        absl::StrCat("a record could not be delivered: ", delivery.status.ToString())));
  }
}

absl::Status Sender::CheckStall() {
  if (failure_.ok() && !pending_.empty() && now_ms_() - progress_ms_ > limits_.ack_timeout_ms) {
    failure_ = absl::UnavailableError(absl::StrCat("no acknowledgement for ",
                                                   limits_.ack_timeout_ms / 1000, " s, ",
                                                   pending_.size(), " records are outstanding"));
  }
  return failure_;
}

}  // namespace shelf::agent
