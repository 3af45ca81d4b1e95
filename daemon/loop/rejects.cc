#include "loop/rejects.h"

#include <algorithm>
#include <array>

#include "loop/tag.h"

namespace shelf {

void Rejects::Refuse(const Record& record, RejectReason reason, std::string_view detail,
                     PartitionTime now, std::string_view topic) {
  const uint32_t number = next_number_++;
  Waiting& reject = waiting_[number];
  reject.key = std::string(record.key);
  reject.value = last_value_.lock();
  if (reject.value == nullptr || *reject.value != record.value) {
    reject.value = std::make_shared<const std::string>(record.value);
    last_value_ = reject.value;
    bytes_ += reject.value->size();
  }
  reject.reason = std::string(RejectReasonName(reason));
  reject.detail = std::string(detail);
  reject.topic = topic.empty() ? input_topic_ : std::string(topic);
  reject.partition = std::to_string(record.partition);
  reject.offset = std::to_string(record.offset);
  reject.time = std::to_string(now.ms);
  bytes_ += BytesOf(reject);
  ++counts_[reject.reason];
  reject.sent = Send(number, reject);
}

// Without the value, which others may share.
size_t Rejects::BytesOf(const Waiting& reject) {
  return sizeof(Waiting) + reject.key.size() + reject.detail.size() + reject.topic.size();
}

void Rejects::LetGoOfValue(Waiting& reject) {
  if (reject.value.use_count() == 1) bytes_ -= reject.value->size();
  reject.value.reset();
}

bool Rejects::Send(uint32_t number, Waiting& reject) {
  const std::array<Header, 8> headers = {{{"reason", reject.reason},
                                          {"detail", reject.detail},
                                          {"topic", reject.topic},
                                          {"partition", reject.partition},
                                          {"offset", reject.offset},
                                          {"time", reject.time},
                                          {"value-left-out", "too large for the topic"},
                                          {"key-left-out", "too large for the topic"}}};
  return sink_.TrySend({.topic = Topic::kRejects,
                        .partition = -1,
                        .key = reject.left_out < 2 ? std::string_view(reject.key) : "",
                        .value = reject.left_out < 1 ? std::string_view(*reject.value) : "",
                        .headers = absl::MakeConstSpan(headers).first(6 + reject.left_out),
                        .tag = Tag{.kind = TagKind::kReject, .value = number}.Pack()});
}

void Rejects::Flush() {
  for (auto& [number, reject] : waiting_) {
    if (!reject.sent) reject.sent = Send(number, reject);
    if (!reject.sent) return;
  }
}

void Rejects::Delivered(const Delivery& delivery) {
  const auto it = waiting_.find(Tag::Unpack(delivery.tag).value);
  if (it == waiting_.end()) return;
  Waiting& reject = it->second;
  if (delivery.status.ok()) {
    LetGoOfValue(reject);
    bytes_ -= BytesOf(reject);
    waiting_.erase(it);
    return;
  }
  if (absl::IsInvalidArgument(delivery.status)) {
    reject.left_out = std::min(reject.left_out + 1, 2);
    LetGoOfValue(reject);
  }
  reject.sent = false;
}

}  // namespace shelf
