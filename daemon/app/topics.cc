#include "app/topics.h"

#include <algorithm>

namespace shelf {

TopicTable TopicsOf(const Config& config, const RuleSet& rules) {
  const TopicNames& topics = config.topics;
  TopicTable table;
  table.availability.push_back({Topic::kAvailability, topics.availability});
  for (size_t c = 0; c < rules.channels().size(); ++c) {
    const ChannelOutput& output = config.Output(rules.channels()[c].name);
    OutputRoute route{.json = output.format == ValueFormat::kJson};
    if (!output.topic.empty()) {
      const auto known = std::find_if(table.availability.begin(), table.availability.end(),
                                      [&](const TopicName& t) { return t.name == output.topic; });
      if (known != table.availability.end()) {
        route.topic = known->topic;
      } else {
        route.topic = static_cast<Topic>(static_cast<size_t>(Topic::kFirstChannel) + c);
        table.availability.push_back({route.topic, output.topic});
      }
    }
    table.routes.push_back(route);
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
