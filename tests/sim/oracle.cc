#include "sim/oracle.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "shelf/v1/availability.pb.h"
#include "sim/oracle_log.h"
#include "sim/oracle_numbers.h"
#include "sim/oracle_rises.h"

namespace shelf::sim {
namespace {

using oracle::Chosen;
using oracle::Log;
using oracle::OfChannel;
using oracle::Partition;
using oracle::Rises;
using oracle::RuleSet;
using oracle::Situation;
using oracle::Stock;
using oracle::Store;

// Which rules hold for a position, as long as rules and reference data stay as they are, and how
// far its rises have lasted, by channel.
struct OfPosition {
  const RuleSet* rules = nullptr;
  int64_t reference_version = -1;
  std::vector<Chosen> chosen;
  std::map<std::string, Rises> rises;
};

// What time alone may change of a store's numbers: rules, reference data, the tiers that its lag is
// beyond, the orders and stops that hold.
using Seen = std::tuple<const RuleSet*, int64_t, int64_t, int, int>;

}  // namespace

class Oracle::Impl {
 public:
  explicit Impl(const OracleOptions& options) : log_(options) {}

  Log& log() { return log_; }
  const Log& log() const { return log_; }
  void AddRules(std::string hash, const RuleChoice& choice);
  void AdvanceTo(int32_t partition, int64_t next_offset);
  Verdict Of(const std::string& channel, const std::string& store, const std::string& sku,
             std::string* why) const;
  const Store* Find(const std::string& store) const {
    const auto found = log_.stores().find(store);
    return found == log_.stores().end() ? nullptr : &found->second;
  }
  const std::set<std::string>& channels() const { return channels_; }

 private:
  const RuleSet* RulesOf(const Store& store) const { return log_.PartitionOf(store).rules; }
  const std::vector<Chosen>& ChosenFor(const Store& store, const std::string& sku) const;
  std::vector<OfChannel> DecideAll(const Store& store, const std::string& sku,
                                   const Situation& situation, bool in_words) const;
  bool IsStopped(const std::string& channel, const Store& store, const std::string& sku) const;
  bool MustNoteRises(const Partition& partition) const;
  void NoteRises(const Store& store);
  void NoteRise(const Store& store, const std::string& sku, const std::string& channel,
                const std::vector<OfChannel>& decided, int64_t step_milli);
  void NoteRisesByTime(const Store& store);
  int64_t TiersPassed(const Store& store) const;
  int64_t LastingMilli(const Store& store, const std::string& sku, const OfChannel& of,
                       int64_t milli) const;
  bool IsSettled(const Store& store, const std::string& sku, const OfChannel& of) const;
  void Explain(const Store& store, const std::string& sku, const Situation& situation,
               const OfChannel& of, std::string& why) const;

  Log log_;
  std::set<std::string> channels_;
  std::set<std::string> steady_channels_;  // of any set
  std::map<std::string, Seen> seen_;       // by store
  mutable std::unordered_map<const Stock*, OfPosition> positions_;
};

void Oracle::Impl::AddRules(std::string hash, const RuleChoice& choice) {
  log_.AddRules(std::move(hash), choice);
  for (const ChannelChoice& channel : choice.channels) {
    for (const StageRuleChoice& rule : channel.rules) {
      if (rule.rise_after_ms) steady_channels_.insert(channel.name);
    }
  }
}

void Oracle::Impl::AdvanceTo(int32_t partition, int64_t next_offset) {
  const Partition& at = log_.partitions().at(static_cast<size_t>(partition));
  const RuleSet* noted = nullptr;
  for (Store* told = nullptr; log_.HandleNext(partition, next_offset, told);) {
    if (at.rules != noted) {
      for (const ChannelChoice& channel : at.rules->choice.channels) {
        channels_.insert(channel.name);
      }
      noted = at.rules;
    }
    if (!MustNoteRises(at)) continue;
    if (told != nullptr) {
      NoteRises(*told);
      seen_.erase(told->name);
      continue;
    }
    for (const auto& [name, store] : log_.stores()) {
      if (store.partition == partition) NoteRisesByTime(store);
    }
  }
}

const std::vector<Chosen>& Oracle::Impl::ChosenFor(const Store& store,
                                                   const std::string& sku) const {
  OfPosition& plan = positions_[&store.life.positions().at(sku)];
  if (plan.rules != RulesOf(store) || plan.reference_version != log_.reference_version()) {
    plan.rules = RulesOf(store);
    plan.reference_version = log_.reference_version();
    plan.chosen = oracle::Choose(plan.rules->choice, log_.reference(), store.name, sku);
  }
  return plan.chosen;
}

bool Oracle::Impl::IsStopped(const std::string& channel, const Store& store,
                             const std::string& sku) const {
  const int64_t now_ms = log_.PartitionOf(store).now_ms;
  const auto& stops = log_.reference().stops();
  return std::any_of(stops.begin(), stops.end(), [&](const auto& entry) {
    return oracle::StopHolds(entry.second, channel, store.name, sku, now_ms);
  });
}

std::vector<OfChannel> Oracle::Impl::DecideAll(const Store& store, const std::string& sku,
                                               const Situation& situation, bool in_words) const {
  const RuleChoice& rules = RulesOf(store)->choice;
  const std::vector<Chosen>& chosen = ChosenFor(store, sku);
  std::vector<OfChannel> channels(rules.channels.size());
  for (size_t c = 0; c < channels.size(); ++c) {
    const ChannelChoice& channel = rules.channels[c];
    channels[c].channel = &channel;
    channels[c].chosen = &chosen[c];
    channels[c].stopped = IsStopped(channel.name, store, sku);
    if (!channel.own_reservations_taken_off || situation.held_milli == 0) continue;
    channels[c].own_milli = situation.held_milli -
                            store.life.orders().Held(sku, store.life.watermark_ms(),
                                                     log_.PartitionOf(store).now_ms, &channel.name);
  }
  oracle::Decide(rules, situation, in_words, channels);
  return channels;
}

bool Oracle::Impl::MustNoteRises(const Partition& partition) const {
  return !steady_channels_.empty() && partition.time_known && partition.rules != nullptr;
}

void Oracle::Impl::NoteRises(const Store& store) {
  for (const auto& [sku, stock] : store.life.positions()) {
    const Situation situation = log_.SituationOf(store, sku);
    const std::vector<OfChannel> decided = DecideAll(store, sku, situation, false);
    for (const std::string& channel : steady_channels_) {
      NoteRise(store, sku, channel, decided, situation.step_milli);
    }
  }
}

// Before the channel could sell it the first time there was no number; when it cannot any more,
// also because it is no channel of the rules any more, the number is zero.
void Oracle::Impl::NoteRise(const Store& store, const std::string& sku, const std::string& channel,
                            const std::vector<OfChannel>& decided, int64_t step_milli) {
  const auto of = std::find_if(decided.begin(), decided.end(), [&](const OfChannel& one) {
    return one.channel->name == channel && one.may_sell;
  });
  Rises& rises = positions_[&store.life.positions().at(sku)].rises[channel];
  if (of == decided.end() && !rises.begun()) return;
  const int64_t now_ms = log_.PartitionOf(store).now_ms;
  if (of == decided.end()) return rises.Note(0, 0, now_ms);
  const StageRuleChoice* const steady = of->chosen->steady;
  rises.Note(of->sellable * step_milli, steady != nullptr ? *steady->rise_after_ms : 0, now_ms);
}

int64_t Oracle::Impl::TiersPassed(const Store& store) const {
  int64_t passed = 0;
  const int64_t lag_ms = log_.LagMs(store);
  for (const ChannelChoice& channel : RulesOf(store)->choice.channels) {
    for (const StageRuleChoice& rule : channel.rules) {
      if (!rule.sync_lag) continue;
      passed +=
          std::count_if(rule.sync_lag->begin(), rule.sync_lag->end(),
                        [lag_ms](const LagTierChoice& tier) { return lag_ms > tier.over_ms; });
    }
  }
  return passed;
}

void Oracle::Impl::NoteRisesByTime(const Store& store) {
  const int64_t now_ms = log_.PartitionOf(store).now_ms;
  const Seen now(RulesOf(store), log_.reference_version(), TiersPassed(store),
                 store.life.orders().Holding(store.life.watermark_ms(), now_ms),
                 log_.StopsThatHold(now_ms));
  Seen& seen = seen_[store.name];
  if (now == seen) return;
  seen = now;
  NoteRises(store);
}

int64_t Oracle::Impl::LastingMilli(const Store& store, const std::string& sku, const OfChannel& of,
                                   int64_t milli) const {
  const StageRuleChoice* const rule = of.chosen->steady;
  if (rule == nullptr || *rule->rise_after_ms <= 0) return milli;
  const Rises& rises = positions_[&store.life.positions().at(sku)].rises[of.channel->name];
  return rises.begun() ? std::min(milli, rises.Lasting(log_.PartitionOf(store).now_ms)) : milli;
}

bool Oracle::Impl::IsSettled(const Store& store, const std::string& sku,
                             const OfChannel& of) const {
  if (of.chosen->steady == nullptr) return true;
  const Rises& rises = positions_[&store.life.positions().at(sku)].rises[of.channel->name];
  return !rises.begun() || rises.Settled(log_.PartitionOf(store).now_ms);
}

Verdict Oracle::Impl::Of(const std::string& channel, const std::string& store_name,
                         const std::string& sku, std::string* why) const {
  Verdict verdict;
  verdict.status = verdict.most_status = v1::AVAILABILITY_STATUS_OUT_OF_STOCK;
  const Store* const store = Find(store_name);
  if (store == nullptr || !store->life.positions().contains(sku)) return verdict;
  const Situation situation = log_.SituationOf(*store, sku);
  verdict.on_hand_milli = situation.on_hand_milli;
  verdict.reserved_milli = situation.held_milli;
  if (!log_.PartitionOf(*store).time_known || RulesOf(*store) == nullptr) return verdict;
  for (const OfChannel& of : DecideAll(*store, sku, situation, why != nullptr)) {
    if (of.channel->name != channel) continue;
    const int64_t step_milli = situation.step_milli;
    verdict.spoken = of.may_sell;
    verdict.at_most = of.sellable;
    verdict.most_status = oracle::StatusOf(*of.channel, of.sellable * step_milli);
    verdict.sellable = LastingMilli(*store, sku, of, of.sellable * step_milli) / step_milli;
    verdict.status = oracle::StatusOf(*of.channel, verdict.sellable * step_milli);
    verdict.settled = IsSettled(*store, sku, of);
    if (why != nullptr) Explain(*store, sku, situation, of, *why);
  }
  return verdict;
}

void Oracle::Impl::Explain(const Store& store, const std::string& sku, const Situation& situation,
                           const OfChannel& of, std::string& why) const {
  why = "at " + std::to_string(log_.PartitionOf(store).now_ms) + " on hand " +
        std::to_string(situation.on_hand_milli) + ", held " + std::to_string(situation.held_milli) +
        ", lag " + std::to_string(situation.lag_ms) + " ms, step " +
        std::to_string(situation.step_milli) + (situation.missed ? ", nil pick" : "") + "\n";
  for (const std::string& step : of.steps) why += "  " + step + "\n";
  const Rises& rises = positions_[&store.life.positions().at(sku)].rises[of.channel->name];
  if (rises.begun()) why += "  " + rises.Text() + "\n";
}

Oracle::Oracle(OracleOptions options) : impl_(std::make_unique<Impl>(options)) {}
Oracle::~Oracle() = default;

void Oracle::AddRules(std::string hash, const RuleChoice& choice) {
  impl_->AddRules(std::move(hash), choice);
}

void Oracle::AddReference(int64_t offset, std::string_view key,
                          std::optional<std::string_view> value) {
  impl_->log().AddReference(offset, key, value);
}

void Oracle::AddInput(int32_t partition, int64_t offset, int64_t timestamp_ms, std::string_view key,
                      std::optional<std::string_view> value) {
  impl_->log().AddInput(partition, offset, timestamp_ms, key, value);
}

void Oracle::AdvanceTo(int32_t partition, int64_t next_offset) {
  impl_->AdvanceTo(partition, next_offset);
}

Verdict Oracle::Of(const std::string& channel, const std::string& store,
                   const std::string& sku) const {
  return impl_->Of(channel, store, sku, nullptr);
}

std::string Oracle::Why(const std::string& channel, const std::string& store,
                        const std::string& sku) const {
  std::string why;
  impl_->Of(channel, store, sku, &why);
  return why;
}

Fate Oracle::FateOf(int32_t partition, int64_t offset) const {
  const auto& inputs = impl_->log().partitions().at(static_cast<size_t>(partition)).inputs;
  const auto found =
      std::lower_bound(inputs.begin(), inputs.end(), offset,
                       [](const Partition::Input& input, int64_t o) { return input.offset < o; });
  return found != inputs.end() && found->offset == offset ? found->fate : Fate{};
}

std::vector<std::pair<std::string, std::string>> Oracle::Positions() const {
  std::vector<std::pair<std::string, std::string>> positions;
  for (const auto& [name, store] : impl_->log().stores()) {
    for (const auto& [sku, stock] : store.life.positions()) positions.emplace_back(name, sku);
  }
  return positions;
}

std::vector<std::string> Oracle::Channels() const {
  return {impl_->channels().begin(), impl_->channels().end()};
}

std::vector<int64_t> Oracle::BadReference() const { return impl_->log().bad_reference(); }

int64_t Oracle::WatermarkMs(const std::string& store) const {
  const Store* const found = impl_->Find(store);
  return found == nullptr ? 0 : found->life.watermark_ms();
}

bool Oracle::Frozen(const std::string& store) const {
  const Store* const found = impl_->Find(store);
  return found != nullptr && found->life.Frozen();
}

}  // namespace shelf::sim
