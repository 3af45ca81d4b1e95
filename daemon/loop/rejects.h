// The dead-letter path: what was refused goes to `stock-rejects` with reason and place, and its
// input offset counts only after the reject is in the log.
// THREAD: the worker's.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"
#include "decode/reject.h"
#include "io/sink.h"
#include "io/source.h"

namespace shelf {

class Rejects {
 public:
  // `sink` outlives it. `input_topic` is what the `topic` header says.
  Rejects(Sink& sink, std::string input_topic)
      : sink_(sink), input_topic_(std::move(input_topic)) {}

  // Refuses a record, or one line of it. `detail` says the place and the reason in words.
  // `now`: partition time, for the `time` header; `topic`: where the record came from when not from
  // the input topic.
  void Refuse(const Record& record, RejectReason reason, std::string_view detail, PartitionTime now,
              std::string_view topic = {});

  // Sends what the sink did not take before.
  void Flush();
  void Delivered(const Delivery& delivery);

  // Rejects not yet acknowledged: while there are any, no checkpoint may pass their input.
  size_t pending() const { return waiting_.size(); }
  // What they hold: keys, words, and each value once.
  size_t bytes() const { return bytes_; }
  const std::map<std::string, uint64_t>& counts() const { return counts_; }

 private:
  struct Waiting {
    std::shared_ptr<const std::string> value;  // shared by the rejects of one record
    std::string key, reason, detail, topic, partition, offset, time;
    bool sent = false;
    int left_out = 0;  // no broker would take it with: 1, its value; 2, its key either
  };
  bool Send(uint32_t number, Waiting& reject);
  static size_t BytesOf(const Waiting& reject);
  void LetGoOfValue(Waiting& reject);

  Sink& sink_;
  const std::string input_topic_;
  uint32_t next_number_ = 0;
  std::map<uint32_t, Waiting> waiting_;
  size_t bytes_ = 0;
  std::weak_ptr<const std::string> last_value_;
  std::map<std::string, uint64_t> counts_;  // by reason
};

}  // namespace shelf
