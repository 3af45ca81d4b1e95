#include "fill.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "steady_producer.h"
#include "whole_topic.h"

namespace shelf {
namespace {

// Which of a sink's topics stands for `reference`, that the daemon never writes.
constexpr Topic kReferenceTopic = Topic::kFirstChannel;

int64_t WallMs() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

class Filling {
 public:
  Filling(const FillOptions& options, SteadyProducer& producer)
      : load_(options.load), producer_(producer) {}

  absl::StatusOr<Figures> Part(const std::string& part) {
    const Stopwatch watch;
    Figures figures;
    if (part == "reference") {
      figures["records"] = load_.Reference(Into(kReferenceTopic));
    } else if (part == "opening") {
      Tell(load_.Opening(WallMs(), Into(Topic::kStockEvents)), figures);
    } else if (part == "sales") {
      const auto now = [](int64_t /*event*/) { return WallMs(); };
      Tell(load_.Sales(now, Into(Topic::kStockEvents)), figures);
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("no part ", part, ": reference, opening or sales"));
    }
    if (absl::Status status = producer_.Flush(); !status.ok()) return status;
    watch.Tell(figures.value("lines", int64_t{0}), figures);
    return figures;
  }

 private:
  Load::Take Into(Topic topic) {
    return [this, topic](const std::string& key, const std::string& value) {
      producer_.Send({.topic = topic, .key = key, .value = value, .headers = {}});
      if (++taken_ % kServeEvery == 0) producer_.Serve(0);
    };
  }

  static void Tell(const LoadCounts& counts, Figures& figures) {
    figures["events"] = counts.events;
    figures["lines"] = counts.lines;
    figures["bytes"] = counts.bytes;
    figures["hash"] = HashText(counts.hash);
  }

  static constexpr int64_t kServeEvery = 1'000;

  Load load_;
  SteadyProducer& producer_;
  int64_t taken_ = 0;
};

}  // namespace

absl::StatusOr<Figures> Fill(const FillOptions& options) {
  auto producer = SteadyProducer::Open(options.kafka, {{Topic::kStockEvents, options.events_topic},
                                                       {kReferenceTopic, options.reference_topic}});
  if (!producer.ok()) return producer.status();
  Filling filling(options, *producer);
  Figures all;
  for (const std::string& part : options.parts) {
    absl::StatusOr<Figures> figures = filling.Part(part);
    if (!figures.ok()) return figures.status();
    const auto ends = TopicEnds(options.kafka, options.events_topic);
    if (!ends.ok()) return ends.status();
    (*figures)["ends"] = *ends;
    all[part] = *std::move(figures);
  }
  return all;
}

}  // namespace shelf
