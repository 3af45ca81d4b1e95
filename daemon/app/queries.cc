#include "app/queries.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "app/hold_queries.h"
#include "app/position_json.h"
#include "app/store_queries.h"
#include "loop/rejects.h"
#include "loop/rules_reload.h"

namespace shelf {
namespace {

Json PartitionJson(const Partition& partition) {
  return {{"partition", partition.id},
          {"next_offset", partition.next_offset},
          {"time_ms", partition.time_known ? Json(partition.now.ms) : Json()},
          {"caught_up", partition.live()},
          {"reference_offset", partition.reference_offset},
          {"lost_in", partition.lost_in.has_value() ? Json(*partition.lost_in) : Json()},
          {"stores", partition.stores.size()}};
}

Json BytesJson(const World& world) {
  size_t stores = 0;
  for (const Store& store : world.stores) stores += sizeof(Store) + store.state.bytes();
  return {{"positions", world.positions.bytes()},
          {"stores", stores},
          {"store_names", world.store_names.bytes()},
          {"sku_names", world.sku_names.bytes()},
          {"reference", world.reference.bytes()}};
}

bool NewestRulesRefused(Worker& worker) {
  const RulesPhase phase = worker.rules_reload().outcome().phase;
  return phase == RulesPhase::kRefused || phase == RulesPhase::kBraked;
}

Json RejectsJson(const Rejects& rejects) {
  uint64_t total = 0;
  for (const auto& [reason, count] : rejects.counts()) total += count;
  return {{"unacknowledged", rejects.pending()}, {"total", total}, {"by_reason", rejects.counts()}};
}

Json CountersJson(Worker& worker) {
  const WorkerCounters& counters = worker.counters();
  return {{"records", counters.records},
          {"lines", counters.lines},
          {"ticks", counters.ticks},
          {"duplicates", counters.duplicates},
          {"lists_held", counters.lists_held},
          {"reserved_beyond", counters.reserved_beyond},
          {"foreign_keys", counters.foreign_keys},
          {"checkpoints", counters.checkpoints},
          {"checkpoints_failed", counters.checkpoints_failed},
          {"evaluations", worker.evaluator().evaluations()},
          {"published", worker.publisher().published()}};
}

}  // namespace

absl::StatusOr<Json> GetPosition(Worker& worker, std::string_view store, std::string_view sku) {
  World& world = worker.world();
  const absl::StatusOr<PositionId> id = FindPosition(world, store, sku);
  if (!id.ok()) return id.status();
  Json json = PositionJson(world, *id);
  Json& channels = json["channels"] = Json::array();
  for (uint16_t c = 0; c < static_cast<uint16_t>(world.channel_names.size()); ++c) {
    channels.push_back(LastDecided(world, *id, ChannelId(c)));
  }
  return json;
}

Json GetStatus(Worker& worker) {
  World& world = worker.world();
  Json json;
  json["caught_up"] = worker.caught_up();
  json["incarnation"] = worker.incarnation();
  json["rule_set"] = absl::BytesToHexString(world.rules->set->hash());
  json["rules_refused"] = NewestRulesRefused(worker);
  Json& channels = json["channels"] = Json::array();
  for (const std::string& channel : world.channel_names) channels.push_back(channel);
  json["stray_channels"] = {{"retired", worker.stray_channels().retired},
                            {"beyond", worker.stray_channels().beyond},
                            {"keys_beyond", worker.stray_channels().keys_beyond}};
  json["stores"] = world.stores.size();
  json["lag"] = LagSummary(world);
  json["holds"] = CountHolds(world);
  json["positions"] = world.positions.size();
  json["counters"] = CountersJson(worker);
  json["outbox"] = {{"waiting", worker.outbox().waiting()},
                    {"held", worker.outbox().held()},
                    {"in_flight", worker.outbox().in_flight()}};
  json["rejects"] = RejectsJson(worker.rejects());
  json["bytes"] = BytesJson(world);
  Json& partitions = json["partitions"] = Json::array();
  for (const auto& partition : world.partitions) {
    if (partition != nullptr) partitions.push_back(PartitionJson(*partition));
  }
  return json;
}

}  // namespace shelf
