#include "ctl/feed_compare.h"

#include <algorithm>

#include "ctl/feed_parts.h"

namespace shelf::ctl {
namespace {

absl::string_view AsAbsl(std::string_view text) { return {text.data(), text.size()}; }

// Calls visit(position, quantity) for each of the feed's keys that has a position.
template <typename Visit>
void ForEachKnown(World& world, const Feed& feed, const Visit& visit) {
  for (const auto& [name, quantities] : feed.stores) {
    for (const auto& [sku, milli] : quantities) {
      const PositionId position = world.FindPosition(name, sku);
      if (position.valid()) visit(position, milli);
    }
  }
}

// Fewer keys may have the same distance by chance.
constexpr uint64_t kBufferKeysMin = 3;

int64_t FeedsOwnBuffer(World& world, const Feed& feed) {
  std::map<int64_t, uint64_t> distances;  // where it offers something, and less than there is
  uint64_t keys = 0;
  ForEachKnown(world, feed, [&](PositionId id, int64_t feed_milli) {
    const int64_t distance = world.positions[id].on_hand_milli - feed_milli;
    if (feed_milli == 0 || distance <= 0) return;
    ++distances[distance];
    ++keys;
  });
  const auto commonest =
      std::max_element(distances.begin(), distances.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  const bool common = keys > 0 && commonest->second >= kBufferKeysMin;
  return common && commonest->second * 2 >= keys ? commonest->first : 0;
}

class Comparer {
 public:
  Comparer(OpenedWorld& opened, ChannelId channel, const Feed& feed,
           const std::function<void(const FeedDifference&)>& on_difference)
      : opened_(opened),
        world_(opened.world()),
        channel_(channel),
        feed_(feed),
        on_difference_(on_difference) {}

  FeedComparison Run();

 private:
  using Quantities = Feed::Quantities;

  void OneStore(const std::string& name, const Quantities& quantities);
  void WithPosition(PositionId id, const int64_t* feed_milli);
  void WithoutPosition(const std::string& sku, int64_t feed_milli);
  void Compare(PositionId id, int64_t feed_milli, const Decision& decision, int64_t ours_milli);
  bool OffersSomething(const Store& store);
  void CountOtherStores();
  std::string_view RuleName(uint16_t rule) const;

  void Equal(int64_t milli);
  // The difference's parts go into the sums; the largest names it.
  void Differ(FeedDifference difference, int64_t milli, const FeedPart* parts, size_t count);

  OpenedWorld& opened_;
  World& world_;
  const ChannelId channel_;
  const Feed& feed_;
  const std::function<void(const FeedDifference&)>& on_difference_;
  FeedComparison result_;
  StoreComparison* sums_ = nullptr;  // of the store at hand
  std::string_view store_name_;
  Store* store_ = nullptr;  // null: nothing was ever heard of it
};

FeedComparison Comparer::Run() {
  result_.buffer_milli = FeedsOwnBuffer(world_, feed_);
  std::map<std::string_view, const Quantities*> by_name;
  for (const auto& [name, quantities] : feed_.stores) by_name.emplace(name, &quantities);
  result_.stores.reserve(by_name.size());
  for (const auto& [name, quantities] : by_name) OneStore(std::string(name), *quantities);
  for (const StoreComparison& store : result_.stores) result_.total.Add(store);
  CountOtherStores();
  return std::move(result_);
}

void Comparer::OneStore(const std::string& name, const Quantities& quantities) {
  sums_ = &result_.stores.emplace_back();
  sums_->store = name;
  store_name_ = sums_->store;
  store_ = world_.FindStore(name);
  if (store_ != nullptr) {
    store_->state.index.ForEach([&](PositionId position) {
      const std::string_view sku = world_.sku_names.Text(world_.positions[position].sku);
      const auto found = quantities.find(AsAbsl(sku));
      WithPosition(position, found == quantities.end() ? nullptr : &found->second);
    });
  }
  for (const auto& [sku, milli] : quantities) {
    if (!world_.FindPosition(name, sku).valid()) WithoutPosition(sku, milli);
  }
}

void Comparer::WithPosition(PositionId id, const int64_t* feed_milli) {
  const Decision decision = opened_.evaluator().Decide(id, channel_);
  const int64_t step_milli = world_.ItemOf(world_.positions[id].sku).step_milli;
  const int64_t ours_milli = decision.sellable * step_milli;
  const bool published = world_.positions.SlotOf(id, channel_).Has(SlotFlags::kPublished);
  const bool is_ours = published || decision.ineligible == Ineligible::kNo;
  if (feed_milli != nullptr && is_ours) return Compare(id, *feed_milli, decision, ours_milli);
  const std::string_view sku = world_.sku_names.Text(world_.positions[id].sku);
  if (feed_milli != nullptr) {
    if (*feed_milli == 0) return Equal(0);
    const FeedPart part{.reason = IneligibleName(decision.ineligible),
                        .milli = *feed_milli,
                        .rule = StageOutcome::kNoRule,
                        .older_than_ms = std::nullopt};
    FeedDifference difference;
    difference.sku = sku;
    difference.verdict = FeedVerdict::kOnlyFeed;
    difference.feed_milli = *feed_milli;
    return Differ(difference, *feed_milli, &part, 1);
  }
  if (!is_ours) return;
  if (ours_milli == 0) return Equal(0);
  const FeedPart part{.reason = "not_in_feed",
                      .milli = ours_milli,
                      .rule = StageOutcome::kNoRule,
                      .older_than_ms = std::nullopt};
  FeedDifference difference;
  difference.sku = sku;
  difference.verdict = FeedVerdict::kOnlyOurs;
  difference.ours_milli = ours_milli;
  Differ(difference, ours_milli, &part, 1);
}

void Comparer::WithoutPosition(const std::string& sku, int64_t feed_milli) {
  if (feed_milli == 0) return Equal(0);
  FeedPart part;
  part.reason = "no_stock_event";
  if (world_.reference.FindItem(sku) == nullptr) {
    part.reason = IneligibleName(Ineligible::kUnknownItem);
  }
  if (world_.reference.FindStore(store_name_) == nullptr) {
    part.reason = IneligibleName(Ineligible::kUnknownStore);
  }
  part.milli = feed_milli;
  FeedDifference difference;
  difference.sku = sku;
  difference.verdict = FeedVerdict::kOnlyFeed;
  difference.feed_milli = feed_milli;
  Differ(difference, feed_milli, &part, 1);
}

void Comparer::Compare(PositionId id, int64_t feed_milli, const Decision& decision,
                       int64_t ours_milli) {
  if (feed_milli == ours_milli) return Equal(ours_milli);
  const Position& position = world_.positions[id];
  FeedDifference difference;
  difference.sku = world_.sku_names.Text(position.sku);
  difference.feed_milli = feed_milli;
  difference.ours_milli = ours_milli;
  if (ours_milli > feed_milli) {
    difference.verdict = FeedVerdict::kOursHigher;
    const FeedPart part =
        WhyHigher(feed_milli, ours_milli, result_.buffer_milli, position, *store_);
    return Differ(difference, part.milli, &part, 1);
  }
  difference.verdict = FeedVerdict::kOursLower;
  const FeedParts parts = WhyLower(feed_milli, decision, ours_milli, position, *store_);
  Differ(difference, feed_milli - ours_milli, parts.data(), parts.size());
}

std::string_view Comparer::RuleName(uint16_t rule) const {
  if (rule == StageOutcome::kNoRule || store_ == nullptr) return {};
  return world_.RulesOf(*store_).set->channels()[channel_.value].rules[rule].id;
}

void Comparer::Equal(int64_t milli) {
  FeedSum& sum = sums_->by_verdict[static_cast<size_t>(FeedVerdict::kEqual)];
  ++sum.keys;
  sum.milli += milli;
}

void Comparer::Differ(FeedDifference difference, int64_t milli, const FeedPart* parts,
                      size_t count) {
  FeedSum& sum = sums_->by_verdict[static_cast<size_t>(difference.verdict)];
  ++sum.keys;
  sum.milli += milli;
  const FeedPart* const largest = std::max_element(
      parts, parts + count, [](const FeedPart& a, const FeedPart& b) { return a.milli < b.milli; });
  for (const FeedPart* part = parts; part != parts + count; ++part) {
    FeedSum& reason = sums_->reasons[{difference.verdict, std::string(part->reason)}];
    reason.milli += part->milli;
    if (part == largest) ++reason.keys;
  }
  if (!on_difference_) return;
  difference.store = store_name_;
  difference.reason = largest->reason;
  difference.rule = RuleName(largest->rule);
  difference.older_than_ms = largest->older_than_ms;
  on_difference_(difference);
}

bool Comparer::OffersSomething(const Store& store) {
  bool offers = false;
  store.state.index.ForEach([&](PositionId id) {
    offers = offers || opened_.evaluator().Decide(id, channel_).sellable > 0;
  });
  return offers;
}

void Comparer::CountOtherStores() {
  for (const Store& store : world_.stores) {
    const std::string_view name = world_.store_names.Text(store.state.id);
    if (feed_.stores.contains(AsAbsl(name))) continue;
    result_.stores_not_in_feed += OffersSomething(store) ? 1 : 0;
  }
}

}  // namespace

std::string_view FeedVerdictName(FeedVerdict verdict) {
  switch (verdict) {
    case FeedVerdict::kEqual:
      return "equal";
    case FeedVerdict::kOursLower:
      return "ours_lower";
    case FeedVerdict::kOursHigher:
      return "ours_higher";
    case FeedVerdict::kOnlyFeed:
      return "only_feed";
    case FeedVerdict::kOnlyOurs:
      return "only_ours";
  }
  return "";
}

uint64_t StoreComparison::keys() const {
  uint64_t keys = 0;
  for (const FeedSum& sum : by_verdict) keys += sum.keys;
  return keys;
}

double StoreComparison::ready() const {
  const uint64_t all = keys();
  if (all == 0) return 1;
  return static_cast<double>(by_verdict[static_cast<size_t>(FeedVerdict::kEqual)].keys) /
         static_cast<double>(all);
}

void StoreComparison::Add(const StoreComparison& other) {
  for (size_t v = 0; v < by_verdict.size(); ++v) {
    by_verdict[v].keys += other.by_verdict[v].keys;
    by_verdict[v].milli += other.by_verdict[v].milli;
  }
  for (const auto& [reason, sum] : other.reasons) {
    reasons[reason].keys += sum.keys;
    reasons[reason].milli += sum.milli;
  }
}

FeedComparison CompareFeed(OpenedWorld& opened, ChannelId channel, const Feed& feed,
                           const std::function<void(const FeedDifference&)>& on_difference) {
  return Comparer(opened, channel, feed, on_difference).Run();
}

}  // namespace shelf::ctl
