#include "loop/output_offsets.h"

#include <algorithm>

#include "base/check.h"

namespace shelf {

void OutputOffsets::Begin(const std::map<OutputPartition, int64_t>& ends) {
  SHELF_CHECK(logs_.empty(), "it begins before the first record");
  for (const auto& [output, end] : ends) logs_[output].next = end;
}

// Everything from the log's `next` to the new one is not ours.
void OutputOffsets::MoveTo(int64_t next, Log& log) {
  if (log.unread.size() < kSpansMax) {
    log.unread.emplace_back(log.next, next);
  } else {
    log.unread.back().second = next;
  }
  log.next = next;
}

void OutputOffsets::Delivered(const Delivery& delivery) {
  Log& log = logs_[{delivery.topic, delivery.partition}];
  SHELF_CHECK(log.in_flight > 0, "what is delivered was sent");
  --log.in_flight;
  // Without an offset the record is somewhere in the log: its place will show as a span.
  if (!delivery.status.ok() || delivery.offset < 0) return;
  if (delivery.offset > log.next) MoveTo(delivery.offset, log);
  // The place of a record that was sent twice may be told as that of the first.
  log.next = std::max(log.next, delivery.offset + 1);
}

bool OutputOffsets::SawEnd(const OutputPartition& output, int64_t end) {
  Log& log = logs_[output];
  const bool ends_early = end < log.next_at_last_look;
  const bool is_cut = ends_early && log.ended_early;
  log.ended_early = ends_early && !is_cut;
  if (is_cut) {
    log.unread.clear();
    log.next = end;
  } else if (log.in_flight == 0 && end > log.next) {
    MoveTo(end, log);
  }
  log.next_at_last_look = log.next;
  return is_cut;
}

std::vector<OutputSpan> OutputOffsets::Unread() const {
  std::vector<OutputSpan> spans;
  for (const auto& [output, log] : logs_) {
    for (const auto& [from, to] : log.unread) spans.push_back({output, from, to});
  }
  return spans;
}

void OutputOffsets::Read(const OutputSpan& span) {
  auto& unread = logs_[span.output].unread;
  for (auto& [from, to] : unread) {
    // The last one may have grown since it was named.
    if (from >= span.from) from = std::max(from, std::min(to, span.to));
  }
  std::erase_if(unread, [](const auto& left) { return left.first == left.second; });
}

std::map<OutputPartition, int64_t> OutputOffsets::KnownTo() const {
  std::map<OutputPartition, int64_t> known;
  for (const auto& [output, log] : logs_) {
    known[output] = log.unread.empty() ? log.next : log.unread.front().first;
  }
  return known;
}

}  // namespace shelf
