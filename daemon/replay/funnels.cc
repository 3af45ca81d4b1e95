#include "replay/funnels.h"

namespace shelf {
namespace {

void Add(const Decision& decision, int64_t step_milli, FunnelFigures& sum) {
  sum.base_milli += static_cast<double>(decision.base_milli);
  sum.sellable_milli += static_cast<double>(decision.sellable * step_milli);
  for (size_t stage = 0; stage < kStages; ++stage) {
    sum.withheld_milli[stage] += static_cast<double>(decision.stages[stage].withheld_milli);
  }
}

FunnelFigures Mean(FunnelFigures sum, int samples) {
  const double parts = samples > 0 ? samples : 1;
  sum.base_milli /= parts;
  sum.sellable_milli /= parts;
  for (double& withheld : sum.withheld_milli) withheld /= parts;
  return sum;
}

}  // namespace

bool Funnels::Due(int64_t now_ms) const {
  if (taken_ == kSamples || to_ms_ <= from_ms_) return false;
  const int64_t part_ms = (to_ms_ - from_ms_) / kSamples;
  return now_ms >= from_ms_ + part_ms * taken_ + part_ms / 2;
}

void Funnels::TakeSide(size_t s, Side& side, Labels& labels) {
  World& world = side.world();
  for (uint32_t p = 0; p < world.positions.size(); ++p) {
    const PositionId id(p);
    const Store& store = world.StoreOf(id);
    if (!world.PartitionOf(store).live()) continue;
    const int64_t step_milli = world.ItemOf(world.positions[id].sku).step_milli;
    const size_t channels = world.RulesOf(store).set->channels().size();
    const auto decisions = side.worker().evaluator().DecideAll(id);
    for (uint16_t c = 0; c < channels; ++c) {
      const Label label = labels.ChannelOf(world, ChannelId(c), channel_labels_[s]);
      if (label >= sums_[s].size()) sums_[s].resize(label + 1);
      Add(decisions[c], step_milli, sums_[s][label]);
    }
  }
}

void Funnels::Take(std::array<Side*, kSides> sides, Labels& labels) {
  for (size_t s = 0; s < kSides; ++s) TakeSide(s, *sides[s], labels);
  ++taken_;
}

std::vector<ChannelFunnel> Funnels::Means(const Labels& labels) const {
  std::vector<ChannelFunnel> means;
  for (Label c = 0; c < labels.channels().size(); ++c) {
    if (labels.channels()[c].empty()) continue;  // picks without an order have no stages
    ChannelFunnel mean{.channel = labels.channels()[c], .sides = {}};
    bool any = false;
    for (size_t s = 0; s < kSides; ++s) {
      if (c >= sums_[s].size()) continue;
      any = true;
      mean.sides[s] = Mean(sums_[s][c], taken_);
    }
    if (any) means.push_back(std::move(mean));
  }
  return means;
}

}  // namespace shelf
