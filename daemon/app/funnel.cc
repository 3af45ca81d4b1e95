#include "app/funnel.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "app/clock.h"

namespace shelf {
namespace {

// Between two looks at the clock.
constexpr uint32_t kPositionsAtOnce = 64;

bool DiffersFromLast(const Decision& decision, const Slot& last) {
  // The first record of a key goes out as soon as its channel may sell it.
  if (!last.Has(SlotFlags::kPublished)) return decision.ineligible == Ineligible::kNo;
  return last.sellable != decision.sellable ||
         (last.flags & SlotFlags::kStatusMask) != static_cast<uint8_t>(decision.status);
}

void AddStages(const Decision& decision, std::array<StageSum, kStages>& stages) {
  int64_t left_milli = decision.base_milli;
  for (size_t s = 0; s < decision.stages.size(); ++s) {
    const int64_t withheld_milli = decision.stages[s].withheld_milli;
    if (withheld_milli == 0) continue;
    left_milli -= withheld_milli;
    stages[s].withheld_milli += withheld_milli;
    ++stages[s].positions;
    if (left_milli == 0) ++stages[s].emptied;
  }
}

Json SumJson(MilliSum milli) {
  const bool fits =
      milli >= std::numeric_limits<int64_t>::min() && milli <= std::numeric_limits<int64_t>::max();
  return fits ? Json(static_cast<int64_t>(milli)) : Json();
}

Json StagesJson(const std::array<StageSum, kStages>& stages) {
  Json json = Json::array();
  for (size_t s = 0; s < stages.size(); ++s) {
    json.push_back({{"stage", StageName(static_cast<Stage>(s))},
                    {"withheld_milli", SumJson(stages[s].withheld_milli)},
                    {"positions", stages[s].positions},
                    {"emptied", stages[s].emptied}});
  }
  return json;
}

Json ChannelJson(const ChannelSum& sum) {
  Json reasons = Json::object();
  for (const auto& [why, count] : sum.reasons) reasons[std::string(IneligibleName(why))] = count;
  return {{"channel", sum.name},
          {"keys",
           {{"in_stock", sum.in_stock},
            {"limited", sum.limited},
            {"out_of_stock", sum.out_of_stock},
            {"ineligible", sum.ineligible}}},
          {"ineligible", std::move(reasons)},
          {"never_published", sum.never_published},
          {"undecided", sum.undecided},
          {"with_base", sum.with_base},
          {"base_milli", SumJson(sum.base_milli)},
          {"stages", StagesJson(sum.stages)},
          {"sellable_milli", SumJson(sum.sellable_milli)}};
}

}  // namespace

void ChannelSum::Add(const Decision& decision, int64_t step_milli, const Slot& last) {
  ++positions;
  if (decision.base_milli > 0) ++with_base;
  base_milli += decision.base_milli;
  sellable_milli += decision.sellable * step_milli;
  AddStages(decision, stages);
  if (decision.ineligible != Ineligible::kNo) {
    ++ineligible;
    ++reasons[decision.ineligible];
  } else if (decision.status == Status::kInStock) {
    ++in_stock;
  } else if (decision.status == Status::kLimited) {
    ++limited;
  } else {
    ++out_of_stock;
  }
  if (!last.Has(SlotFlags::kPublished)) ++never_published;
  if (DiffersFromLast(decision, last)) ++undecided;
}

absl::StatusOr<FunnelScan> FunnelScan::Begin(Worker& worker, std::string_view channel) {
  if (!worker.caught_up()) {
    return absl::UnavailableError("catching up with the log: nothing is decided yet");
  }
  FunnelScan scan;
  scan.end_ = worker.world().positions.size();
  const std::vector<std::string>& names = worker.world().channel_names;
  for (uint16_t c = 0; c < static_cast<uint16_t>(names.size()); ++c) {
    if (!channel.empty() && channel != names[c]) continue;
    ChannelSum& sum = scan.channels_.emplace_back();
    sum.channel = ChannelId(c);
    sum.name = names[c];
  }
  if (!channel.empty() && scan.channels_.empty()) {
    return absl::NotFoundError(absl::StrCat("no channel ", std::string(channel), " in the rules"));
  }
  return scan;
}

void FunnelScan::Take(Worker& worker, uint32_t positions_max) {
  World& world = worker.world();
  const uint32_t end = next_ + std::min(positions_max, end_ - next_);
  for (; next_ < end; ++next_) {
    const PositionId id(next_);
    const int64_t step_milli = world.ItemOf(world.positions[id].sku).step_milli;
    const std::span<const Decision> decisions = worker.evaluator().DecideAll(id);
    for (ChannelSum& sum : channels_) {
      sum.Add(decisions[sum.channel.value], step_milli, world.positions.SlotOf(id, sum.channel));
    }
  }
}

Json FunnelJson(const FunnelScan& scan, int64_t from_ms, int64_t to_ms) {
  Json channels = Json::array();
  for (const ChannelSum& sum : scan.channels()) channels.push_back(ChannelJson(sum));
  return {{"time_ms", {{"from", from_ms}, {"to", to_ms}}},
          {"positions", scan.seen()},
          {"channels", std::move(channels)}};
}

absl::StatusOr<Json> CountFunnel(const std::string& channel, int64_t slice_us_max,
                                 const RunSlice& run) {
  // Shared with a slice that runs when nobody waits for it any more.
  const auto scan = std::make_shared<std::optional<FunnelScan>>();
  const int64_t from_ms = WallMs();
  absl::Status status = run([scan, channel](Worker& worker) {
    absl::StatusOr<FunnelScan> begun = FunnelScan::Begin(worker, channel);
    if (!begun.ok()) return begun.status();
    *scan = *std::move(begun);
    return absl::OkStatus();
  });
  while (status.ok() && !(*scan)->done()) {
    status = run([scan, slice_us_max](Worker& worker) {
      const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(slice_us_max);
      do {
        (*scan)->Take(worker, kPositionsAtOnce);
      } while (!(*scan)->done() && std::chrono::steady_clock::now() < end);
      return absl::OkStatus();
    });
  }
  if (!status.ok()) return status;
  return FunnelJson(**scan, from_ms, WallMs());
}

}  // namespace shelf
