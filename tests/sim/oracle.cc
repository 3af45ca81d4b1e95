#include "sim/oracle.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "shelf/v1/availability.pb.h"
#include "sim/oracle_documents.h"
#include "sim/oracle_numbers.h"
#include "sim/oracle_reference.h"
#include "sim/oracle_store.h"

namespace shelf::sim {
namespace {

using oracle::Chosen;
using oracle::Document;
using oracle::Moment;
using oracle::OfChannel;
using oracle::Reading;
using oracle::Reference;
using oracle::Situation;
using oracle::StoreLife;
using oracle::Tick;

constexpr int64_t kUnknownLagMs = std::numeric_limits<int64_t>::max() / 4;
constexpr int64_t kDeafAfterMs = 10'000;
constexpr int64_t kDeafGraceMs = 5 * 60'000;

struct RuleSet {
  std::string hash;
  RuleChoice choice;
};

struct Input {
  int64_t offset = 0;
  int64_t timestamp_ms = 0;
  Reading reading;
  Fate fate;
};

struct Deaf {
  int64_t from_ms = 0, to_ms = 0;
};

struct Partition {
  std::vector<Input> inputs;
  size_t handled = 0;
  bool time_known = false;
  int64_t now_ms = 0;
  std::vector<Deaf> deaf;  // every stretch there was
  const RuleSet* rules = nullptr;
  uint64_t rules_epoch = 0;
};

struct ReferenceRecord {
  int64_t offset = 0;
  std::string key;
  std::optional<std::string> value;
};

// What was offered of a key before `steady`, each change of it.
struct Offered {
  int64_t at_ms = 0;
  int64_t milli = 0;
};

// Which rules hold for a position, as long as rules and reference data stay as they are.
struct Plan {
  const RuleSet* rules = nullptr;
  int64_t reference_version = -1;
  std::vector<Chosen> chosen;
};

struct Store {
  std::string name;
  int32_t partition = 0;
  StoreLife life;
  mutable std::map<std::string, Plan> plans;                                    // by SKU
  std::map<std::pair<std::string, std::string>, std::vector<Offered>> offered;  // SKU, channel
  // What time alone may change, as it was when `offered` was last looked at.
  std::tuple<const RuleSet*, int64_t, int64_t, int, int> seen = {};
  int64_t documents = 0;
};

}  // namespace

class Oracle::Impl {
 public:
  explicit Impl(OracleOptions options)
      : options_(options), partitions_(static_cast<size_t>(options.partitions)) {}

  void AddRules(std::string hash, const RuleChoice& choice);
  void AddReference(int64_t offset, std::string_view key, std::optional<std::string_view> value) {
    reference_waiting_.push_back({offset, std::string(key), {}});
    if (value) reference_waiting_.back().value = std::string(*value);
  }
  void AddInput(int32_t partition, int64_t offset, int64_t timestamp_ms, std::string_view key,
                std::optional<std::string_view> value);
  void AdvanceTo(int32_t partition, int64_t next_offset);

  Verdict Of(const std::string& channel, const std::string& store, const std::string& sku,
             std::string* why) const;
  Fate FateOf(int32_t partition, int64_t offset) const;
  std::vector<std::pair<std::string, std::string>> Positions() const;
  std::vector<std::string> Channels() const { return {channels_.begin(), channels_.end()}; }
  const std::vector<int64_t>& bad_reference() const { return bad_reference_; }
  const Store* Find(const std::string& store) const {
    const auto found = stores_.find(store);
    return found == stores_.end() ? nullptr : &found->second;
  }

 private:
  Partition& PartitionAt(int32_t partition) { return partitions_[static_cast<size_t>(partition)]; }
  const Partition& PartitionOf(const Store& store) const {
    return partitions_[static_cast<size_t>(store.partition)];
  }
  static Moment MomentOf(const Partition& partition, int64_t recorded_ms) {
    return {.known = partition.time_known, .now_ms = partition.now_ms, .recorded_ms = recorded_ms};
  }
  Store& StoreNamed(const std::string& name);
  void Handle(int32_t partition, Input& input);
  void HandleTick(int32_t partition, const Tick& tick);
  static void MoveTime(int64_t to_ms, Partition& partition);
  void TakeRules(const Tick& tick, Partition& partition) const;
  void TakeReference(int64_t through);

  int64_t LagMs(const Store& store) const;
  Situation SituationOf(const Store& store, const std::string& sku) const;
  const std::vector<Chosen>& ChosenFor(const Store& store, const std::string& sku) const;
  std::vector<OfChannel> DecideAll(const Store& store, const std::string& sku, bool in_words) const;
  bool IsStopped(const std::string& channel, const Store& store, const std::string& sku) const;
  int StopsThatHold(int64_t now_ms) const;
  bool AnyRiseWaits(const Partition& partition) const;
  void NoteOffered(Store& store);
  void NoteOfferedByTime(Store& store);
  int64_t LastingMilli(const Store& store, const std::string& sku, const OfChannel& of,
                       int64_t milli) const;

  const OracleOptions options_;
  std::vector<Partition> partitions_;
  std::deque<RuleSet> rules_;              // addresses stay
  std::set<std::string> steady_channels_;  // of any set
  std::set<std::string> channels_;
  std::deque<ReferenceRecord> reference_waiting_;
  Reference reference_;
  int64_t reference_version_ = 0;
  std::vector<int64_t> bad_reference_;
  std::map<std::string, Store> stores_;
};

void Oracle::Impl::AddRules(std::string hash, const RuleChoice& choice) {
  const RuleSet& set = rules_.emplace_back(RuleSet{std::move(hash), choice});
  for (const ChannelChoice& channel : choice.channels) {
    for (const StageRuleChoice& rule : channel.rules) {
      if (rule.rise_after_ms) steady_channels_.insert(channel.name);
    }
  }
  for (Partition& partition : partitions_) {
    if (partition.rules != nullptr) continue;
    partition.rules = &set;
    for (const ChannelChoice& channel : choice.channels) channels_.insert(channel.name);
  }
}

void Oracle::Impl::AddInput(int32_t partition, int64_t offset, int64_t timestamp_ms,
                            std::string_view key, std::optional<std::string_view> value) {
  PartitionAt(partition).inputs.push_back(
      {.offset = offset,
       .timestamp_ms = timestamp_ms,
       .reading = oracle::Read(key, value, timestamp_ms, partition, options_.partitions),
       .fate = {}});
}

void Oracle::Impl::AdvanceTo(int32_t partition, int64_t next_offset) {
  Partition& at = PartitionAt(partition);
  while (at.handled < at.inputs.size() && at.inputs[at.handled].offset < next_offset) {
    Handle(partition, at.inputs[at.handled++]);
  }
}

Store& Oracle::Impl::StoreNamed(const std::string& name) {
  const auto [at, is_new] = stores_.try_emplace(name);
  Store& store = at->second;
  if (!is_new) return store;
  store.name = name;
  store.partition = oracle::PartitionFor(name, options_.partitions);
  const oracle::StoreRecord* const record = reference_.Store(name);
  store.life.Declare(record != nullptr ? &record->says : nullptr, MomentOf(PartitionOf(store), 0));
  return store;
}

void Oracle::Impl::Handle(int32_t partition, Input& input) {
  if (input.reading.tick) {
    HandleTick(partition, *input.reading.tick);
    input.fate.kind = FateKind::kTick;
    return;
  }
  if (!input.reading.document) {
    input.fate = {.kind = FateKind::kRejected, .reason = input.reading.refusal, .lines = {}};
    return;
  }
  const Document& document = *input.reading.document;
  Store& store = StoreNamed(document.store);
  input.fate = store.life.Take(document, MomentOf(PartitionAt(partition), input.timestamp_ms));
  ++store.documents;
  if (AnyRiseWaits(PartitionAt(partition))) NoteOffered(store);
}

void Oracle::Impl::HandleTick(int32_t partition, const Tick& tick) {
  Partition& at = PartitionAt(partition);
  MoveTime(tick.time_ms, at);
  TakeRules(tick, at);
  if (at.rules != nullptr) {
    for (const ChannelChoice& channel : at.rules->choice.channels) channels_.insert(channel.name);
  }
  TakeReference(tick.reference_offset);
  for (auto& [name, store] : stores_) {
    if (store.partition != partition) continue;
    store.life.PassTime(at.now_ms, options_.ring_age_max_ms);
    if (AnyRiseWaits(at)) NoteOfferedByTime(store);
  }
}

// Time never goes back. A long stretch without a tick is our deafness and not the stores' silence.
void Oracle::Impl::MoveTime(int64_t to_ms, Partition& partition) {
  if (partition.time_known && to_ms - partition.now_ms > kDeafAfterMs) {
    partition.deaf.push_back({partition.now_ms, to_ms});
  }
  partition.now_ms = partition.time_known ? std::max(partition.now_ms, to_ms) : to_ms;
  partition.time_known = true;
}

// A tick of an owner of before does not take them back, and a set that nobody knows changes
// nothing.
void Oracle::Impl::TakeRules(const Tick& tick, Partition& partition) const {
  if (tick.rule_set.empty() || tick.epoch < partition.rules_epoch) return;
  partition.rules_epoch = tick.epoch;
  for (const RuleSet& set : rules_) {
    if (set.hash == tick.rule_set) partition.rules = &set;
  }
}

void Oracle::Impl::TakeReference(int64_t through) {
  while (!reference_waiting_.empty() && reference_waiting_.front().offset <= through) {
    const ReferenceRecord& record = reference_waiting_.front();
    const std::optional<std::string_view> value =
        record.value ? std::optional<std::string_view>(*record.value) : std::nullopt;
    if (!reference_.Take(record.key, value)) bad_reference_.push_back(record.offset);
    ++reference_version_;
    reference_waiting_.pop_front();
    const std::string name = reference_.store_touched();
    if (name.empty()) continue;
    Store& store = StoreNamed(name);
    const oracle::StoreRecord* const found = reference_.Store(name);
    store.life.Declare(found != nullptr ? &found->says : nullptr, MomentOf(PartitionOf(store), 0));
  }
}

// How long ago the store's sales were known, in the hours in which it trades. What of it we were
// deaf is left out until five minutes after.
int64_t Oracle::Impl::LagMs(const Store& store) const {
  const Partition& partition = PartitionOf(store);
  const int64_t known_ms = store.life.watermark_ms();
  if (known_ms == 0 || !partition.time_known) return kUnknownLagMs;
  const oracle::StoreRecord* const record = reference_.Store(store.name);
  const auto traded = [&](int64_t from_ms, int64_t to_ms) {
    if (record != nullptr) return record->hours->Between(from_ms, to_ms);
    return std::max<int64_t>(0, to_ms - from_ms);
  };
  int64_t lag_ms = traded(known_ms, partition.now_ms);
  for (const Deaf& deaf : partition.deaf) {
    if (partition.now_ms > deaf.to_ms + kDeafGraceMs) continue;
    lag_ms -= traded(std::max(deaf.from_ms, known_ms), deaf.to_ms);
  }
  return std::max<int64_t>(0, lag_ms);
}

Situation Oracle::Impl::SituationOf(const Store& store, const std::string& sku) const {
  const oracle::Stock& stock = store.life.positions().at(sku);
  const v1::Item* const item = reference_.Item(sku);
  Situation situation;
  situation.on_hand_milli = stock.OnHand(store.life.tb_ms());
  situation.held_milli =
      store.life.orders().Held(sku, store.life.watermark_ms(), PartitionOf(store).now_ms);
  situation.lag_ms = LagMs(store);
  situation.missed = stock.missed();
  if (item != nullptr && item->step_milli() > 0) situation.step_milli = item->step_milli();
  return situation;
}

const std::vector<Chosen>& Oracle::Impl::ChosenFor(const Store& store,
                                                   const std::string& sku) const {
  Plan& plan = store.plans[sku];
  const RuleSet* const rules = PartitionOf(store).rules;
  if (plan.rules != rules || plan.reference_version != reference_version_) {
    plan.rules = rules;
    plan.reference_version = reference_version_;
    plan.chosen = oracle::Choose(rules->choice, reference_, store.name, sku);
  }
  return plan.chosen;
}

bool Oracle::Impl::IsStopped(const std::string& channel, const Store& store,
                             const std::string& sku) const {
  const int64_t now_ms = PartitionOf(store).now_ms;
  return std::any_of(reference_.stops().begin(), reference_.stops().end(), [&](const auto& entry) {
    return oracle::StopHolds(entry.second, channel, store.name, sku, now_ms);
  });
}

std::vector<OfChannel> Oracle::Impl::DecideAll(const Store& store, const std::string& sku,
                                               bool in_words) const {
  const RuleChoice& rules = PartitionOf(store).rules->choice;
  const std::vector<Chosen>& chosen = ChosenFor(store, sku);
  const Situation situation = SituationOf(store, sku);
  std::vector<OfChannel> channels;
  for (size_t c = 0; c < rules.channels.size(); ++c) {
    const ChannelChoice& channel = rules.channels[c];
    OfChannel of;
    of.channel = &channel;
    of.chosen = &chosen[c];
    of.stopped = IsStopped(channel.name, store, sku);
    if (channel.own_reservations_taken_off && situation.held_milli > 0) {
      of.own_milli =
          situation.held_milli - store.life.orders().Held(sku, store.life.watermark_ms(),
                                                          PartitionOf(store).now_ms, &channel.name);
    }
    channels.push_back(std::move(of));
  }
  oracle::Decide(rules, situation, in_words, channels);
  return channels;
}

bool Oracle::Impl::AnyRiseWaits(const Partition& partition) const {
  return !steady_channels_.empty() && partition.time_known && partition.rules != nullptr;
}

int Oracle::Impl::StopsThatHold(int64_t now_ms) const {
  return static_cast<int>(
      std::count_if(reference_.stops().begin(), reference_.stops().end(), [now_ms](const auto& s) {
        return s.second.expires_at_ms() == 0 || now_ms < s.second.expires_at_ms();
      }));
}

void Oracle::Impl::NoteOffered(Store& store) {
  const Partition& partition = PartitionOf(store);
  for (const auto& [sku, stock] : store.life.positions()) {
    std::map<std::string, int64_t> offered;
    const int64_t step_milli = SituationOf(store, sku).step_milli;
    for (const OfChannel& of : DecideAll(store, sku, false)) {
      if (of.may_sell) offered[of.channel->name] = of.sellable * step_milli;
    }
    for (const std::string& channel : steady_channels_) {
      std::vector<Offered>& before = store.offered[{sku, channel}];
      const auto now = offered.find(channel);
      // Before the channel could sell it the first time there was no number.
      if (before.empty() && now == offered.end()) continue;
      const int64_t milli = now == offered.end() ? 0 : now->second;
      if (before.empty() || before.back().milli != milli) {
        before.push_back({partition.now_ms, milli});
      }
    }
  }
}

void Oracle::Impl::NoteOfferedByTime(Store& store) {
  const Partition& partition = PartitionOf(store);
  int64_t tiers = 0;  // how many, of all that there are, the lag is beyond
  const int64_t lag_ms = LagMs(store);
  for (const ChannelChoice& channel : partition.rules->choice.channels) {
    for (const StageRuleChoice& rule : channel.rules) {
      if (!rule.sync_lag) continue;
      for (const LagTierChoice& tier : *rule.sync_lag) tiers += lag_ms > tier.over_ms ? 1 : 0;
    }
  }
  const std::tuple now(partition.rules, reference_version_, tiers,
                       store.life.orders().Holding(store.life.watermark_ms(), partition.now_ms),
                       StopsThatHold(partition.now_ms));
  if (now == store.seen) return;
  store.seen = now;
  NoteOffered(store);
}

// The least that was offered in the last so many minutes, or since the key had its first number.
int64_t Oracle::Impl::LastingMilli(const Store& store, const std::string& sku, const OfChannel& of,
                                   int64_t milli) const {
  const StageRuleChoice* const rule = of.chosen->steady;
  if (rule == nullptr || *rule->rise_after_ms <= 0) return milli;
  const auto found = store.offered.find({sku, of.channel->name});
  if (found == store.offered.end()) return milli;
  const int64_t since_ms = PartitionOf(store).now_ms - *rule->rise_after_ms;
  for (auto offered = found->second.rbegin(); offered != found->second.rend(); ++offered) {
    milli = std::min(milli, offered->milli);
    if (offered->at_ms <= since_ms) break;
  }
  return milli;
}

Verdict Oracle::Impl::Of(const std::string& channel, const std::string& store_name,
                         const std::string& sku, std::string* why) const {
  Verdict verdict;
  verdict.status = verdict.most_status = v1::AVAILABILITY_STATUS_OUT_OF_STOCK;
  const Store* const store = Find(store_name);
  if (store == nullptr || !store->life.positions().contains(sku)) return verdict;
  const Partition& partition = PartitionOf(*store);
  const Situation situation = SituationOf(*store, sku);
  verdict.on_hand_milli = situation.on_hand_milli;
  verdict.reserved_milli = situation.held_milli;
  if (!partition.time_known || partition.rules == nullptr) return verdict;
  for (const OfChannel& of : DecideAll(*store, sku, why != nullptr)) {
    if (of.channel->name != channel) continue;
    const int64_t most_milli = of.sellable * situation.step_milli;
    const int64_t lasting_milli = LastingMilli(*store, sku, of, most_milli);
    verdict.spoken = of.may_sell;
    verdict.at_most = of.sellable;
    verdict.most_status = oracle::StatusOf(*of.channel, most_milli);
    verdict.sellable = lasting_milli / situation.step_milli;
    verdict.status = oracle::StatusOf(*of.channel, verdict.sellable * situation.step_milli);
    if (why == nullptr) continue;
    *why = "on hand " + std::to_string(situation.on_hand_milli) + ", held " +
           std::to_string(situation.held_milli) + ", lag " + std::to_string(situation.lag_ms) +
           " ms, step " + std::to_string(situation.step_milli) +
           (situation.missed ? ", nil pick" : "") + "\n";
    for (const std::string& step : of.steps) *why += "  " + step + "\n";
    *why += "  lasting " + std::to_string(lasting_milli) + "\n";
  }
  return verdict;
}

Fate Oracle::Impl::FateOf(int32_t partition, int64_t offset) const {
  const std::vector<Input>& inputs = partitions_[static_cast<size_t>(partition)].inputs;
  const auto found =
      std::lower_bound(inputs.begin(), inputs.end(), offset,
                       [](const Input& input, int64_t o) { return input.offset < o; });
  return found != inputs.end() && found->offset == offset ? found->fate : Fate{};
}

std::vector<std::pair<std::string, std::string>> Oracle::Impl::Positions() const {
  std::vector<std::pair<std::string, std::string>> positions;
  for (const auto& [name, store] : stores_) {
    for (const auto& [sku, stock] : store.life.positions()) positions.emplace_back(name, sku);
  }
  return positions;
}

Oracle::Oracle(OracleOptions options) : impl_(std::make_unique<Impl>(options)) {}
Oracle::~Oracle() = default;

void Oracle::AddRules(std::string hash, const RuleChoice& choice) {
  impl_->AddRules(std::move(hash), choice);
}

void Oracle::AddReference(int64_t offset, std::string_view key,
                          std::optional<std::string_view> value) {
  impl_->AddReference(offset, key, value);
}

void Oracle::AddInput(int32_t partition, int64_t offset, int64_t timestamp_ms, std::string_view key,
                      std::optional<std::string_view> value) {
  impl_->AddInput(partition, offset, timestamp_ms, key, value);
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
  return impl_->FateOf(partition, offset);
}

std::vector<std::pair<std::string, std::string>> Oracle::Positions() const {
  return impl_->Positions();
}

std::vector<std::string> Oracle::Channels() const { return impl_->Channels(); }

std::vector<int64_t> Oracle::BadReference() const { return impl_->bad_reference(); }

int64_t Oracle::WatermarkMs(const std::string& store) const {
  const Store* const found = impl_->Find(store);
  return found == nullptr ? 0 : found->life.watermark_ms();
}

bool Oracle::Frozen(const std::string& store) const {
  const Store* const found = impl_->Find(store);
  return found != nullptr && found->life.Frozen();
}

}  // namespace shelf::sim
