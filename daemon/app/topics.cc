#include "app/topics.h"

#include <algorithm>

namespace shelf {

OutputRoute TopicTable::RouteOf(const Config& config, const std::string& channel) const {
  const ChannelOutput& output = config.Output(channel);
  OutputRoute route{.json = output.format == ValueFormat::kJson};
  const auto known = std::find_if(availability.begin(), availability.end(),
                                  [&](const TopicName& t) { return t.name == output.topic; });
  if (known != availability.end()) route.topic = known->topic;
  return route;
}

TopicTable TopicsOf(const Config& config, const RuleSet& rules) {
  const TopicNames& topics = config.topics;
  TopicTable table;
  table.availability.push_back({Topic::kAvailability, topics.availability});
  const auto add = [&table](const std::string& name) {
    const bool known = std::any_of(table.availability.begin(), table.availability.end(),
                                   [&](const TopicName& t) { return t.name == name; });
    if (known || name.empty()) return;
    const size_t place = table.availability.size() - 1;
    table.availability.push_back(
        {static_cast<Topic>(static_cast<size_t>(Topic::kFirstChannel) + place), name});
  };
  for (const ChannelRules& channel : rules.channels()) add(config.Output(channel.name).topic);
  for (const auto& [name, output] : config.channels) add(output.topic);
  for (const ChannelRules& channel : rules.channels()) {
    table.routes.push_back(table.RouteOf(config, channel.name));
  }
  table.names = table.availability;
  table.names.push_back({Topic::kStockEvents, topics.stock_events});
  table.names.push_back({Topic::kReference, topics.reference});
  table.names.push_back({Topic::kLocations, topics.locations});
  table.names.push_back({Topic::kRequests, topics.stock_requests});
  table.names.push_back({Topic::kRejects, topics.stock_rejects});
  table.names.push_back({Topic::kStarts, topics.shelfd_starts});
  return table;
}

}  // namespace shelf
