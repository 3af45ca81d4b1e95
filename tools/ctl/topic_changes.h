// What `shelfctl topics apply` does about a report. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/inspect_topics.h"
#include "io/topic_admin.h"

namespace shelf::ctl {

struct TopicChange {
  std::string topic;
  std::optional<NewTopic> create = std::nullopt;  // else `settings` are set
  TopicSettings settings = {};
  TopicSettings before = {};  // what those settings are until then
  bool deletes = false;       // may delete records that the topic holds, at once and for good
};

// In the order of the plan; at most one a topic.
std::vector<TopicChange> ChangesOf(const TopicReport& report);

// Those of `findings` that none of `changes` mends.
std::vector<TopicFinding> NotMended(const std::vector<TopicFinding>& findings,
                                    const std::vector<TopicChange>& changes);

// "topic locations: cleanup.policy set to compact (was delete)"; when it was not done, that it
// would be.
std::string Sentence(const TopicChange& change, bool not_done);

// The same of a change that deletes and that nobody has confirmed: what would be, and why it asks.
std::string AskingSentence(const TopicChange& change);

}  // namespace shelf::ctl
