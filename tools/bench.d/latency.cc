#include "latency.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "decode/decode.h"
#include "io/kafka_source.h"
#include "shelf/v1/availability.pb.h"
#include "steady_producer.h"
#include "whole_topic.h"

namespace shelf {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kGrace = std::chrono::seconds(5);
constexpr auto kNap = std::chrono::milliseconds(1);
constexpr size_t kBatchRecords = 5'000;

int64_t NowNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch())
      .count();
}

int64_t WallMs() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

// Which sale a record answers; -1: none.
class Answers {
 public:
  Answers(const LatencyOptions& options, const Load& load)
      : load_(load),
        floor_(options.answers_topic == options.events_topic),
        prefix_(options.channel + "/") {}

  int64_t EventOf(const Record& record) { return floor_ ? OwnNumber(record) : Answered(record); }

 private:
  int64_t OwnNumber(const Record& record) {
    if (Decode(record.value, event_) != RejectReason::kNone) return -1;
    const std::string_view digits = event_.event_id;
    int64_t number = -1;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
  }

  int64_t Answered(const Record& record) {
    if (!record.key.starts_with(prefix_)) return -1;
    if (!said_.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()))) {
      return -1;
    }
    return load_.RotatingEvent(said_.location(), said_.sku(), said_.sellable());
  }

  const Load& load_;
  const bool floor_;
  const std::string prefix_;
  Event event_;
  v1::Availability said_;
};

// When each sale was sent, and how long its answer took.
class Timings {
 public:
  explicit Timings(int64_t events)
      : sent_ns_(static_cast<size_t>(events)), took_ns_(static_cast<size_t>(events), -1) {}

  // THREAD: the sender's.
  void Sent(int64_t event) { sent_ns_[static_cast<size_t>(event)].store(NowNs()); }

  // THREAD: the follower's. Only the first answer counts.
  void Answered(int64_t event, int64_t now_ns) {
    if (event < 0 || event >= static_cast<int64_t>(took_ns_.size())) return;
    const int64_t sent_ns = sent_ns_[static_cast<size_t>(event)].load();
    int64_t& took_ns = took_ns_[static_cast<size_t>(event)];
    if (sent_ns == 0 || took_ns >= 0) return;
    took_ns = now_ns - sent_ns;
    ++answered_;
  }

  int64_t answered() const { return answered_.load(); }

  // When both threads are done.
  void Tell(Figures& figures) const {
    std::vector<int64_t> took;
    for (const int64_t ns : took_ns_) {
      if (ns >= 0) took.push_back(ns);
    }
    std::sort(took.begin(), took.end());
    const auto at = [&took](double share) {
      if (took.empty()) return 0.0;
      const double place = share * static_cast<double>(took.size() - 1);
      return static_cast<double>(took[static_cast<size_t>(place)]) * 1e-6;
    };
    figures["events"] = took_ns_.size();
    figures["unanswered"] = took_ns_.size() - took.size();
    figures["p50_ms"] = at(0.5);
    figures["p90_ms"] = at(0.9);
    figures["p99_ms"] = at(0.99);
    figures["max_ms"] = at(1);
  }

 private:
  std::vector<std::atomic<int64_t>> sent_ns_;  // 0: not yet
  std::vector<int64_t> took_ns_;               // -1: no answer
  std::atomic<int64_t> answered_{0};
};

// Reads the answers on a thread of its own, from the topic's end at construction on.
class Follower {
 public:
  Follower(std::unique_ptr<Source> source, Answers answers, Timings& timings)
      : source_(std::move(source)),
        answers_(std::move(answers)),
        timings_(timings),
        thread_([this] { Run(); }) {}

  absl::Status Stop() {
    stop_ = true;
    thread_.join();
    return status_;
  }

 private:
  void Run() {
    std::vector<Record> records;
    while (!stop_ && status_.ok()) {
      status_ = source_->Poll(100, kBatchRecords, records);
      const int64_t now_ns = NowNs();
      for (const Record& record : records) timings_.Answered(answers_.EventOf(record), now_ns);
    }
  }

  const std::unique_ptr<Source> source_;
  Answers answers_;
  Timings& timings_;
  std::atomic<bool> stop_{false};
  absl::Status status_;  // the thread's until it is joined
  std::thread thread_;
};

absl::StatusOr<std::unique_ptr<Source>> OpenAtEnd(const LatencyOptions& options) {
  const auto ends = TopicEnds(options.kafka, options.answers_topic);
  if (!ends.ok()) return ends.status();
  std::vector<PartitionOffset> from;
  for (size_t p = 0; p < ends->size(); ++p) from.push_back({static_cast<int32_t>(p), (*ends)[p]});
  return OpenKafkaSource(options.kafka, options.answers_topic, from);
}

// Returns how far the sending fell behind its rate at worst, in nanoseconds.
int64_t SendAtRate(const LatencyOptions& options, const Load& load, int64_t events,
                   SteadyProducer& producer, Timings& timings) {
  const Clock::time_point start = Clock::now();
  int64_t behind_ns_max = 0;
  for (int64_t e = 0; e < events; ++e) {
    const auto due = start + std::chrono::nanoseconds(e * 1'000'000'000 / options.events_a_s);
    while (Clock::now() < due) {
      producer.Serve(0);
      std::this_thread::sleep_for(kNap);
    }
    behind_ns_max =
        std::max<int64_t>(behind_ns_max, std::chrono::nanoseconds(Clock::now() - due).count());
    const v1::StockEvent sale = load.RotatingSale(e, WallMs());
    const std::string value = sale.SerializeAsString();
    timings.Sent(e);
    producer.Send(
        {.topic = Topic::kStockEvents, .key = sale.store(), .value = value, .headers = {}});
  }
  return behind_ns_max;
}

absl::Status CheckStock(const LatencyOptions& options, int64_t positions) {
  const int64_t sales = options.events_a_s * options.seconds / positions + 1;
  if (sales <= options.load.stock_least) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("up to ", sales,
                                                 " sales of a position need an opening stock of at "
                                                 "least as many; --stock-least says ",
                                                 options.load.stock_least));
}

}  // namespace

absl::StatusOr<Figures> MeasureLatency(const LatencyOptions& options) {
  const Load load(options.load);
  if (absl::Status status = CheckStock(options, load.positions()); !status.ok()) return status;
  auto producer =
      SteadyProducer::Open(options.kafka, {{Topic::kStockEvents, options.events_topic}});
  if (!producer.ok()) return producer.status();
  auto source = OpenAtEnd(options);
  if (!source.ok()) return source.status();
  const int64_t events = options.events_a_s * options.seconds;
  Timings timings(events);
  Follower follower(*std::move(source), Answers(options, load), timings);
  const int64_t behind_ns = SendAtRate(options, load, events, *producer, timings);
  const absl::Status sent = producer->Flush();
  const Clock::time_point deadline = Clock::now() + kGrace;
  while (timings.answered() < events && Clock::now() < deadline) std::this_thread::sleep_for(kNap);
  const absl::Status followed = follower.Stop();
  if (!sent.ok()) return sent;
  if (!followed.ok()) return followed;
  Figures figures{{"events_a_s", options.events_a_s}};
  timings.Tell(figures);
  figures["behind_ms_max"] = static_cast<double>(behind_ns) * 1e-6;
  return figures;
}

}  // namespace shelf
