#include "sim/checker.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/percent.h"
#include "shelf/v1/stock_event.pb.h"

namespace shelf::sim {
namespace {

std::string HeaderOf(const MemoryRecord& record, std::string_view name) {
  for (const auto& [key, value] : record.headers) {
    if (key == name) return value;
  }
  return "";
}

int64_t NumberIn(const MemoryRecord& record, std::string_view name) {
  int64_t number = -1;
  return absl::SimpleAtoi(HeaderOf(record, name), &number) ? number : -1;
}

std::string KeyOf(const std::string& channel, const std::string& store, const std::string& sku) {
  return JoinKey({channel, store, sku});
}

std::string Words(const std::set<std::string>& reasons) {
  return reasons.empty() ? "none" : absl::StrJoin(reasons, ", ");
}

}  // namespace

int64_t LongestRise(const Plan& plan) {
  int64_t rise_ms = 0;
  int64_t interval_ms = 0;
  for (const RuleChoice& set : plan.rules) {
    for (const ChannelChoice& channel : set.channels) {
      interval_ms = std::max(interval_ms, channel.min_interval_ms);
      for (const StageRuleChoice& rule : channel.rules) {
        rise_ms = std::max(rise_ms, rule.rise_after_ms.value_or(0));
      }
    }
  }
  return rise_ms + interval_ms;
}

void Totals::Add(const Totals& other) {
  documents += other.documents;
  ticks += other.ticks;
  publications += other.publications;
  rejects += other.rejects;
  requests += other.requests;
  kills += other.kills;
  starts += other.starts;
  disks_lost += other.disks_lost;
  restored += other.restored;
  checkpoints_held += other.checkpoints_held;
  stalls += other.stalls;
  foreign += other.foreign;
  outages += other.outages;
  reloads += other.reloads;
  duplicates += other.duplicates;
  turns += other.turns;
  compared += other.compared;
}

Checker::Checker(const Plan& plan)
    : plan_(plan),
      rises_wait_(LongestRise(plan) > 0),
      oracle_({.partitions = plan.partitions, .ring_age_max_ms = plan.bounds.ring_age_ms}),
      appended_(static_cast<size_t>(plan.partitions)),
      handled_(static_cast<size_t>(plan.partitions)) {}

void Checker::Fail(std::string what) {
  if (failure_.empty()) failure_ = std::move(what);
}

void Checker::Appended(std::string_view topic, int32_t partition, const MemoryRecord& record) {
  if (topic == "stock-events") {
    NoteInput(partition, record);
  } else if (topic == "reference") {
    std::optional<std::string_view> value;
    if (record.has_value) value = record.value;
    oracle_.AddReference(record.offset, record.key, value);
  } else if (topic == "availability") {
    NotePublished(record);
  } else if (topic == "stock-rejects") {
    NoteReject(record);
  } else if (topic == "stock-requests") {
    ++totals_.requests;
  }
}

void Checker::NoteInput(int32_t partition, const MemoryRecord& record) {
  appended_[static_cast<size_t>(partition)] = record.offset + 1;
  std::optional<std::string_view> value;
  if (record.has_value) value = record.value;
  oracle_.AddInput(partition, record.offset, record.timestamp_ms, record.key, value);
  if (!record.key.empty() || first_ticks_.contains(partition)) return;
  v1::StockEvent event;
  const bool is_tick = event.ParseFromString(record.value) && event.has_tick();
  if (is_tick && event.epoch() == incarnation_ + 1) first_ticks_[partition] = record.offset;
}

void Checker::NotePublished(const MemoryRecord& record) {
  v1::Availability& said = newest_[record.key];
  if (!said.ParseFromString(record.value)) said.Clear();
  const uint64_t by = said.version() >> 40;
  if (said.version() == 0) return;  // somebody else's
  ++totals_.publications;
  uint64_t& highest = highest_[record.key];
  // One who was thought dead may say what is old.
  if (by == incarnation_ && said.version() <= highest) {
    Fail(absl::StrCat("version: of ", record.key, " is ", said.version(), " after ", highest));
  }
  highest = std::max(highest, said.version());
}

void Checker::NoteReject(const MemoryRecord& record) {
  ++totals_.rejects;
  if (HeaderOf(record, "topic") != "stock-events") return;
  const Place place{static_cast<int32_t>(NumberIn(record, "partition")),
                    NumberIn(record, "offset")};
  rejected_[place].insert(HeaderOf(record, "reason"));
}

void Checker::ProcessBegins(uint64_t incarnation) {
  incarnation_ = incarnation;
  polled_.clear();
  first_ticks_.clear();
  ticks_on_the_way_.clear();
}

void Checker::Polled(const std::vector<Record>& events) {
  for (const Record& record : events) polled_.push_back({record.partition, record.offset});
}

// Tells the oracle what the worker has handled since.
void Checker::Handle(World& world) {
  while (!polled_.empty()) {
    const Place& next = polled_.front();
    const Partition* const partition = world.FindPartition(next.partition);
    if (partition == nullptr || partition->next_offset <= next.offset) return;
    oracle_.AdvanceTo(next.partition, next.offset + 1);
    int64_t& handled = handled_[static_cast<size_t>(next.partition)];
    handled = std::max(handled, next.offset + 1);
    polled_.pop_front();
  }
}

void Checker::Taken(const OutRecord& record) {
  if (record.topic != Topic::kStockEvents) return;
  if (ticks_on_the_way_.insert(record.partition).second) return;
  Fail(absl::StrCat("ticks: two are on the way to partition ", record.partition));
}

void Checker::Delivered(const Delivery& delivery) {
  if (delivery.topic == Topic::kStockEvents) ticks_on_the_way_.erase(delivery.partition);
}

// Nothing is published of a partition before its owner's own first tick has come back.
void Checker::CheckIsLive(const OutRecord& record, World& world) {
  const auto tick = first_ticks_.find(record.partition);
  if (tick != first_ticks_.end() &&
      world.FindPartition(record.partition)->next_offset >= tick->second) {
    return;
  }
  Fail(absl::StrCat("early: ", std::string(record.key), " is published before partition ",
                    record.partition, " has caught up"));
}

void Checker::Offered(const OutRecord& record, World& world) {
  Handle(world);
  if (record.topic != Topic::kAvailability) return;
  CheckIsLive(record, world);
  v1::Availability said;
  if (!said.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()))) {
    return Fail("unreadable: a record that cannot be read was published");
  }
  ++totals_.compared;
  const Verdict verdict = oracle_.Of(said.channel(), said.location(), said.sku());
  const bool undersold = !rises_wait_ && said.sellable() < verdict.at_most;
  if (said.sellable() <= verdict.at_most && !undersold) return;
  Fail(absl::StrCat(undersold ? "undersold: " : "oversold: ", std::string(record.key),
                    " is said to be ", said.sellable(), ", the oracle allows ", verdict.at_most,
                    "\n", oracle_.Why(said.channel(), said.location(), said.sku())));
}

bool Checker::IsBehind(World& world) const {
  for (int32_t p = 0; p < plan_.partitions; ++p) {
    if (world.FindPartition(p)->next_offset < handled_[static_cast<size_t>(p)]) return true;
  }
  return false;
}

void Checker::CompareStock(World& world) {
  Handle(world);
  if (IsBehind(world)) return;
  for (const auto& [store, sku] : oracle_.Positions()) {
    const PositionId id = world.FindPosition(store, sku);
    const Verdict verdict = oracle_.Of(plan_.names.channels.front(), store, sku);
    const int64_t on_hand = id.valid() ? world.positions[id].on_hand_milli : 0;
    if (!id.valid()) {
      Fail(absl::StrCat("lost: the daemon does not know ", store, "/", sku));
    } else if (on_hand != verdict.on_hand_milli) {
      Fail(absl::StrCat("stock: of ", store, "/", sku, " the daemon has ", on_hand, ", the oracle ",
                        verdict.on_hand_milli, "\n",
                        oracle_.Why(plan_.names.channels.front(), store, sku)));
    }
    if (id.valid()) CompareReserved(id, verdict, world);
    ++totals_.compared;
  }
}

void Checker::CompareReserved(PositionId id, const Verdict& verdict, World& world) {
  const int64_t held = world.StoreOf(id).state.reservations.HeldMilli(id);
  if (held == verdict.reserved_milli) return;
  Fail(absl::StrCat("reserved: of ", std::string(world.sku_names.Text(world.positions[id].sku)),
                    " the daemon holds ", held, ", the oracle ", verdict.reserved_milli));
}

void Checker::CompareAll(World& world) {
  CompareStock(world);
  CompareKeys();
  CompareFates();
}

void Checker::CompareKeys() {
  std::set<std::string> keys;
  for (const auto& [store, sku] : oracle_.Positions()) {
    for (const std::string& channel : oracle_.Channels()) {
      keys.insert(KeyOf(channel, store, sku));
      CompareKey(channel, store, sku);
    }
  }
  for (const auto& [key, said] : newest_) {
    if (keys.contains(key) || said.sellable() == 0) continue;
    Fail(absl::StrCat("stray: ", key, " is said to be ", said.sellable(), " and is nothing"));
  }
}

void Checker::CompareKey(const std::string& channel, const std::string& store,
                         const std::string& sku) {
  const std::string key = KeyOf(channel, store, sku);
  const Verdict verdict = oracle_.Of(channel, store, sku);
  const auto said = newest_.find(key);
  ++totals_.compared;
  if (said == newest_.end()) {
    if (verdict.spoken) Fail(absl::StrCat("unsaid: nothing was published of ", key));
    return;
  }
  if (said->second.sellable() != verdict.sellable || said->second.status() != verdict.status) {
    Fail(absl::StrCat("end: ", key, " is said to be ", said->second.sellable(), " (status ",
                      said->second.status(), "), the oracle says ", verdict.sellable, " (status ",
                      verdict.status, ")\n", oracle_.Why(channel, store, sku)));
  }
  if (said->second.version() != highest_[key]) {
    Fail(absl::StrCat("version: the last record of ", key, " has not the highest"));
  }
}

std::set<std::string> Checker::WantedRejects(const Fate& fate) const {
  std::set<std::string> reasons(fate.lines.begin(), fate.lines.end());
  if (fate.kind == FateKind::kRejected) reasons.insert(fate.reason);
  return reasons;
}

// Every input record was handled, and what was refused, and nothing else, is among the rejects.
void Checker::CompareFates() {
  for (int32_t p = 0; p < plan_.partitions; ++p) {
    for (int64_t offset = 0; offset < appended_[static_cast<size_t>(p)]; ++offset) {
      const Fate fate = oracle_.FateOf(p, offset);
      if (fate.kind == FateKind::kPending) {
        Fail(absl::StrCat("unread: record ", offset, " of partition ", p));
      }
      fate.kind == FateKind::kTick ? ++totals_.ticks : ++totals_.documents;
      if (fate.kind == FateKind::kDuplicate) ++totals_.duplicates;
      const std::set<std::string> wanted = WantedRejects(fate);
      const auto found = rejected_.find({p, offset});
      const std::set<std::string> none;
      const std::set<std::string>& rejected = found != rejected_.end() ? found->second : none;
      if (rejected == wanted) continue;
      Fail(absl::StrCat("rejects: of record ", offset, " of partition ", p, ": ", Words(rejected),
                        "; the oracle says ", Words(wanted)));
    }
  }
}

}  // namespace shelf::sim
