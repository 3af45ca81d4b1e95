#include "sim/oracle_log.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace shelf::sim::oracle {
namespace {

constexpr int64_t kUnknownLagMs = std::numeric_limits<int64_t>::max() / 4;
constexpr int64_t kDeafAfterMs = 10'000;
constexpr int64_t kDeafGraceMs = 5 * 60'000;

Moment MomentOf(const Partition& partition, int64_t recorded_ms) {
  return {.known = partition.time_known, .now_ms = partition.now_ms, .recorded_ms = recorded_ms};
}

// Time never goes back. A long stretch without a tick is our deafness and not the stores' silence.
void MoveTime(int64_t to_ms, Partition& partition) {
  if (partition.time_known && to_ms - partition.now_ms > kDeafAfterMs) {
    partition.deaf.push_back({partition.now_ms, to_ms});
  }
  partition.now_ms = partition.time_known ? std::max(partition.now_ms, to_ms) : to_ms;
  partition.time_known = true;
}

}  // namespace

void Log::AddRules(std::string hash, const RuleChoice& choice) {
  const RuleSet& set = rules_.emplace_back(RuleSet{std::move(hash), choice});
  for (Partition& partition : partitions_) {
    if (partition.rules == nullptr) partition.rules = &set;
  }
}

void Log::AddReference(int64_t offset, std::string_view key,
                       std::optional<std::string_view> value) {
  reference_waiting_.push_back({offset, std::string(key), {}});
  if (value) reference_waiting_.back().value = std::string(*value);
}

void Log::AddInput(int32_t partition, int64_t offset, int64_t timestamp_ms, std::string_view key,
                   std::optional<std::string_view> value) {
  partitions_.at(static_cast<size_t>(partition))
      .inputs.push_back({.offset = offset,
                         .timestamp_ms = timestamp_ms,
                         .reading = Read(key, value, timestamp_ms, partition, options_.partitions),
                         .fate = {}});
}

bool Log::HandleNext(int32_t partition, int64_t next_offset, Store*& told) {
  Partition& at = partitions_.at(static_cast<size_t>(partition));
  told = nullptr;
  if (at.handled == at.inputs.size() || at.inputs[at.handled].offset >= next_offset) return false;
  Partition::Input& input = at.inputs[at.handled++];
  if (input.reading.tick) {
    HandleTick(partition, *input.reading.tick);
    input.fate.kind = FateKind::kTick;
  } else if (!input.reading.document) {
    input.fate = {.kind = FateKind::kRejected, .reason = input.reading.refusal, .lines = {}};
  } else {
    told = &StoreNamed(input.reading.document->store);
    input.fate = told->life.Take(*input.reading.document, MomentOf(at, input.timestamp_ms));
  }
  return true;
}

Store& Log::StoreNamed(const std::string& name) {
  const auto [at, is_new] = stores_.try_emplace(name);
  Store& store = at->second;
  if (!is_new) return store;
  store.name = name;
  store.partition = PartitionFor(name, options_.partitions);
  const StoreRecord* const record = reference_.Store(name);
  store.life.Declare(record != nullptr ? &record->says : nullptr, MomentOf(PartitionOf(store), 0));
  return store;
}

void Log::HandleTick(int32_t partition, const Tick& tick) {
  Partition& at = partitions_[static_cast<size_t>(partition)];
  MoveTime(tick.time_ms, at);
  TakeRules(tick, at);
  TakeReference(tick.reference_offset);
  for (auto& [name, store] : stores_) {
    if (store.partition == partition) store.life.PassTime(at.now_ms, options_.ring_age_max_ms);
  }
}

// A tick of an owner of before does not take them back, and a set that nobody knows changes
// nothing.
void Log::TakeRules(const Tick& tick, Partition& partition) const {
  if (tick.rule_set.empty() || tick.epoch < partition.rules_epoch) return;
  partition.rules_epoch = tick.epoch;
  for (const RuleSet& set : rules_) {
    if (set.hash == tick.rule_set) partition.rules = &set;
  }
}

void Log::TakeReference(int64_t through) {
  while (!reference_waiting_.empty() && reference_waiting_.front().offset <= through) {
    const ReferenceRecord record = std::move(reference_waiting_.front());
    reference_waiting_.pop_front();
    std::optional<std::string_view> value;
    if (record.value) value = *record.value;
    if (!reference_.Take(record.key, value)) bad_reference_.push_back(record.offset);
    ++reference_version_;
    const std::string& name = reference_.store_touched();
    if (name.empty()) continue;
    Store& store = StoreNamed(name);
    const StoreRecord* const found = reference_.Store(name);
    store.life.Declare(found != nullptr ? &found->says : nullptr, MomentOf(PartitionOf(store), 0));
  }
}

// What of it we were deaf is left out until five minutes after.
int64_t Log::LagMs(const Store& store) const {
  const Partition& partition = PartitionOf(store);
  const int64_t known_ms = store.life.watermark_ms();
  if (known_ms == 0 || !partition.time_known) return kUnknownLagMs;
  const StoreRecord* const record = reference_.Store(store.name);
  const auto traded = [&](int64_t from_ms, int64_t to_ms) {
    if (record != nullptr) return record->hours->Between(from_ms, to_ms);
    return std::max<int64_t>(0, to_ms - from_ms);
  };
  int64_t lag_ms = traded(known_ms, partition.now_ms);
  for (const Partition::Deaf& deaf : partition.deaf) {
    if (partition.now_ms > deaf.to_ms + kDeafGraceMs) continue;
    lag_ms -= traded(std::max(deaf.from_ms, known_ms), deaf.to_ms);
  }
  return std::max<int64_t>(0, lag_ms);
}

Situation Log::SituationOf(const Store& store, const std::string& sku) const {
  const Stock& stock = store.life.positions().at(sku);
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

int Log::StopsThatHold(int64_t now_ms) const {
  return static_cast<int>(
      std::count_if(reference_.stops().begin(), reference_.stops().end(), [now_ms](const auto& s) {
        return s.second.expires_at_ms() == 0 || now_ms < s.second.expires_at_ms();
      }));
}

}  // namespace shelf::sim::oracle
