#include "app/start.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "app/output_tail.h"
#include "base/failpoint.h"
#include "io/kafka_source.h"
#include "io/read_through.h"
#include "nlohmann/json.hpp"

namespace shelf {
namespace {

constexpr int kQuestionMs = 60'000;

absl::StatusOr<uint64_t> TakeIncarnation(const Config& config, int32_t partitions, KafkaSink& sink,
                                         int64_t wall_ms) {
  const std::string value = nlohmann::json{
      {"instance", config.instance},
      {"started_ms", wall_ms},
      {"topic", config.topics.stock_events},
      {"partitions",
       partitions}}.dump();
  if (!sink.TrySend({.topic = Topic::kStarts,
                     .partition = 0,
                     .key = config.instance,
                     .value = value,
                     .headers = {},
                     .tag = Tag{}.Pack()})) {
    return absl::UnavailableError("the start record was not taken");
  }
  std::vector<Delivery> deliveries;
  for (int waited_ms = 0; deliveries.empty() && waited_ms < kQuestionMs; waited_ms += 100) {
    sink.Drain(100, deliveries);
  }
  if (deliveries.empty()) {
    return absl::UnavailableError(
        absl::StrCat("no broker took the start record into ", config.topics.shelfd_starts));
  }
  if (!deliveries.front().status.ok()) return deliveries.front().status;
  if (deliveries.front().offset < 0) {
    return absl::UnavailableError("the broker does not tell the start record's offset");
  }
  return static_cast<uint64_t>(deliveries.front().offset);
}

absl::Status RefuseIncarnation(uint64_t ours, uint64_t used, const Config& config,
                               absl::string_view where) {
  return absl::FailedPreconditionError(absl::StrCat(
      "the start record in ", config.topics.shelfd_starts, " gives incarnation ", ours,
      ", but incarnation ", used, " stands in ", where,
      ": versions would go back. Is this another cluster, or was the topic made anew? Append "
      "records to it until its offset is above ",
      used, ", or start with an empty state folder on empty outputs"));
}

}  // namespace

absl::StatusOr<int32_t> CheckTopics(KafkaCluster& cluster, const Config& config,
                                    const TopicTable& topics) {
  absl::StatusOr<int32_t> input = cluster.PartitionCount(config.topics.stock_events, kQuestionMs);
  if (!input.ok()) return input;
  std::vector<TopicName> mirrors = topics.availability;
  mirrors.push_back({Topic::kLocations, config.topics.locations});
  for (const TopicName& mirror : mirrors) {
    absl::StatusOr<int32_t> count = cluster.PartitionCount(mirror.name, kQuestionMs);
    if (!count.ok()) return count;
    if (*count == *input) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("topic ", mirror.name, " has ", *count, " partitions, ",
                     config.topics.stock_events, " has ", *input,
                     ": a store's output goes to the partition of its input, so make them equal"));
  }
  for (const std::string& name : {config.topics.stock_requests, config.topics.stock_rejects}) {
    if (auto count = cluster.PartitionCount(name, kQuestionMs); !count.ok()) return count.status();
  }
  for (const std::string& name : {config.topics.reference, config.topics.shelfd_starts}) {
    auto count = cluster.PartitionCount(name, kQuestionMs);
    if (!count.ok()) return count.status();
    if (*count == 1) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "topic ", name, " has ", *count, " partitions: its order counts, so it must have one"));
  }
  return input;
}

namespace {

// Appends where each partition of the topic begins and ends.
absl::Status AddPlaces(const std::string& topic, int32_t partitions, KafkaCluster& cluster,
                       std::vector<LogPlace>& places) {
  for (int32_t p = 0; p < partitions; ++p) {
    const absl::StatusOr<OffsetRange> range = cluster.Watermarks(topic, p, kQuestionMs);
    if (!range.ok()) return range.status();
    places.push_back({.topic = topic, .partition = p, .log = *range, .next = std::nullopt});
  }
  return absl::OkStatus();
}

absl::Status AddInput(const std::string& topic, int32_t partitions, World& restored,
                      KafkaCluster& cluster, StartQuestion& question) {
  absl::Status status = AddPlaces(topic, partitions, cluster, question.input);
  for (LogPlace& place : question.input) {
    const Partition* partition = restored.FindPartition(place.partition);
    if (partition == nullptr) continue;
    place.next = partition->next_offset;
    question.state_time_ms = std::max(question.state_time_ms, partition->now.ms);
  }
  return status;
}

absl::Status AddOutput(const TopicName& topic, int32_t partitions, const CheckpointMeta& meta,
                       KafkaCluster& cluster, StartQuestion& question) {
  std::vector<LogPlace> places;
  absl::Status status = AddPlaces(topic.name, partitions, cluster, places);
  for (LogPlace& place : places) {
    const auto known = meta.outputs.find({topic.topic, place.partition});
    if (known != meta.outputs.end()) place.next = known->second;
    question.outputs.push_back(place);
  }
  return status;
}

// How many partitions the input had at this instance's newest start on the topic of that name that
// the log still holds. Another topic may have another number.
absl::Status ReadLastStart(const Config& config, const KafkaOptions& kafka, OffsetRange log,
                           std::optional<int32_t>& partitions) {
  if (log.high == log.low) return absl::OkStatus();
  auto source = OpenKafkaSource(kafka, config.topics.shelfd_starts, {{0, log.low}});
  if (!source.ok()) return source.status();
  return ReadThrough(**source, {{0, log.high}}, kQuestionMs, [&](const Record& record) {
    if (record.key != config.instance) return;
    const auto start = nlohmann::json::parse(record.value, nullptr, /*allow_exceptions=*/false);
    const bool tells = start.is_object() && start.contains("partitions") &&
                       start["partitions"].is_number_integer() && start.contains("topic");
    if (tells && start["topic"] == config.topics.stock_events) {
      partitions = start["partitions"].get<int32_t>();
    }
  });
}

absl::Status AddOnePartition(const std::string& topic, KafkaCluster& cluster, LogPlace& place) {
  std::vector<LogPlace> places;
  absl::Status status = AddPlaces(topic, 1, cluster, places);
  if (status.ok()) place = places.front();
  return status;
}

}  // namespace

absl::StatusOr<StartQuestion> AskTheLogs(const Config& config, const KafkaOptions& kafka,
                                         const TopicTable& topics, const CheckpointMeta& meta,
                                         int32_t partitions, World& restored,
                                         KafkaCluster& cluster) {
  StartQuestion question;
  question.has_state = meta.has_incarnation;
  question.state_folder = config.state_dir;
  absl::Status status =
      AddInput(config.topics.stock_events, partitions, restored, cluster, question);
  for (const TopicName& topic : topics.availability) {
    if (status.ok()) status = AddOutput(topic, partitions, meta, cluster, question);
  }
  if (status.ok()) status = AddOnePartition(config.topics.reference, cluster, question.reference);
  if (meta.has_incarnation) question.reference.next = meta.reference_next;
  LogPlace starts;
  if (status.ok()) status = AddOnePartition(config.topics.shelfd_starts, cluster, starts);
  question.starts = starts.log;
  if (status.ok() && !question.has_state) {
    status = ReadLastStart(config, kafka, starts.log, question.partitions_before);
  }
  if (!status.ok()) return status;
  return question;
}

absl::StatusOr<StartFacts> RunStartProtocol(const Config& config, const KafkaOptions& kafka,
                                            const TopicTable& topics, const CheckpointMeta& meta,
                                            int32_t partitions, const StartPlan& plan,
                                            KafkaCluster& cluster, KafkaSink& sink,
                                            int64_t wall_ms) {
  const absl::StatusOr<uint64_t> incarnation = TakeIncarnation(config, partitions, sink, wall_ms);
  if (!incarnation.ok()) return incarnation.status();
  SHELF_FAILPOINT("start-record");
  if (meta.has_incarnation && *incarnation <= meta.incarnation) {
    return RefuseIncarnation(*incarnation, meta.incarnation, config, "the checkpoint");
  }
  StartFacts facts;
  facts.incarnation = *incarnation;
  facts.input_starts = plan.input;
  facts.input_ends = plan.input_ends;
  facts.reference_start = plan.reference;
  facts.reference_anew = plan.reference_anew;
  OutputTail tail(kafka, cluster, meta, partitions);
  for (const TopicName& topic : topics.availability) {
    if (absl::Status status = tail.Read(topic, facts); !status.ok()) return status;
  }
  if (tail.has_version() && *incarnation <= tail.incarnation_max()) {
    return RefuseIncarnation(*incarnation, tail.incarnation_max(), config, "the output");
  }
  return facts;
}

}  // namespace shelf
