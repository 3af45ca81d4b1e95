// The world and the output in words, to be compared.
#include <algorithm>
#include <iterator>
#include <optional>

#include "absl/strings/str_cat.h"
#include "loop/harness.h"

namespace shelf {
namespace {

std::string Text(std::string_view text) { return std::string(text); }

void DescribeSource(const std::string& store, const SourceState& source, Lines& lines) {
  std::string line =
      absl::StrCat(store, " source ", source.name, " required ", source.required, " epoch ",
                   source.sequence.epoch(), " low ", source.sequence.low(), " through ",
                   source.complete_through.ms, " resync ", source.awaiting_resync);
  for (const SequenceTracker::Range& range : source.sequence.ranges()) {
    absl::StrAppend(&line, " ", range.first, "-", range.last, "@", range.claim_ms);
  }
  lines.push_back(std::move(line));
}

void DescribeRing(const std::string& store, const MovementRing& ring, const World& world,
                  Lines& lines) {
  for (uint32_t n = ring.first(); n != ring.next(); ++n) {
    const Movement& movement = ring.At(n);
    lines.push_back(absl::StrCat(store, " movement ", n, " ",
                                 Text(world.sku_names.Text(movement.sku)), " ",
                                 movement.quantity_milli, " at ", movement.time_ms, " before it ",
                                 movement.previous, " sequence ", movement.sequence));
  }
}

void DescribePosition(const std::string& store, PositionId id, World& world, Lines& lines) {
  const Position& position = world.positions[id];
  std::string line = absl::StrCat(
      store, "/", Text(world.sku_names.Text(position.sku)), " on hand ", position.on_hand_milli,
      " anchor ", static_cast<int>(position.anchor_kind), " ", position.anchor_time_ms, " ",
      position.anchor_sequence, " movement ", position.last_movement, " sales ", position.sales,
      " of ", position.sale_size, " mentioned ", position.Has(Position::kMentioned), " reserved ",
      world.StoreOf(id).state.reservations.HeldMilli(id));
  const auto& nil_picks = world.StoreOf(id).state.nil_picks;
  if (const auto pick = nil_picks.find(id); pick != nil_picks.end()) {
    absl::StrAppend(&line, " nil pick ", pick->second);
  }
  const StoreState& state = world.StoreOf(id).state;
  if (const CountHold* hold = HoldOf(id, position, state)) {
    absl::StrAppend(&line, " held ", hold->correction_milli, " by ", hold->count_time_ms, " on ",
                    hold->base_time_ms, " ", hold->base_sequence);
  }
  if (position.Has(Position::kEarlyDropped)) {
    const EarlyDrop& drop = state.early_drops.at(id);
    absl::StrAppend(&line, " forgotten ", drop.quantity_milli, " from ", drop.oldest_ms, " to ",
                    drop.newest_ms);
  }
  for (size_t c = 0; c < world.channel_names.size(); ++c) {
    const Slot slot = world.positions.SlotOf(id, ChannelId(static_cast<uint16_t>(c)));
    absl::StrAppend(&line, " ", world.channel_names[c], "=", slot.sellable,
                    slot.Has(SlotFlags::kPublished) ? "" : " unpublished");
  }
  lines.push_back(std::move(line));
}

std::string Text(const std::optional<DocumentPlace>& place) {
  if (!place.has_value()) return "none";
  return absl::StrCat(place->source, "/", place->epoch, "/", place->sequence);
}

void DescribeDocuments(const std::string& store, const StoreState& state, const World& world,
                       Lines& lines) {
  const auto sku = [&world](PositionId id) {
    return Text(world.sku_names.Text(world.positions[id].sku));
  };
  for (const auto& [id, record] : state.reservations.by_name()) {
    const std::string start = absl::StrCat(store, " reservation ", id);
    lines.push_back(absl::StrCat(start, " by ", Text(record.reserved), " closed by ",
                                 Text(record.closed), " until ", record.kept_until.ms));
    for (const Reservation::Line& line : record.lines) {
      lines.push_back(absl::StrCat(start, " ", sku(line.position), " ", line.quantity_milli,
                                   " held ", line.held_milli, " for ", record.channel));
    }
    for (const Reservation::Part& part : record.parts) {
      lines.push_back(absl::StrCat(start, " settled ", sku(part.position), " ", part.source, " ",
                                   part.quantity_milli));
    }
  }
  for (const auto& [document, record] : state.expected.by_name()) {
    const std::string start = absl::StrCat(store, " expected ", document);
    lines.push_back(absl::StrCat(start, " by ", Text(record.announced), " closed by ",
                                 Text(record.closed), " until ", record.kept_until.ms));
    for (const DocumentLine& line : record.lines) {
      lines.push_back(absl::StrCat(start, " ", sku(line.position), " ", line.quantity_milli,
                                   " due ", record.due.ms));
    }
  }
}

void DescribeStore(Store& store, World& world, Lines& lines) {
  const std::string name = Text(world.store_names.Text(store.state.id));
  lines.push_back(absl::StrCat(
      name, " watermark ", store.state.watermark.ms, " book ", store.state.book_complete_through.ms,
      " lag band ", store.lag_band, " list ", store.state.list.id, " ", store.state.list.active,
      " ", store.state.list.lines_seen, store.state.list.held ? " held" : "", " counts wanted ",
      store.state.counts_wanted.size(), " early ", store.state.early.size(),
      store.state.state_lost ? absl::StrCat(" state lost until ", store.state.lost_until.ms,
                                            " listed through ", store.state.listed_through.ms)
                             : ""));
  for (const SourceState& source : store.state.sources) DescribeSource(name, source, lines);
  DescribeRing(name, store.state.ring, world, lines);
  DescribeDocuments(name, store.state, world, lines);
  store.state.index.ForEach([&](PositionId id) { DescribePosition(name, id, world, lines); });
}

// What the key's newest record should say; "" when there should be none.
std::string Wanted(PositionId id, ChannelId channel, Worker& worker) {
  const Decision decision = worker.evaluator().Decide(id, channel);
  const bool published = worker.world().positions.SlotOf(id, channel).Has(SlotFlags::kPublished);
  if (decision.ineligible != Ineligible::kNo && !published) return "";
  return absl::StrCat(decision.sellable, " ", static_cast<int>(decision.status));
}

void AddVersionFaults(Harness& harness, Lines& faults) {
  std::map<std::string, uint64_t> newest;
  for (int32_t p = 0; p < kPartitions; ++p) {
    for (const MemoryRecord& record : harness.log().Records("availability", p)) {
      v1::Availability parsed;
      parsed.ParseFromString(record.value);
      uint64_t& version = newest[record.key];
      if (parsed.version() <= version) {
        faults.push_back(
            absl::StrCat(record.key, ": version ", parsed.version(), " after ", version));
      }
      version = parsed.version();
    }
  }
}

}  // namespace

Lines Describe(World& world) {
  Lines lines;
  for (const auto& partition : world.partitions) {
    if (partition == nullptr) continue;
    lines.push_back(absl::StrCat("partition ", partition->id, " time ", partition->now.ms,
                                 " reference ", partition->reference_offset, " deaf ",
                                 partition->deaf.size()));
  }
  for (Store& store : world.stores) DescribeStore(store, world, lines);
  std::sort(lines.begin(), lines.end());
  return lines;
}

Lines Difference(const Lines& one, const Lines& other) {
  Lines only_one;
  Lines only_other;
  std::set_difference(one.begin(), one.end(), other.begin(), other.end(),
                      std::back_inserter(only_one));
  std::set_difference(other.begin(), other.end(), one.begin(), one.end(),
                      std::back_inserter(only_other));
  Lines lines;
  for (const std::string& line : only_one) lines.push_back("- " + line);
  for (const std::string& line : only_other) lines.push_back("+ " + line);
  return lines;
}

Lines FaultsOf(Harness& harness) {
  Lines faults;
  Worker& worker = harness.worker();
  World& world = worker.world();
  std::map<std::string, v1::Availability> newest = harness.Newest();
  for (uint32_t p = 0; p < world.positions.size(); ++p) {
    const PositionId id(p);
    const std::string store = Text(world.store_names.Text(world.positions[id].store));
    const std::string sku = Text(world.sku_names.Text(world.positions[id].sku));
    for (size_t c = 0; c < world.channel_names.size(); ++c) {
      const std::string key = absl::StrCat(world.channel_names[c], "/", store, "/", sku);
      const std::string wanted = Wanted(id, ChannelId(static_cast<uint16_t>(c)), worker);
      const auto record = newest.find(key);
      std::string said;
      if (record != newest.end()) {
        said =
            absl::StrCat(record->second.sellable(), " ", static_cast<int>(record->second.status()));
        newest.erase(record);
      }
      if (said != wanted) faults.push_back(absl::StrCat(key, ": ", said, ", not ", wanted));
    }
  }
  for (const auto& [key, record] : newest) {
    // Zeros of a channel that is long gone stand for ever.
    const bool is_gone = !world.ChannelNamed(record.channel()).valid() && record.sellable() == 0;
    if (!is_gone) faults.push_back(key + ": of no position");
  }
  AddVersionFaults(harness, faults);
  return faults;
}

}  // namespace shelf
