#include "app/stop_queries.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "app/stop_request.h"
#include "base/nearest_name.h"
#include "loop/stops.h"

namespace shelf {
namespace {

Json NameOrNull(const std::string& name) { return name.empty() ? Json() : Json(name); }

PartitionTime LatestTime(const World& world) {
  PartitionTime latest;
  for (const auto& partition : world.partitions) {
    if (partition != nullptr) latest = std::max(latest, partition->now);
  }
  return latest;
}

Json StopJson(const StopInfo& stop, World& world) {
  const ItemInfo* const item = world.reference.FindItem(stop.sku);
  return {{"id", stop.id},
          {"sku", NameOrNull(stop.sku)},
          {"name", item != nullptr ? NameOrNull(item->name) : Json()},
          {"store", NameOrNull(stop.store)},
          {"channel", NameOrNull(stop.channel)},
          {"by", stop.by},
          {"reason", stop.reason},
          {"expires_ms", stop.expires_at_ms > 0 ? Json(stop.expires_at_ms) : Json()},
          {"expired", IsExpired(stop, LatestTime(world))},
          {"positions", PositionsUnder(stop, world)}};
}

const StopInfo* FindStop(const World& world, const std::string& id) {
  const std::vector<StopInfo>& stops = world.reference.stops();
  const auto found =
      std::find_if(stops.begin(), stops.end(), [&](const StopInfo& stop) { return stop.id == id; });
  return found == stops.end() ? nullptr : &*found;
}

// Every partition has consumed a tick that names the record's place in `reference`.
bool TicksName(int64_t offset, const World& world) {
  return std::all_of(world.partitions.begin(), world.partitions.end(), [&](const auto& partition) {
    return partition == nullptr || partition->reference_offset >= offset;
  });
}

// A record on its way. Shared with what is posted to the worker, which may outlive who asked.
struct Written {
  StopInfo stop;
  bool lifted = false;
  std::string lifted_by;
  uint32_t number = 0;
  Json answer;
  absl::Status refused;  // by the broker
  std::string state = "waiting";
};

// Keys of records of ours that no tick has named yet.
std::set<std::string, std::less<>> KeysOnTheirWay(Worker& worker) {
  int64_t in_force = -1;
  for (const auto& partition : worker.world().partitions) {
    if (partition != nullptr) in_force = std::max(in_force, partition->reference_offset);
  }
  return worker.reference_writer().KeysAfter(in_force);
}

bool IsTaken(const std::string& id, Worker& worker) {
  return FindStop(worker.world(), id) != nullptr || KeysOnTheirWay(worker).contains(StopKey(id));
}

absl::Status TakeId(int64_t now_ms, StopInfo& stop, Worker& worker) {
  if (!stop.id.empty()) {
    if (!IsTaken(stop.id, worker)) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        "there is a stop ", stop.id, " already; lift it first, or name this one otherwise"));
  }
  const std::string made = MadeStopId(stop, now_ms);
  stop.id = made;
  for (int more = 2; IsTaken(stop.id, worker); ++more) stop.id = absl::StrCat(made, "-", more);
  return absl::OkStatus();
}

absl::Status CheckRoom(Worker& worker) {
  const World& world = worker.world();
  const PartitionTime now = LatestTime(world);
  std::set<std::string, std::less<>> coming = KeysOnTheirWay(worker);
  std::erase_if(coming, [](const std::string& key) { return key.rfind(StopKey(""), 0) != 0; });
  size_t holding = 0;
  for (const StopInfo& stop : world.reference.stops()) {
    if (!IsExpired(stop, now)) ++holding;
    if (!coming.empty()) coming.erase(StopKey(stop.id));
  }
  holding += coming.size();
  if (holding < kStopsMax) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(holding, " stops hold already, no more than ", kStopsMax,
                   " may: lift some, or block the items in their reference records"));
}

absl::Status Write(Written& written, Worker& worker) {
  written.answer = StopJson(written.stop, worker.world());
  StopInfo said = written.stop;
  if (!written.lifted_by.empty()) said.by = written.lifted_by;
  const absl::StatusOr<uint32_t> number =
      worker.reference_writer().Append(StopKey(said.id), StopValue(said, written.lifted));
  if (!number.ok()) return number.status();
  written.number = *number;
  return absl::OkStatus();
}

// How far the record has come; true when there is nothing more to wait for.
bool Look(Worker& worker, Written& written) {
  const auto fate = worker.reference_writer().FateOf(written.number);
  if (!fate.has_value()) return false;
  written.refused = fate->status;
  written.state = "in_log";
  World& world = worker.world();
  const bool held = FindStop(world, written.stop.id) != nullptr;
  if (held != written.lifted && TicksName(fate->offset, world)) {
    written.state = IsSwept(written.stop, written.lifted, world) ? "in_force" : "sweeping";
  }
  return !written.refused.ok() || written.state == "in_force";
}

// Waits for it; how far it came, or what the broker said.
absl::StatusOr<Json> Await(const Written& written, int64_t wait_ms, const AskWorker& ask) {
  Written seen = LookUntil(written, wait_ms, ask, Look);
  if (!seen.refused.ok()) {
    return absl::Status(seen.refused.code(),
                        absl::StrCat("the stop cannot be written to the reference topic: ",
                                     seen.refused.message()));
  }
  seen.answer["state"] = seen.state;
  return std::move(seen.answer);
}

void WarnOfChannel(const std::string& channel, const World& world, std::vector<std::string>& out) {
  if (channel.empty() || world.ChannelNamed(channel).valid()) return;
  const std::string nearest = NearestName(channel, world.channel_names);
  out.push_back(absl::StrCat("no channel ", channel, " is in the rules: nothing is stopped by it",
                             nearest.empty() ? "" : absl::StrCat("; did you mean ", nearest, "?")));
}

}  // namespace

Json ListStops(World& world, bool with_expired) {
  Json list = Json::array();
  const PartitionTime now = LatestTime(world);
  for (const StopInfo& stop : world.reference.stops()) {
    if (with_expired || !IsExpired(stop, now)) list.push_back(StopJson(stop, world));
  }
  return list;
}

std::vector<std::string> StopWarnings(const StopInfo& stop, const World& world) {
  std::vector<std::string> warnings;
  const bool sku_seen = world.sku_names.Find(stop.sku).valid();
  if (!stop.sku.empty() && !sku_seen && world.reference.FindItem(stop.sku) == nullptr) {
    warnings.push_back(absl::StrCat("nothing is known of a SKU ", stop.sku,
                                    ": the stop holds as soon as there is one"));
  }
  const bool store_seen = world.store_names.Find(stop.store).valid();
  if (!stop.store.empty() && !store_seen && world.reference.FindStore(stop.store) == nullptr) {
    warnings.push_back(absl::StrCat("nothing is known of a store ", stop.store,
                                    ": the stop holds as soon as there is one"));
  }
  WarnOfChannel(stop.channel, world, warnings);
  return warnings;
}

absl::StatusOr<Json> PlaceStop(StopInfo stop, int64_t now_ms, int64_t wait_ms,
                               const AskWorker& ask) {
  const auto written = std::make_shared<Written>();
  written->stop = std::move(stop);
  const absl::Status placed = ask([written, now_ms](Worker& worker) {
    absl::Status status = CheckRoom(worker);
    if (status.ok()) status = TakeId(now_ms, written->stop, worker);
    if (status.ok()) status = Write(*written, worker);
    if (!status.ok()) return status;
    written->answer["warnings"] = StopWarnings(written->stop, worker.world());
    return status;
  });
  if (!placed.ok()) return placed;
  return Await(*written, wait_ms, ask);
}

absl::StatusOr<Json> LiftStop(const std::string& id, const std::string& by, int64_t wait_ms,
                              const AskWorker& ask) {
  const auto written = std::make_shared<Written>();
  written->lifted = true;
  written->lifted_by = by;
  const absl::Status placed = ask([written, id](Worker& worker) {
    const StopInfo* const stop = FindStop(worker.world(), id);
    if (stop == nullptr) {
      return absl::NotFoundError(
          absl::StrCat("no stop ", id, " holds: see shelfctl stop list for those that do"));
    }
    written->stop = *stop;
    absl::Status status = Write(*written, worker);
    written->answer["lifted_by"] = NameOrNull(written->lifted_by);
    return status;
  });
  if (!placed.ok()) return placed;
  return Await(*written, wait_ms, ask);
}

}  // namespace shelf
