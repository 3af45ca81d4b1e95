#include "loop/rules_diff.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace shelf {
namespace {

constexpr uint32_t kUnmet = 0xffffffff;

// The largest first; of equals the one that comes first.
bool GoesBefore(const RulesChange& a, const RulesChange& b) {
  const int64_t a_milli = std::abs(a.difference_milli());
  const int64_t b_milli = std::abs(b.difference_milli());
  if (a_milli != b_milli) return a_milli > b_milli;
  if (a.position != b.position) return a.position.value < b.position.value;
  return a.channel.value < b.channel.value;
}

// A key that is not evaluated, since both sets say the same of it.
struct Unchanged {
  uint32_t sellable;
  int64_t step_milli;

  void operator()(RulesDiffSum& sum) const {
    ++sum.keys;
    sum.sellable += sellable > 0 ? 1 : 0;
    sum.offered_milli += sellable * step_milli;
  }
};

struct Decided {
  const Decision& before;
  const Decision& after;
  int64_t step_milli;

  void operator()(RulesDiffSum& sum) const {
    ++sum.keys;
    sum.sellable += before.sellable > 0 ? 1 : 0;
    sum.offered_milli += before.sellable * step_milli;
    if (before.sellable == after.sellable) {
      if (before.status == after.status) return;
      ++sum.changed;
      ++sum.status_only;
      return;
    }
    ++sum.changed;
    sum.to_zero += after.sellable == 0 ? 1 : 0;
    sum.to_sellable += before.sellable == 0 ? 1 : 0;
    const int64_t difference_milli = (after.sellable - before.sellable) * step_milli;
    (difference_milli > 0 ? sum.won_milli : sum.withheld_milli) += std::abs(difference_milli);
  }
};

}  // namespace

RulesDiffSum& RulesDiffSum::operator+=(const RulesDiffSum& other) {
  keys += other.keys;
  sellable += other.sellable;
  changed += other.changed;
  status_only += other.status_only;
  to_zero += other.to_zero;
  to_sellable += other.to_sellable;
  offered_milli += other.offered_milli;
  won_milli += other.won_milli;
  withheld_milli += other.withheld_milli;
  return *this;
}

bool ZeroesTooMuch(const RulesDiffSum& sum, double share_max) {
  return sum.to_zero > kZeroedFreely &&
         static_cast<double>(sum.to_zero) > share_max * static_cast<double>(sum.sellable);
}

bool ZeroesTooMuch(std::span<const RulesDiffSum> channels, double share_max) {
  RulesDiffSum total;
  for (const RulesDiffSum& sum : channels) {
    if (ZeroesTooMuch(sum, share_max)) return true;
    total += sum;
  }
  return ZeroesTooMuch(total, share_max);
}

RulesDiff::RulesDiff(World& world, RuleSet& proposed, const RulesDiffOptions& options,
                     OnChange on_change)
    : world_(world),
      rules_(world, proposed),
      options_(options),
      on_change_(std::move(on_change)),
      end_(world.positions.size()),
      channels_(proposed.channels().size()) {
  largest_.reserve(options_.largest + 1);
}

void RulesDiff::Take(uint32_t positions_max) {
  rules_.BeginSlice();
  const uint32_t end = next_ + std::min(positions_max, end_ - next_);
  for (; next_ < end; ++next_) Look(PositionId(next_));
}

void RulesDiff::Look(PositionId id) {
  if (!rules_.Decide(id)) return CountUnchanged(id);
  for (uint16_t c = 0; c < static_cast<uint16_t>(channels_.size()); ++c) {
    if (Counts(ChannelId(c))) Count(id, ChannelId(c));
  }
  evaluations_ += 2 * channels_.size();
}

void RulesDiff::CountUnchanged(PositionId id) {
  const int64_t step_milli = world_.ItemOf(world_.positions[id].sku).step_milli;
  for (uint16_t c = 0; c < static_cast<uint16_t>(channels_.size()); ++c) {
    const ChannelId channel(c);
    if (!Counts(channel) || rules_.rules_after(channel).retired) continue;
    const Slot slot = world_.positions.SlotOf(id, channel);
    AddToSums(id, channel, Unchanged{slot.sellable, step_milli});
  }
}

void RulesDiff::Count(PositionId id, ChannelId channel) {
  const Decision& before = rules_.before()[channel.value];
  const Decision& after = rules_.after()[channel.value];
  const bool in_neither = before.ineligible == Ineligible::kChannelRemoved &&
                          after.ineligible == Ineligible::kChannelRemoved;
  if (in_neither) return;
  const int64_t step_milli = world_.ItemOf(world_.positions[id].sku).step_milli;
  AddToSums(id, channel, Decided{before, after, step_milli});
  if (before.sellable == after.sellable && before.status == after.status) return;
  if (on_change_ == nullptr && options_.largest == 0) return;
  const RulesChange change{.position = id,
                           .channel = channel,
                           .step_milli = step_milli,
                           .before = before,
                           .after = after,
                           .reason = ReasonOf(rules_, channel)};
  if (on_change_ != nullptr) on_change_(change);
  if (options_.largest > 0) Keep(change);
}

// The heap's front is the one that goes first when a larger one comes.
void RulesDiff::Keep(const RulesChange& change) {
  const bool full = largest_.size() == options_.largest;
  if (full && !GoesBefore(change, largest_.front())) return;
  largest_.push_back(change);
  std::push_heap(largest_.begin(), largest_.end(), GoesBefore);
  if (!full) return;
  std::pop_heap(largest_.begin(), largest_.end(), GoesBefore);
  largest_.pop_back();
}

template <typename Add>
void RulesDiff::AddToSums(PositionId id, ChannelId channel, const Add& add) {
  add(channels_[channel.value]);
  if (options_.totals_only) return;
  const Position& position = world_.positions[id];
  const auto add_to = [&](Part& part) {
    if (part.channels.empty()) part.channels.resize(channels_.size());
    add(part.channels[channel.value]);
  };
  if (position.store.value >= stores_.size()) stores_.resize(world_.stores.size());
  add_to(stores_[position.store.value]);
  add_to(categories_[CategoryOf(position.sku)]);
}

uint32_t RulesDiff::CategoryOf(SkuId sku) {
  if (sku.value >= category_of_.size()) category_of_.resize(world_.sku_names.size(), kUnmet);
  uint32_t& number = category_of_[sku.value];
  if (number != kUnmet) return number;
  const ItemInfo* item = world_.reference.FindItem(world_.sku_names.Text(sku));
  std::vector<std::string> path;
  if (item != nullptr) path = item->category;
  path.resize(std::min(path.size(), options_.category_depth));
  const auto next = static_cast<uint32_t>(categories_.size());
  const auto [found, added] = category_numbers_.try_emplace(path, next);
  if (added) categories_.emplace_back().path = std::move(path);
  return number = found->second;
}

RulesDiffSum RulesDiff::Total() const {
  RulesDiffSum total;
  for (const RulesDiffSum& channel : channels_) total += channel;
  return total;
}

std::vector<RulesChange> RulesDiff::Largest() const {
  std::vector<RulesChange> sorted = largest_;
  std::sort(sorted.begin(), sorted.end(), GoesBefore);
  return sorted;
}

}  // namespace shelf
