// A cluster that holds nothing but topics, in memory.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "app/topic_plan.h"
#include "io/topic_admin.h"

namespace shelf {

class FakeTopics final : public TopicAdmin {
 public:
  FakeTopics() = default;

  // All of `plan`, as `shelfctl topics apply` would make them on `replicas` brokers.
  explicit FakeTopics(const std::vector<TopicPlan>& plan) {
    for (const TopicPlan& topic : plan) {
      TopicDescription& made = topics[topic.name];
      made.partitions = topic.partitions;
      made.replicas_min = topic.replicas;
      made.settings = {{"retention.ms", "604800000"}, {"retention.bytes", "-1"}};
      for (const SettingWant& want : topic.settings) {
        made.settings[std::string(want.name)] = want.value;
        made.overrides[std::string(want.name)] = want.value;
      }
    }
  }

  // Somebody sets it on the topic.
  void Set(const std::string& topic, const std::string& setting, const std::string& value) {
    topics.at(topic).settings[setting] = value;
    topics.at(topic).overrides[setting] = value;
  }

  absl::StatusOr<std::vector<absl::StatusOr<TopicDescription>>> Describe(
      const std::vector<std::string>& names, int /*timeout_ms*/) override {
    if (!answer.ok()) return answer;
    std::vector<absl::StatusOr<TopicDescription>> all;
    for (const std::string& name : names) {
      if (closed == name) {
        all.emplace_back(absl::PermissionDeniedError("Broker: Topic authorization failed"));
      } else if (topics.contains(name)) {
        all.emplace_back(topics.at(name));
      } else {
        all.emplace_back(absl::NotFoundError("no such topic"));
      }
    }
    return all;
  }

  absl::Status Create(const NewTopic& topic, int /*timeout_ms*/) override {
    ++changes;
    if (!change_answer.ok()) return change_answer;
    topics[topic.name] = {topic.partitions, topic.replicas, topic.settings, topic.settings};
    return absl::OkStatus();
  }

  absl::Status SetSettings(const std::string& name, const TopicSettings& settings,
                           int /*timeout_ms*/) override {
    ++changes;
    if (!change_answer.ok()) return change_answer;
    for (const auto& [setting, value] : settings) Set(name, setting, value);
    return absl::OkStatus();
  }

  std::map<std::string, TopicDescription> topics;
  std::string closed;          // the topic that may not be described
  absl::Status answer;         // to Describe
  absl::Status change_answer;  // to Create and SetSettings
  int changes = 0;             // how often either was asked for
};

}  // namespace shelf
