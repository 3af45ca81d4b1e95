#include "io/kafka_admin.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "io/kafka_client.h"

namespace shelf {
namespace {

using AdminOptions =
    std::unique_ptr<rd_kafka_AdminOptions_t, FreedBy<rd_kafka_AdminOptions_destroy>>;
using Event = std::unique_ptr<rd_kafka_event_t, FreedBy<rd_kafka_event_destroy>>;
using Resource =
    std::unique_ptr<rd_kafka_ConfigResource_t, FreedBy<rd_kafka_ConfigResource_destroy>>;
using NewTopicHandle = std::unique_ptr<rd_kafka_NewTopic_t, FreedBy<rd_kafka_NewTopic_destroy>>;
using Metadata = std::unique_ptr<const rd_kafka_metadata_t, FreedBy<rd_kafka_metadata_destroy>>;

// librdkafka ends a request itself; waiting longer only guards against an answer that never comes.
constexpr int kGraceMs = 5'000;

std::string Named(const std::string& topic) { return absl::StrCat("topic ", topic); }

// The broker's own words say more than the error's name, where it sends any.
absl::Status WithWords(rd_kafka_resp_err_t error, const std::string& what, const char* words) {
  absl::Status status = KafkaError(error, what);
  if (status.ok() || words == nullptr || *words == '\0') return status;
  return absl::Status(status.code(), absl::StrCat(what, ": ", words));
}

absl::Status ErrorOf(const rd_kafka_ConfigResource_t* resource, const std::string& topic) {
  return WithWords(rd_kafka_ConfigResource_error(resource), Named(topic),
                   rd_kafka_ConfigResource_error_string(resource));
}

absl::Status NoAnswer(const std::string& topic) {
  return absl::UnavailableError(absl::StrCat(Named(topic), ": no answer"));
}

int32_t ReplicasMin(const rd_kafka_metadata_topic_t& topic) {
  int32_t least = topic.partitions[0].replica_cnt;
  for (int p = 1; p < topic.partition_cnt; ++p) {
    least = std::min<int32_t>(least, topic.partitions[p].replica_cnt);
  }
  return least;
}

struct Shape {
  int32_t partitions = 0;
  int32_t replicas_min = 0;
};

struct SettingsFound {
  TopicSettings in_force;
  TopicSettings overrides;
  std::string hidden_override;  // one whose value the broker keeps to itself; empty: none
};

SettingsFound ReadSettings(const rd_kafka_ConfigResource_t* resource) {
  SettingsFound found;
  size_t count = 0;
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resource, &count);
  for (size_t i = 0; i < count; ++i) {
    const std::string name = rd_kafka_ConfigEntry_name(entries[i]);
    const char* const value = rd_kafka_ConfigEntry_value(entries[i]);
    const bool override =
        rd_kafka_ConfigEntry_source(entries[i]) == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG;
    if (value != nullptr) found.in_force[name] = value;
    if (override && value != nullptr) found.overrides[name] = value;
    if (override && value == nullptr) found.hidden_override = name;
  }
  return found;
}

// An answer and the queue it came through, which goes last.
struct Answer {
  KafkaQueue queue;
  Event event;
};

class KafkaAdmin final : public TopicAdmin {
 public:
  explicit KafkaAdmin(KafkaClient client) : client_(std::move(client)) {}

  absl::StatusOr<std::vector<absl::StatusOr<TopicDescription>>> Describe(
      const std::vector<std::string>& names, int timeout_ms) override;
  absl::Status Create(const NewTopic& topic, int timeout_ms) override;
  absl::Status SetSettings(const std::string& name, const TopicSettings& changes,
                           int timeout_ms) override;

 private:
  // Sends one admin request and waits for its answer. An error of the request as a whole is a
  // status; each topic's own is in the event.
  using Send = std::function<void(const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>;
  absl::StatusOr<Answer> Ask(const std::string& name, rd_kafka_admin_op_t operation, int timeout_ms,
                             const Send& send);

  absl::StatusOr<TopicDescription> DescribeOne(const std::string& name, int timeout_ms);
  absl::StatusOr<Shape> AskForShape(const std::string& name, int timeout_ms);
  absl::StatusOr<SettingsFound> AskForSettings(const std::string& name, int timeout_ms);
  // Asks the same again, of whichever broker answers, for `timeout_ms` in all.
  absl::StatusOr<SettingsFound> AskForSettingsUntilAnswered(const std::string& name,
                                                            int timeout_ms);
  // Gives the topic these overrides and no others.
  absl::Status ReplaceOverrides(const std::string& name, const TopicSettings& overrides,
                                int timeout_ms);

  const KafkaClient client_;
  // The broker that answered last, for questions that any can answer: a cluster may answer them and
  // have no controller for the moment. Each attempt asks for the shape first, and so finds one anew
  // when this one hangs.
  int32_t answering_broker_ = -1;
};

// `broker` < 0: the controller, which librdkafka waits for.
absl::StatusOr<AdminOptions> MakeOptions(rd_kafka_t* client, rd_kafka_admin_op_t operation,
                                         int timeout_ms, int32_t broker) {
  AdminOptions options(rd_kafka_AdminOptions_new(client, operation));
  char why[256];
  rd_kafka_resp_err_t error =
      rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout_ms, why, sizeof(why));
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR && operation == RD_KAFKA_ADMIN_OP_CREATETOPICS) {
    error =
        rd_kafka_AdminOptions_set_operation_timeout(options.get(), timeout_ms, why, sizeof(why));
  }
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR && broker >= 0) {
    error = rd_kafka_AdminOptions_set_broker(options.get(), broker, why, sizeof(why));
  }
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return absl::InvalidArgumentError(why);
  return options;
}

absl::StatusOr<Answer> KafkaAdmin::Ask(const std::string& name, rd_kafka_admin_op_t operation,
                                       int timeout_ms, const Send& send) {
  const bool any_broker = operation == RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS;
  const absl::StatusOr<AdminOptions> options =
      MakeOptions(client_.get(), operation, timeout_ms, any_broker ? answering_broker_ : -1);
  if (!options.ok()) return options.status();
  // A queue for each question: a late answer cannot be taken for that to the next one.
  Answer answer{KafkaQueue(rd_kafka_queue_new(client_.get())), nullptr};
  send(options->get(), answer.queue.get());
  answer.event.reset(rd_kafka_queue_poll(answer.queue.get(), timeout_ms + kGraceMs));
  if (answer.event == nullptr) return NoAnswer(name);
  const rd_kafka_resp_err_t error = rd_kafka_event_error(answer.event.get());
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return answer;
  return WithWords(error, Named(name), rd_kafka_event_error_string(answer.event.get()));
}

absl::StatusOr<Shape> KafkaAdmin::AskForShape(const std::string& name, int timeout_ms) {
  const KafkaTopic asked = MakeKafkaTopic(client_.get(), name);
  if (asked == nullptr) return KafkaError(rd_kafka_last_error(), Named(name));
  const rd_kafka_metadata_t* answer = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(client_.get(), 0, asked.get(), &answer, timeout_ms);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError(error, Named(name));
  const Metadata owned(answer);
  answering_broker_ = owned->orig_broker_id;
  if (owned->topic_cnt != 1) return NoAnswer(name);
  const rd_kafka_metadata_topic_t& found = owned->topics[0];
  if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError(found.err, Named(name));
  if (found.partition_cnt == 0) return NoAnswer(name);
  return Shape{found.partition_cnt, ReplicasMin(found)};
}

absl::StatusOr<SettingsFound> KafkaAdmin::AskForSettings(const std::string& name, int timeout_ms) {
  const Resource resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
  rd_kafka_ConfigResource_t* asked[] = {resource.get()};
  const absl::StatusOr<Answer> answer =
      Ask(name, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout_ms,
          [&](const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
            rd_kafka_DescribeConfigs(client_.get(), asked, 1, options, queue);
          });
  if (!answer.ok()) return answer.status();
  size_t count = 0;
  const rd_kafka_ConfigResource_t** found = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(answer->event.get()), &count);
  if (count != 1) return NoAnswer(name);
  const absl::Status status = ErrorOf(found[0], name);
  if (!status.ok()) return status;
  return ReadSettings(found[0]);
}

absl::StatusOr<SettingsFound> KafkaAdmin::AskForSettingsUntilAnswered(const std::string& name,
                                                                      int timeout_ms) {
  return AskUntilAnswered(timeout_ms, [&](int left_ms) -> absl::StatusOr<SettingsFound> {
    const absl::StatusOr<Shape> shape = AskForShape(name, left_ms);
    if (!shape.ok()) return shape.status();
    return AskForSettings(name, left_ms);
  });
}

absl::StatusOr<TopicDescription> KafkaAdmin::DescribeOne(const std::string& name, int timeout_ms) {
  const absl::StatusOr<Shape> shape = AskForShape(name, timeout_ms);
  if (!shape.ok()) return shape.status();
  absl::StatusOr<SettingsFound> found = AskForSettings(name, timeout_ms);
  if (!found.ok()) return found.status();
  return TopicDescription{shape->partitions, shape->replicas_min, std::move(found->in_force),
                          std::move(found->overrides)};
}

absl::StatusOr<std::vector<absl::StatusOr<TopicDescription>>> KafkaAdmin::Describe(
    const std::vector<std::string>& names, int timeout_ms) {
  std::vector<absl::StatusOr<TopicDescription>> all;
  for (const std::string& name : names) {
    all.push_back(
        AskUntilAnswered(timeout_ms, [&](int left_ms) { return DescribeOne(name, left_ms); }));
    const absl::Status& status = all.back().status();
    if (!status.ok() && !absl::IsNotFound(status) && !absl::IsPermissionDenied(status)) {
      return status;
    }
  }
  return all;
}

absl::Status KafkaAdmin::Create(const NewTopic& topic, int timeout_ms) {
  char why[256];
  const NewTopicHandle wanted(rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions,
                                                    topic.replicas, why, sizeof(why)));
  if (wanted == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(Named(topic.name), ": ", why));
  }
  for (const auto& [name, value] : topic.settings) {
    rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str());
  }
  rd_kafka_NewTopic_t* ordered[] = {wanted.get()};
  const absl::StatusOr<Answer> answer =
      Ask(topic.name, RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout_ms,
          [&](const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
            rd_kafka_CreateTopics(client_.get(), ordered, 1, options, queue);
          });
  if (!answer.ok()) return answer.status();
  size_t count = 0;
  const rd_kafka_topic_result_t** results = rd_kafka_CreateTopics_result_topics(
      rd_kafka_event_CreateTopics_result(answer->event.get()), &count);
  if (count != 1) return NoAnswer(topic.name);
  return WithWords(rd_kafka_topic_result_error(results[0]), Named(topic.name),
                   rd_kafka_topic_result_error_string(results[0]));
}

absl::Status KafkaAdmin::ReplaceOverrides(const std::string& name, const TopicSettings& overrides,
                                          int timeout_ms) {
  const Resource resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
  for (const auto& [setting, value] : overrides) {
    rd_kafka_ConfigResource_set_config(resource.get(), setting.c_str(), value.c_str());
  }
  rd_kafka_ConfigResource_t* ordered[] = {resource.get()};
  const absl::StatusOr<Answer> answer =
      Ask(name, RD_KAFKA_ADMIN_OP_ALTERCONFIGS, timeout_ms,
          [&](const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
            rd_kafka_AlterConfigs(client_.get(), ordered, 1, options, queue);
          });
  if (!answer.ok()) return answer.status();
  size_t count = 0;
  const rd_kafka_ConfigResource_t** done = rd_kafka_AlterConfigs_result_resources(
      rd_kafka_event_AlterConfigs_result(answer->event.get()), &count);
  return count == 1 ? ErrorOf(done[0], name) : NoAnswer(name);
}

absl::Status KafkaAdmin::SetSettings(const std::string& name, const TopicSettings& changes,
                                     int timeout_ms) {
  absl::StatusOr<SettingsFound> found = AskForSettingsUntilAnswered(name, timeout_ms);
  if (!found.ok()) return found.status();
  if (!found->hidden_override.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        Named(name), ": the broker does not tell the value of its ", found->hidden_override,
        ", which this request would reset; set what is needed with Kafka's kafka-configs"));
  }
  // librdkafka 2.0 has no incremental request: overrides that are left out are reset.
  TopicSettings all = std::move(found->overrides);
  for (const auto& [setting, value] : changes) all[setting] = value;
  return ReplaceOverrides(name, all, timeout_ms);
}

}  // namespace

absl::StatusOr<std::unique_ptr<TopicAdmin>> OpenKafkaAdmin(const KafkaOptions& options) {
  // A consumer, since a producer that asks for a topic has it created.
  absl::StatusOr<KafkaConf> conf =
      MakeKafkaConf(options, {{"allow.auto.create.topics", "false"}, {"log_level", "3"}});
  if (!conf.ok()) return conf.status();
  absl::StatusOr<KafkaClient> client = MakeKafkaClient(RD_KAFKA_CONSUMER, *std::move(conf));
  if (!client.ok()) return client.status();
  return std::unique_ptr<TopicAdmin>(new KafkaAdmin(*std::move(client)));
}

}  // namespace shelf
