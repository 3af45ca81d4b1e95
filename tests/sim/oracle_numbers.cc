#include "sim/oracle_numbers.h"

#include <algorithm>
#include <functional>
#include <tuple>

#include "shelf/v1/availability.pb.h"

namespace shelf::sim::oracle {
namespace {

constexpr int64_t kMostSellable = 0xfffffffe;

template <typename Values>
bool Has(const Values& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool Applies(const ScopeChoice& when, const v1::Store* store, const v1::Item* item,
             const std::string& store_name, const std::string& sku) {
  if (!when.items.empty() && !Has(when.items, sku)) return false;
  if (!when.stores.empty() && !Has(when.stores, store_name)) return false;
  if (!when.category.empty()) {
    if (item == nullptr) return false;
    const auto& path = item->category();
    if (path.size() < static_cast<int>(when.category.size())) return false;
    if (!std::equal(when.category.begin(), when.category.end(), path.begin())) return false;
  }
  if (!when.regions.empty() && (store == nullptr || !Has(when.regions, store->region()))) {
    return false;
  }
  if (when.groups.empty()) return true;
  return store != nullptr &&
         std::any_of(store->groups().begin(), store->groups().end(),
                     [&](const std::string& group) { return Has(when.groups, group); });
}

// Item before longer path before shorter before all; then store before group before region before
// all; then the priority.
std::tuple<size_t, int, int64_t> Weight(const StageRuleChoice& rule) {
  const ScopeChoice& when = rule.when;
  const size_t item = !when.items.empty() ? SIZE_MAX : when.category.size();
  const int store = !when.stores.empty()    ? 3
                    : !when.groups.empty()  ? 2
                    : !when.regions.empty() ? 1
                                            : 0;
  return {item, store, rule.priority};
}

std::string WhyBarred(const ChannelChoice& channel, const StoreRecord* store, const v1::Item* item,
                      const v1::Listing* listing) {
  if (store == nullptr) return "unknown_store";
  if (item == nullptr) return "unknown_item";
  if (store->says.closed()) return "store_closed";
  const auto& services = store->says.services();
  const bool served = channel.methods.empty() ||
                      std::any_of(services.begin(), services.end(), [&](const v1::Service& s) {
                        return Has(channel.methods, s.method());
                      });
  if (!served) return "no_service";
  if (listing != nullptr) {
    const bool named = listing->channels().empty() || Has(listing->channels(), channel.name);
    if (listing->delisted() || !named) return "not_listed";
  }
  return Has(item->blocked_channels(), channel.name) ? "blocked" : "";
}

Chosen ChooseFor(const ChannelChoice& channel,
                 const std::function<bool(const ScopeChoice&)>& applies) {
  Chosen chosen;
  const auto take = [](const auto& set, const StageRuleChoice& rule, const StageRuleChoice*& best) {
    if (set && (best == nullptr || Weight(rule) > Weight(*best))) best = &rule;
  };
  for (const StageRuleChoice& rule : channel.rules) {
    if (!applies(rule.when)) continue;
    take(rule.sync_lag, rule, chosen.sync_lag);
    take(rule.after_nil_pick, rule, chosen.presence);
    take(rule.safety_stock, rule, chosen.safety_stock);
    take(rule.allocation, rule, chosen.allocation);
    take(rule.limits, rule, chosen.limits);
    take(rule.rise_after_ms, rule, chosen.steady);
  }
  return chosen;
}

// So much of the quantity, rounded up; in two parts, so that nothing overflows.
int64_t UpOf(int64_t milli, int64_t percent_milli) {
  constexpr int64_t kAll = 100'000;
  return milli / kAll * percent_milli + (milli % kAll * percent_milli + kAll - 1) / kAll;
}

// One channel's way through the stages.
class Way {
 public:
  Way(const Situation& situation, bool in_words, OfChannel& of)
      : situation_(situation), in_words_(in_words), of_(of) {
    base_milli_ =
        std::max<int64_t>(0, situation.on_hand_milli - (situation.held_milli - of.own_milli));
    milli_ = base_milli_;
    Say("base");
  }

  int64_t milli() const { return milli_; }
  int64_t base_milli() const { return base_milli_; }

  void ThroughOwnStages() {
    const Chosen& chosen = *of_.chosen;
    of_.may_sell = chosen.barred.empty() && !of_.stopped;
    if (!of_.may_sell) {
      return Leave(0, of_.stopped ? "stopped" : chosen.barred.c_str());
    }
    Leave(AfterLag(chosen), "sync_lag");
    const bool hides = chosen.presence != nullptr && *chosen.presence->after_nil_pick;
    Leave(hides && situation_.missed ? 0 : milli_, "presence");
    Leave(AfterSafety(chosen), "safety_stock");
  }

  void ThroughLimits() {
    const Chosen& chosen = *of_.chosen;
    int64_t left = milli_;
    if (chosen.limits != nullptr) {
      const LimitsChoice& limits = *chosen.limits->limits;
      if (left < limits.cutoff_below_milli) left = 0;
      if (limits.cap_milli) left = std::min(left, *limits.cap_milli);
    }
    of_.sellable = std::min(left / situation_.step_milli, kMostSellable);
    Leave(of_.sellable * situation_.step_milli, "limits");
  }

  void Leave(int64_t milli, const char* stage) {
    if (milli == milli_) return;
    milli_ = milli;
    if (in_words_) Say(stage);
  }

 private:
  void Say(const char* stage) {
    if (in_words_) of_.steps.push_back(std::string(stage) + " " + std::to_string(milli_));
  }

  int64_t AfterLag(const Chosen& chosen) const {
    if (chosen.sync_lag == nullptr) return milli_;
    const LagTierChoice* highest = nullptr;
    for (const LagTierChoice& tier : *chosen.sync_lag->sync_lag) {
      if (situation_.lag_ms > tier.over_ms) highest = &tier;
    }
    if (highest == nullptr) return milli_;
    int64_t kept = milli_;
    if (highest->keep_percent < 100) {
      kept = milli_ * highest->keep_percent / 100 / situation_.step_milli * situation_.step_milli;
    }
    return std::max<int64_t>(0, kept - highest->subtract_milli);
  }

  // A part is rounded up to a thousandth.
  int64_t AfterSafety(const Chosen& chosen) const {
    if (chosen.safety_stock == nullptr) return milli_;
    const SafetyChoice& safety = *chosen.safety_stock->safety_stock;
    const int64_t kept_back =
        safety.subtract_milli ? *safety.subtract_milli : UpOf(milli_, *safety.percent_milli);
    return std::max<int64_t>(0, milli_ - kept_back);
  }

  const Situation& situation_;
  const bool in_words_;
  OfChannel& of_;
  int64_t base_milli_ = 0;
  int64_t milli_ = 0;
};

struct Sharer {
  Way* way = nullptr;
  int64_t own_milli = 0;  // beyond what is shared
  int64_t share = 0;
  int64_t wanted = 0;
  int64_t given = 0;
};

int64_t SumOf(const std::vector<Sharer>& sharers, int64_t Sharer::*what) {
  int64_t sum = 0;
  for (const Sharer& sharer : sharers) sum += sharer.*what;
  return sum;
}

// In order, to each what it still wants.
void GiveInOrder(int64_t steps, std::vector<Sharer>& sharers) {
  for (Sharer& sharer : sharers) {
    const int64_t more = std::min(steps, sharer.wanted - sharer.given);
    sharer.given += more;
    steps -= more;
  }
}

// Parts by share; what does not divide by the largest remainder, of equal ones to the first.
void GiveByShare(int64_t steps, int64_t shares, std::vector<Sharer>& sharers) {
  std::vector<std::pair<int64_t, size_t>> remainders;  // the largest first
  for (size_t i = 0; i < sharers.size(); ++i) {
    sharers[i].given = steps * sharers[i].share / shares;
    remainders.emplace_back(-(steps * sharers[i].share % shares), i);
  }
  std::sort(remainders.begin(), remainders.end());
  int64_t over = steps - SumOf(sharers, &Sharer::given);
  for (const auto& [remainder, i] : remainders) {
    if (over-- > 0) ++sharers[i].given;
  }
}

void ShareOut(int64_t steps, std::vector<Sharer>& sharers) {
  const int64_t wanted = SumOf(sharers, &Sharer::wanted);
  const int64_t shares = SumOf(sharers, &Sharer::share);
  if (wanted <= steps) {
    for (Sharer& sharer : sharers) sharer.given = sharer.wanted;
    return;
  }
  if (shares > 0) GiveByShare(steps, shares, sharers);
  for (Sharer& sharer : sharers) sharer.given = std::min(sharer.given, sharer.wanted);
  GiveInOrder(steps - SumOf(sharers, &Sharer::given), sharers);
}

void Allocate(const GroupChoice& group, const Situation& situation,
              const std::vector<OfChannel>& channels, std::vector<Way>& ways) {
  const int64_t shared_milli = std::max<int64_t>(0, situation.on_hand_milli - situation.held_milli);
  const int64_t step = situation.step_milli;
  std::vector<size_t> members;
  for (size_t c = 0; c < channels.size(); ++c) {
    const StageRuleChoice* const rule = channels[c].chosen->allocation;
    if (rule != nullptr && rule->allocation->group == group.name) members.push_back(c);
  }
  std::stable_sort(members.begin(), members.end(), [&](size_t a, size_t b) {
    return channels[a].channel->priority > channels[b].channel->priority;
  });
  std::vector<Sharer> sharers;
  for (const size_t c : members) {
    const int64_t own = ways[c].base_milli() - shared_milli;
    const int64_t beyond_own = ways[c].milli() / step * step - own;
    sharers.push_back({.way = &ways[c],
                       .own_milli = own,
                       .share = channels[c].chosen->allocation->allocation->share,
                       .wanted = beyond_own > 0 ? (beyond_own + step - 1) / step : 0,
                       .given = 0});
  }
  ShareOut(shared_milli * group.overcommit_percent / 100 / step, sharers);
  for (const Sharer& sharer : sharers) {
    const bool has_all = sharer.given == sharer.wanted;
    const int64_t left = has_all ? sharer.way->milli() : sharer.own_milli + sharer.given * step;
    sharer.way->Leave(left / step * step, "allocation");
  }
}

}  // namespace

std::vector<Chosen> Choose(const RuleChoice& rules, const Reference& reference,
                           const std::string& store, const std::string& sku) {
  const StoreRecord* const record = reference.Store(store);
  const v1::Store* const says = record != nullptr ? &record->says : nullptr;
  const v1::Item* const item = reference.Item(sku);
  const v1::Listing* const listing = reference.Listing(store, sku);
  std::vector<Chosen> chosen;
  for (const ChannelChoice& channel : rules.channels) {
    chosen.push_back(ChooseFor(
        channel, [&](const ScopeChoice& when) { return Applies(when, says, item, store, sku); }));
    chosen.back().barred = WhyBarred(channel, record, item, listing);
  }
  return chosen;
}

void Decide(const RuleChoice& rules, const Situation& situation, bool in_words,
            std::vector<OfChannel>& channels) {
  std::vector<Way> ways;
  ways.reserve(channels.size());
  for (OfChannel& of : channels) ways.emplace_back(situation, in_words, of).ThroughOwnStages();
  for (const GroupChoice& group : rules.groups) Allocate(group, situation, channels, ways);
  for (Way& way : ways) way.ThroughLimits();
}

int StatusOf(const ChannelChoice& channel, int64_t sellable_milli) {
  if (sellable_milli == 0) return v1::AVAILABILITY_STATUS_OUT_OF_STOCK;
  return sellable_milli <= channel.limited_at_milli ? v1::AVAILABILITY_STATUS_LIMITED
                                                    : v1::AVAILABILITY_STATUS_IN_STOCK;
}

bool StopHolds(const v1::StopSale& stop, const std::string& channel, const std::string& store,
               const std::string& sku, int64_t now_ms) {
  const auto fits = [](const std::string& asked, const std::string& is) {
    return asked.empty() || asked == is;
  };
  if (!fits(stop.channel(), channel) || !fits(stop.store(), store) || !fits(stop.sku(), sku)) {
    return false;
  }
  return stop.expires_at_ms() == 0 || now_ms < stop.expires_at_ms();
}

}  // namespace shelf::sim::oracle
