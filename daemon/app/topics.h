// Topic names of a configuration, and which of them each channel's availability goes to.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "io/kafka_sink.h"
#include "loop/publisher.h"
#include "rules/rule_set.h"

namespace shelf {

struct TopicTable {
  std::vector<TopicName> names;     // all that the daemon writes to
  std::vector<OutputRoute> routes;  // by channel of the rule set
  OutputRoute RouteOf(const Config& config, const std::string& channel) const;
  std::vector<TopicName> availability;  // those of `names` that hold availability, each once
};

// Every channel that the configuration names has its topic in it: a later rule set may add it.
TopicTable TopicsOf(const Config& config, const RuleSet& rules);

}  // namespace shelf
