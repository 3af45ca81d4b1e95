#include "loop/publisher.h"

#include "base/failpoint.h"
#include "base/percent.h"
#include "loop/json.h"

namespace shelf {
namespace {

const std::string* IdOn(const ChannelIds& ids, const std::string& channel) {
  for (const auto& [name, id] : ids) {
    if (name == channel) return &id;
  }
  return nullptr;
}

OutboxKey KeyOf(const Delivery& delivery) {
  const Tag tag = Tag::Unpack(delivery.tag);
  return {.position = PositionId(tag.value), .channel = tag.channel};
}

}  // namespace

Publisher::Publisher(World& world, Evaluator& evaluator, Outbox& outbox, Sink& sink,
                     Versions& versions, std::vector<OutputRoute> outputs, size_t in_flight_max,
                     bool keeps_journal)
    : world_(world),
      evaluator_(evaluator),
      outbox_(outbox),
      sink_(sink),
      versions_(versions),
      outputs_(std::move(outputs)),
      in_flight_max_(in_flight_max),
      journal_(world, keeps_journal) {}

size_t Publisher::Flush() {
  size_t sent = 0;
  OutboxKey key;
  const auto renew = [this](const OutboxKey& waiting) { Renew(waiting); };
  while (outbox_.in_flight() < in_flight_max_ && outbox_.Next(key, renew)) {
    if (!Send(key)) {
      outbox_.PutBack(key);
      break;
    }
    const Partition& partition = world_.PartitionOf(world_.StoreOf(key.position));
    outbox_.Sent(key, partition.id, partition.now);
    SHELF_FAILPOINT("between-sends");
    ++sent;
  }
  published_ += sent;
  return sent;
}

// A key that has waited here while the rules changed holds a number of the old ones until its store
// is swept, and its trace would be of the new.
void Publisher::Renew(const OutboxKey& key) {
  const StoreId store = world_.positions[key.position].store;
  const Partition& partition = world_.PartitionOf(world_.StoreOf(store));
  const Cause* const sweep = partition.sweeps.WhyWaits(store);
  if (sweep == nullptr && !partition.wheel.HasComeUp(key.position)) return;
  const Decision decision = evaluator_.Decide(key.position, key.channel);
  const SlotValue now{.sellable = static_cast<uint32_t>(decision.sellable),
                      .status = static_cast<uint8_t>(decision.status)};
  if (now == ValueOf(world_.positions.SlotOf(key.position, key.channel))) return;
  evaluator_.Evaluate(key.position, sweep != nullptr ? Cause(*sweep)
                                                     : Cause{.offset = partition.next_offset,
                                                             .kind = CauseKind::kTime});
}

bool Publisher::Send(const OutboxKey& key) {
  Fill(key, record_);
  const OutputRoute& output = outputs_[key.channel.value];
  Encode(record_, output.json);
  key_.clear();
  AppendPercentEncoded(record_.channel(), key_);
  key_.push_back('/');
  AppendPercentEncoded(record_.location(), key_);
  key_.push_back('/');
  AppendPercentEncoded(record_.sku(), key_);
  const Tag tag{
      .kind = TagKind::kAvailability, .channel = key.channel, .value = key.position.value};
  const int32_t partition = world_.StoreOf(key.position).partition;
  if (!sink_.TrySend({.topic = output.topic,
                      .partition = partition,
                      .key = key_,
                      .value = value_,
                      .headers = {},
                      .tag = tag.Pack()})) {
    return false;
  }
  offsets_.Sent({output.topic, partition});
  NoteSent(key);
  return true;
}

// record_ is the key's.
void Publisher::NoteSent(const OutboxKey& key) {
  const Slot slot = world_.positions.SlotOf(key.position, key.channel);
  Publication publication{.at = PartitionTime{record_.published_at_ms()},
                          .version = record_.version(),
                          .sellable = slot.sellable,
                          .status = ValueOf(slot).status,
                          .cause = key.cause};
  const std::string& rule_set = world_.RulesOf(key.position).set->hash();
  rule_set.copy(publication.rule_set.data(), publication.rule_set.size());
  journal_.Sent(key, publication);
}

void Publisher::Fill(const OutboxKey& key, v1::Availability& record) {
  const Position& position = world_.positions[key.position];
  const Store& store = world_.StoreOf(key.position);
  const ChannelRules& channel = world_.RulesOf(store).set->channels()[key.channel.value];
  const std::string_view store_name = world_.store_names.Text(position.store);
  const std::string_view sku_name = world_.sku_names.Text(position.sku);
  const ItemInfo* item = world_.reference.FindItem(sku_name);
  const Slot slot = world_.positions.SlotOf(key.position, key.channel);

  record.Clear();
  record.set_channel(channel.name);
  record.set_location(store_name.data(), store_name.size());
  record.set_sku(sku_name.data(), sku_name.size());
  if (item != nullptr) {
    if (const std::string* id = IdOn(item->channel_ids, channel.name)) record.set_channel_sku(*id);
    record.set_unit_of_measure(item->unit_of_measure);
  }
  if (store.info != nullptr) {
    const std::string* id = IdOn(store.info->channel_ids, channel.name);
    if (id != nullptr) record.set_channel_location(*id);
  }
  record.set_sellable(slot.sellable);
  record.set_step_milli(world_.ItemOf(position.sku).step_milli);
  record.set_status(static_cast<v1::AvailabilityStatus>(slot.flags & SlotFlags::kStatusMask));
  record.set_version(versions_.Next());
  record.set_as_of_ms(store.state.watermark.ms);
  record.set_published_at_ms(world_.PartitionOf(store).now.ms);
  if (channel.trace) {
    FillTrace(key, evaluator_.Decide(key.position, key.channel), *record.mutable_trace());
  }
}

void Publisher::FillTrace(const OutboxKey& key, const Decision& decision, v1::Trace& trace) {
  const RuleSet& rules = *world_.RulesOf(key.position).set;
  trace.set_base_milli(decision.base_milli);
  for (int s = 0; s < kStages; ++s) {
    const StageOutcome& outcome = decision.stages[s];
    if (outcome.withheld_milli == 0) continue;
    v1::Withheld& withheld = *trace.add_withheld();
    withheld.set_stage(std::string(StageName(static_cast<Stage>(s))));
    withheld.set_quantity_milli(outcome.withheld_milli);
    if (outcome.rule != StageOutcome::kNoRule) {
      withheld.set_rule_id(rules.channels()[key.channel.value].rules[outcome.rule].id);
    }
  }
  trace.set_rule_set(rules.hash());
  trace.set_source_partition(world_.StoreOf(key.position).partition);
  trace.set_source_offset(key.cause.offset);
}

void Publisher::Encode(const v1::Availability& record, bool json) {
  if (json) {
    ToJson(record, value_);
  } else {
    value_.clear();
    record.SerializeToString(&value_);
  }
}

void Publisher::Delivered(const Delivery& delivery) {
  OutboxKey key = KeyOf(delivery);
  offsets_.Delivered(delivery);
  if (!delivery.status.ok()) {
    journal_.Failed(key);
    outbox_.Failed(key);
    return;
  }
  journal_.Delivered(key);
  outbox_.Acknowledged(key);
  world_.positions.MarkDirty(key.position);  // the row must learn that the key is clean
}

}  // namespace shelf
