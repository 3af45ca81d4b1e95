#include "app/output_watch.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "io/kafka_source.h"
#include "io/read_through.h"

namespace shelf {
namespace {

// Short: who stops the daemon waits for it.
constexpr int kQuestionMs = 2000;
constexpr int kPatienceMs = 10'000;

// The first offset of interest in each partition, and the last one's end.
struct Stretch {
  std::vector<PartitionOffset> from;
  std::map<int32_t, int64_t> ends;
};

Stretch StretchOf(const std::vector<OutputSpan>& spans,
                  const std::map<OutputPartition, OffsetRange>& logs) {
  Stretch stretch;
  for (const OutputSpan& span : spans) {
    const int64_t from = std::max(span.from, logs.at(span.output).low);
    if (from >= span.to) continue;
    const auto [end, first] = stretch.ends.try_emplace(span.output.second, span.to);
    if (first) stretch.from.push_back({span.output.second, from});
    end->second = span.to;
  }
  return stretch;
}

}  // namespace

// What the worker says, shared with the question, which may outlive the watch.
struct OutputWatch::Answer {
  std::mutex mutex;
  std::condition_variable given;
  std::optional<std::vector<OutputSpan>> spans;
};

OutputWatch::OutputWatch(OutputWatchOptions options, KafkaCluster& cluster, Worker& worker)
    : options_(std::move(options)), cluster_(cluster), worker_(worker) {}

OutputWatch::~OutputWatch() { Stop(); }

void OutputWatch::Start() {
  thread_ = std::thread([this] { Run(); });
}

void OutputWatch::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool OutputWatch::stopping() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stopping_;
}

void OutputWatch::Run() {
  const std::chrono::milliseconds interval(options_.interval_ms);
  while (true) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      if (changed_.wait_for(lock, interval, [this] { return stopping_; })) return;
    }
    const absl::Status status = Round();
    const bool passes = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
                        absl::IsCancelled(status);
    if (!status.ok() && !passes) {
      spdlog::warn("the outputs could not be watched: {}", std::string(status.message()));
    }
  }
}

absl::Status OutputWatch::Round() {
  Ends ends;
  absl::Status trouble = AskForEnds(ends);
  if (absl::IsCancelled(trouble)) return trouble;
  const std::optional<std::vector<OutputSpan>> spans = AskWorker(ends);
  if (!spans.has_value()) return absl::CancelledError("stopping");
  for (const TopicName& topic : options_.topics) {
    std::vector<OutputSpan> of_topic;
    std::copy_if(spans->begin(), spans->end(), std::back_inserter(of_topic),
                 [&](const OutputSpan& span) {
                   return span.output.first == topic.topic && ends.contains(span.output);
                 });
    if (of_topic.empty()) continue;
    if (stopping()) return absl::CancelledError("stopping");
    trouble.Update(ReadTopic(topic, of_topic, ends));
  }
  return trouble;
}

absl::Status OutputWatch::AskForEnds(Ends& ends) {
  absl::Status trouble;
  for (const TopicName& topic : options_.topics) {
    for (int32_t p = 0; p < options_.partitions; ++p) {
      if (stopping()) return absl::CancelledError("stopping");
      const absl::StatusOr<OffsetRange> range = cluster_.Watermarks(topic.name, p, kQuestionMs);
      trouble.Update(range.status());
      if (range.ok()) ends[{topic.topic, p}] = *range;
    }
  }
  return trouble;
}

// Nothing when we are to stop meanwhile.
std::optional<std::vector<OutputSpan>> OutputWatch::AskWorker(const Ends& ends) {
  std::map<OutputPartition, int64_t> highs;
  for (const auto& [output, range] : ends) highs[output] = range.high;
  auto answer = std::make_shared<Answer>();
  worker_.Post([answer, highs = std::move(highs)](Worker& worker) {
    const std::lock_guard<std::mutex> lock(answer->mutex);
    answer->spans = worker.SawOutputEnds(highs);
    answer->given.notify_one();
  });
  constexpr std::chrono::milliseconds kLookUp(50);
  while (!stopping()) {
    std::unique_lock<std::mutex> lock(answer->mutex);
    if (answer->given.wait_for(lock, kLookUp, [&] { return answer->spans.has_value(); })) {
      return std::move(answer->spans);
    }
  }
  return std::nullopt;
}

absl::Status OutputWatch::ReadTopic(const TopicName& topic, const std::vector<OutputSpan>& spans,
                                    const Ends& ends) {
  std::vector<ForeignReader> readers;
  for (const OutputSpan& span : spans) {
    readers.emplace_back(span).LogBegins(ends.at(span.output).low);
  }
  const Stretch stretch = StretchOf(spans, ends);
  if (!stretch.from.empty()) {
    auto source = OpenKafkaSource(options_.kafka, topic.name, stretch.from);
    if (!source.ok()) return source.status();
    const absl::Status read = ReadThrough(
        **source, stretch.ends, kPatienceMs,
        [&](const Record& record) {
          for (ForeignReader& reader : readers) reader.Take(record);
        },
        [this] { return !stopping(); });
    // OutOfRange: cut since we asked. The next round finds the new beginning.
    if (!read.ok()) return absl::IsOutOfRange(read) ? absl::UnavailableError("cut") : read;
  }
  for (ForeignReader& reader : readers) Report(topic, std::move(reader).Found());
  return absl::OkStatus();
}

void OutputWatch::Report(const TopicName& topic, ForeignRecords found) {
  if (found.all_keys || !found.keys.empty()) {
    spdlog::warn(
        "topic {}, partition {}, offsets {} to {}: written by somebody else, or by us without "
        "an answer; {} said again",
        topic.name, found.span.output.second, found.span.from, found.span.to - 1,
        found.all_keys ? "all keys of the partition are"
                       : absl::StrCat(found.keys.size(), " keys are"));
  }
  worker_.Post([found = std::move(found)](Worker& worker) { worker.TakeForeign(found); });
}

}  // namespace shelf
