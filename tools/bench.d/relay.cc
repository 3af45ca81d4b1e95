#include "relay.h"

#include <google/protobuf/io/coded_stream.h>

#include <array>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "decode/decode.h"
#include "load.h"
#include "steady_producer.h"
#include "whole_topic.h"

namespace shelf {
namespace {

using google::protobuf::io::CodedOutputStream;

constexpr std::array<std::string_view, 4> kChannels = {"own-site", "market", "express", "app"};
constexpr size_t kInFlightMax = 100'000;  // the daemon's inflight.records_max
constexpr int kWaitMs = 5;
constexpr uint64_t kVersionsFrom = uint64_t{1} << 40;
constexpr int kVarintBytesMax = 10;

// Writes an Availability field by field: the same bytes as the daemon's, without the generated
// class.
class RecordWriter {
 public:
  void Text(uint32_t field, std::string_view text) {
    Varint(field << 3 | 2);
    Varint(text.size());
    bytes_.append(text);
  }
  void Number(uint32_t field, uint64_t value) {
    Varint(field << 3);
    Varint(value);
  }
  void Clear() { bytes_.clear(); }
  const std::string& bytes() const { return bytes_; }

 private:
  void Varint(uint64_t value) {
    uint8_t coded[kVarintBytesMax];
    const uint8_t* const end = CodedOutputStream::WriteVarint64ToArray(value, coded);
    bytes_.append(reinterpret_cast<const char*>(coded), static_cast<size_t>(end - coded));
  }

  std::string bytes_;
};

class Relay {
 public:
  Relay(const RelayOptions& options, int32_t output_partitions, SteadyProducer& producer)
      : records_a_line_(options.records_a_line),
        output_partitions_(output_partitions),
        producer_(producer) {}

  void Take(const Record& record) {
    // Ticks stand in the log too where a daemon has read it.
    if (Decode(record.value, event_) != RejectReason::kNone) return;
    ++events_;
    for (const Line& line : event_.lines) TakeLine(record, line);
  }

  // Outside what is timed.
  uint64_t SumsHash() const {
    uint64_t hash = 0;
    for (const auto& [place, milli] : sums_) {
      const std::string_view both(place);
      const size_t slash = both.find('/');
      hash += LineHash(both.substr(0, slash), both.substr(slash + 1), milli);
    }
    return hash;
  }

  Figures Counts() const {
    return {{"events", events_},
            {"lines", lines_},
            {"records", records_},
            {"bytes", bytes_},
            {"positions", sums_.size()}};
  }
  int64_t lines() const { return lines_; }

 private:
  void TakeLine(const Record& record, const Line& line) {
    ++lines_;
    place_.assign(event_.store).append("/").append(line.sku);
    int64_t& sum_milli = sums_[absl::string_view(place_)];
    sum_milli += line.quantity_milli;
    owed_ += records_a_line_;
    for (size_t c = 0; owed_ >= 1; owed_ -= 1, ++c) {
      Send(record, line, kChannels[c % kChannels.size()], sum_milli);
    }
  }

  void Send(const Record& record, const Line& line, std::string_view channel, int64_t sum_milli) {
    key_.assign(channel).append("/").append(place_);
    value_.Clear();
    value_.Text(1, channel);
    value_.Text(2, event_.store);
    value_.Text(3, line.sku);
    value_.Number(6, sum_milli > 0 ? static_cast<uint64_t>(sum_milli) / 1000 : 0);
    value_.Number(7, 1000);
    value_.Number(9, 1);
    value_.Number(10, kVersionsFrom + static_cast<uint64_t>(++records_));
    value_.Number(11, static_cast<uint64_t>(event_.complete_through.ms));
    value_.Number(12, static_cast<uint64_t>(event_.event_time.ms));
    bytes_ += static_cast<int64_t>(key_.size() + value_.bytes().size());
    producer_.Send({.topic = Topic::kAvailability,
                    .partition = record.partition % output_partitions_,
                    .key = key_,
                    .value = value_.bytes(),
                    .headers = {}});
  }

  const double records_a_line_;
  const int32_t output_partitions_;
  SteadyProducer& producer_;

  absl::flat_hash_map<std::string, int64_t> sums_;  // by store/SKU
  Event event_;
  std::string place_, key_;
  RecordWriter value_;
  double owed_ = 0;
  int64_t events_ = 0, lines_ = 0, records_ = 0, bytes_ = 0;
};

absl::Status Run(const RelayOptions& options, const std::atomic<bool>& stop, WholeTopic& topic,
                 SteadyProducer& producer, Relay& relay) {
  std::vector<Record> records;
  while (options.follow ? !stop.load() : !topic.done()) {
    producer.Serve(0);
    if (producer.in_flight() >= kInFlightMax) {
      producer.Serve(kWaitMs);
      continue;
    }
    if (absl::Status status = topic.Poll(kWaitMs, records); !status.ok()) return status;
    for (const Record& record : records) relay.Take(record);
  }
  return producer.Flush();
}

}  // namespace

absl::StatusOr<Figures> RunRelay(const RelayOptions& options, const std::atomic<bool>& stop) {
  const Stopwatch watch;
  auto producer =
      SteadyProducer::Open(options.kafka, {{Topic::kAvailability, options.output_topic}});
  if (!producer.ok()) return producer.status();
  const auto outputs = TopicEnds(options.kafka, options.output_topic);
  if (!outputs.ok()) return outputs.status();
  auto topic = WholeTopic::Open(options.kafka, options.events_topic, options.starts);
  if (!topic.ok()) return topic.status();
  Relay relay(options, static_cast<int32_t>(outputs->size()), *producer);
  if (absl::Status status = Run(options, stop, *topic, *producer, relay); !status.ok()) {
    return status;
  }
  Figures figures = relay.Counts();
  watch.Tell(relay.lines(), figures);
  figures["hash"] = HashText(relay.SumsHash());
  return figures;
}

}  // namespace shelf
