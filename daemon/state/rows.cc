#include "state/rows.h"

#include <algorithm>

#include "base/bytes.h"

namespace shelf {

std::string Prefix(RowKind kind) { return std::string(1, static_cast<char>(kind)); }

std::string NumberKey(RowKind kind, uint32_t number) {
  std::string key = Prefix(kind);
  ByteWriter(key).PutSortable(number);
  return key;
}

std::string NumberKey(RowKind kind, uint32_t first, uint32_t second) {
  std::string key = NumberKey(kind, first);
  ByteWriter(key).PutSortable(second);
  return key;
}

std::string TextKey(RowKind kind, std::string_view text) {
  std::string key = Prefix(kind);
  key.append(text);
  return key;
}

uint32_t FirstNumber(std::string_view key) { return ByteReader(key.substr(1)).GetSortable(); }
uint32_t SecondNumber(std::string_view key) { return ByteReader(key.substr(5)).GetSortable(); }

namespace {

void EncodeHold(const CountHold& hold, ByteWriter& writer) {
  writer.Put(hold.correction_milli);
  writer.Put(hold.count_time_ms);
  writer.Put(hold.base_time_ms);
  writer.Put(hold.base_sequence);
  writer.Put(hold.base_source);
  writer.Put(hold.base_epoch);
}

void DecodeHold(ByteReader& reader, CountHold& hold) {
  hold.correction_milli = reader.Get<int64_t>();
  hold.count_time_ms = reader.Get<int64_t>();
  hold.base_time_ms = reader.Get<int64_t>();
  hold.base_sequence = reader.Get<uint32_t>();
  hold.base_source = reader.Get<uint8_t>();
  hold.base_epoch = reader.Get<uint8_t>();
}

// A bit of the row's flags whose place in Position::flags is not durable: the mean sale size
// follows.
constexpr uint8_t kSaleSize = Position::kDirty;

// A byte with bits that mean nothing is of a row that this version cannot read.
bool HasOnly(uint8_t known, uint8_t bits) { return (bits & ~known) == 0; }

template <typename Enum>
bool UpTo(Enum last, Enum value) {
  return value <= last;
}

void EncodeRises(const PositionRow& row, ByteWriter& writer) {
  writer.Put(static_cast<uint8_t>(row.rises_held.size()));
  for (const auto& [slot, hold] : row.rises_held) {
    writer.Put(slot);
    writer.Put(static_cast<uint32_t>(hold.level));
    writer.Put(hold.since.ms);
  }
}

void DecodeRises(ByteReader& reader, PositionRow& row) {
  for (auto n = reader.Get<uint8_t>(); n > 0 && reader.ok(); --n) {
    auto& [slot, hold] = row.rises_held.emplace_back();
    slot = reader.Get<uint8_t>();
    hold.level = reader.Get<uint32_t>();
    hold.since.ms = reader.Get<int64_t>();
  }
}

}  // namespace

void EncodePosition(const PositionRow& row, std::string& out) {
  ByteWriter writer(out);
  const Position& position = row.position;
  const auto flags = static_cast<uint8_t>(position.flags & Position::kDurableFlags);
  writer.Put(static_cast<uint8_t>(flags | (position.sale_size != 0 ? kSaleSize : 0)));
  writer.Put(position.anchor_kind);
  writer.Put(position.on_hand_milli);
  writer.Put(position.anchor_time_ms);
  writer.Put(position.anchor_sequence);
  writer.Put(position.anchor_source);
  writer.Put(position.anchor_epoch);
  writer.Put(position.last_movement);
  writer.Put(position.first_sale_s);
  writer.Put(position.last_sale_s);
  writer.Put(position.sales);
  if (position.sale_size != 0) writer.Put(position.sale_size);
  if ((flags & Position::kNilPick) != 0) writer.Put(row.nil_pick_ms);
  if ((flags & Position::kCountHeld) != 0) EncodeHold(row.count_hold, writer);
  if ((flags & Position::kEarlyDropped) != 0) {
    writer.Put(row.early_drop.quantity_milli);
    writer.Put(row.early_drop.oldest_ms);
    writer.Put(row.early_drop.newest_ms);
  }
  writer.Put(static_cast<uint8_t>(row.slots.size()));
  for (const PositionRow::ChannelSlot& slot : row.slots) {
    writer.Put(slot.sellable);
    writer.Put(slot.flags);
  }
  if ((flags & Position::kRiseHeld) != 0) EncodeRises(row, writer);
}

bool DecodePosition(std::string_view bytes, PositionRow& row) {
  ByteReader reader(bytes);
  Position& position = row.position;
  const auto bits = reader.Get<uint8_t>();
  position.flags = static_cast<uint8_t>(bits & Position::kDurableFlags);
  position.anchor_kind = reader.Get<AnchorKind>();
  position.on_hand_milli = reader.Get<int64_t>();
  position.anchor_time_ms = reader.Get<int64_t>();
  position.anchor_sequence = reader.Get<uint32_t>();
  position.anchor_source = reader.Get<uint8_t>();
  position.anchor_epoch = reader.Get<uint8_t>();
  position.last_movement = reader.Get<uint32_t>();
  position.first_sale_s = reader.Get<uint32_t>();
  position.last_sale_s = reader.Get<uint32_t>();
  position.sales = reader.Get<uint16_t>();
  position.sale_size = (bits & kSaleSize) != 0 ? reader.Get<uint16_t>() : uint16_t{0};
  if (position.Has(Position::kNilPick)) row.nil_pick_ms = reader.Get<int64_t>();
  if (position.Has(Position::kCountHeld)) DecodeHold(reader, row.count_hold);
  if (position.Has(Position::kEarlyDropped)) {
    row.early_drop.quantity_milli = reader.Get<int64_t>();
    row.early_drop.oldest_ms = reader.Get<int64_t>();
    row.early_drop.newest_ms = reader.Get<int64_t>();
  }
  row.slots.resize(reader.Get<uint8_t>());
  for (PositionRow::ChannelSlot& slot : row.slots) {
    slot.sellable = reader.Get<uint32_t>();
    slot.flags = reader.Get<uint8_t>();
  }
  row.rises_held.clear();
  if (position.Has(Position::kRiseHeld)) DecodeRises(reader, row);
  return reader.done() && HasOnly(Position::kDurableFlags | kSaleSize, bits) &&
         UpTo(AnchorKind::kBook, position.anchor_kind) &&
         ((bits & kSaleSize) != 0) == (position.sale_size != 0) &&
         position.Has(Position::kRiseHeld) == !row.rises_held.empty();
}

namespace {

void EncodeSource(const SourceState& source, ByteWriter& writer) {
  writer.PutString(source.name);
  writer.Put(source.role);
  writer.Put(static_cast<uint8_t>((source.required ? 1 : 0) | (source.awaiting_resync ? 2 : 0) |
                                  (source.list_wanted ? 4 : 0)));
  writer.Put(source.complete_through.ms);
  writer.Put(source.heals_at.ms);
  writer.Put(source.sequence.epoch());
  writer.Put(source.sequence.epoch_ordinal());
  writer.Put(source.sequence.low());
  writer.Put(source.sequence.complete_through().ms);
  writer.Put(static_cast<uint8_t>(source.sequence.ranges().size()));
  for (const SequenceTracker::Range& range : source.sequence.ranges()) {
    writer.Put(range.first);
    writer.Put(range.last);
    writer.Put(range.claim_ms);
  }
}

// Ascending, apart, and above what was received without a gap.
bool InOrder(const std::vector<SequenceTracker::Range>& ranges, uint64_t low) {
  uint64_t before = low;
  for (const SequenceTracker::Range& range : ranges) {
    const bool apart = range.first > before && range.first - before > 1;
    if (!apart || range.last < range.first) return false;
    before = range.last;
  }
  return ranges.size() <= SequenceTracker::kRangesMax;
}

bool DecodeSource(ByteReader& reader, SourceState& source) {
  source.name = std::string(reader.GetString());
  source.role = reader.Get<SourceRole>();
  const auto bits = reader.Get<uint8_t>();
  source.required = (bits & 1) != 0;
  source.awaiting_resync = (bits & 2) != 0;
  source.list_wanted = (bits & 4) != 0;
  source.complete_through.ms = reader.Get<int64_t>();
  source.heals_at.ms = reader.Get<int64_t>();
  const auto epoch = reader.Get<uint64_t>();
  const auto epoch_ordinal = reader.Get<uint8_t>();
  const auto low = reader.Get<uint64_t>();
  const auto claim_ms = reader.Get<int64_t>();
  std::vector<SequenceTracker::Range> ranges(reader.Get<uint8_t>());
  for (SequenceTracker::Range& range : ranges) {
    range.first = reader.Get<uint64_t>();
    range.last = reader.Get<uint64_t>();
    range.claim_ms = reader.Get<int64_t>();
  }
  const bool usable =
      HasOnly(7, bits) && UpTo(SourceRole::kEvidence, source.role) && InOrder(ranges, low);
  source.sequence.Restore(epoch, epoch_ordinal, low, claim_ms, std::move(ranges));
  return usable;
}

// Beside the list's own bits.
constexpr uint8_t kListHeld = 16;
constexpr uint8_t kCountsWanted = 32;
constexpr uint8_t kStateLost = 128;
constexpr uint8_t kListBits = 1 | 2 | 4 | 8 | kListHeld | kCountsWanted | kStateLost;

void EncodeList(const StoreState& state, ByteWriter& writer) {
  const ListState& list = state.list;
  writer.Put(static_cast<uint8_t>(
      (list.active ? 1 : 0) | (list.begin_seen ? 2 : 0) | (list.end_seen ? 4 : 0) |
      (list.has_claim ? 8 : 0) | (list.held ? kListHeld : 0) |
      (!state.counts_wanted.empty() ? kCountsWanted : 0) | (state.state_lost ? kStateLost : 0)));
  if (!list.active) return;
  writer.PutString(list.id);
  writer.Put(list.begin_sequence);
  writer.Put(list.end_sequence);
  writer.Put(list.newest_sequence);
  writer.Put(list.as_of.ms);
  writer.Put(list.lines_seen);
  writer.Put(list.lines_said);
  if (!list.held) return;
  writer.Put(list.source);
  writer.Put(list.held_since.ms);
  writer.Put(list.forecast.in_stock);
  writer.Put(list.forecast.to_zero);
}

void DecodeList(ByteReader& reader, uint8_t bits, ListState& list) {
  list.active = (bits & 1) != 0;
  list.begin_seen = (bits & 2) != 0;
  list.end_seen = (bits & 4) != 0;
  list.has_claim = (bits & 8) != 0;
  list.held = list.active && (bits & kListHeld) != 0;
  if (!list.active) return;
  list.id = std::string(reader.GetString());
  list.begin_sequence = reader.Get<uint64_t>();
  list.end_sequence = reader.Get<uint64_t>();
  list.newest_sequence = reader.Get<uint64_t>();
  list.as_of.ms = reader.Get<int64_t>();
  list.lines_seen = reader.Get<uint64_t>();
  list.lines_said = reader.Get<uint64_t>();
  if (!list.held) return;
  list.source = reader.Get<uint8_t>();
  list.held_since.ms = reader.Get<int64_t>();
  list.forecast.in_stock = reader.Get<uint32_t>();
  list.forecast.to_zero = reader.Get<uint32_t>();
}

void EncodeWanted(const std::vector<CountWanted>& counts, ByteWriter& writer) {
  writer.Put(static_cast<uint16_t>(counts.size()));
  for (const CountWanted& wanted : counts) {
    writer.Put(wanted.sku.value);
    writer.Put(wanted.source);
    writer.Put(wanted.why);
  }
}

bool DecodeWanted(ByteReader& reader, std::vector<CountWanted>& counts) {
  bool usable = true;
  counts.resize(reader.Get<uint16_t>());
  for (CountWanted& wanted : counts) {
    wanted.sku = SkuId(reader.Get<uint32_t>());
    wanted.source = reader.Get<uint8_t>();
    wanted.why = reader.Get<CountWanted::Why>();
    usable = usable && UpTo(CountWanted::Why::kNilPick, wanted.why);
  }
  return usable && !counts.empty();
}

// What names a source of the store names one that there is, and only a list that is received waits.
bool IsConsistent(const StoreState& state, uint8_t bits) {
  const size_t sources = state.sources.size();
  for (const CountWanted& wanted : state.counts_wanted) {
    if (wanted.source >= sources) return false;
  }
  const bool held = (bits & kListHeld) != 0;
  return held == state.list.held && (!held || state.list.source < sources);
}

}  // namespace

void EncodeStore(const StoreRow& row, const StoreState& state, std::string& out) {
  ByteWriter writer(out);
  writer.Put(row.partition);
  writer.Put(row.ring_first);
  writer.Put(row.ring_complete_after.ms);
  writer.Put(state.book_complete_through.ms);
  writer.Put(state.watermark.ms);
  EncodeList(state, writer);
  if (state.state_lost) {
    writer.Put(state.lost_until.ms);
    writer.Put(state.listed_through.ms);
  }
  if (!state.counts_wanted.empty()) EncodeWanted(state.counts_wanted, writer);
  writer.Put(static_cast<uint8_t>(state.sources.size()));
  for (const SourceState& source : state.sources) EncodeSource(source, writer);
}

bool DecodeStore(std::string_view bytes, StoreRow& row, StoreState& state) {
  ByteReader reader(bytes);
  row.partition = reader.Get<int32_t>();
  row.ring_first = reader.Get<uint32_t>();
  row.ring_complete_after.ms = reader.Get<int64_t>();
  state.book_complete_through.ms = reader.Get<int64_t>();
  state.watermark.ms = reader.Get<int64_t>();
  const auto bits = reader.Get<uint8_t>();
  DecodeList(reader, bits, state.list);
  state.state_lost = (bits & kStateLost) != 0;
  if (state.state_lost) {
    state.lost_until.ms = reader.Get<int64_t>();
    state.listed_through.ms = reader.Get<int64_t>();
  }
  bool usable = HasOnly(kListBits, bits);
  if ((bits & kCountsWanted) != 0) usable = DecodeWanted(reader, state.counts_wanted) && usable;
  state.sources.resize(reader.Get<uint8_t>());
  for (SourceState& source : state.sources) usable = DecodeSource(reader, source) && usable;
  return reader.done() && usable && IsConsistent(state, bits);
}

void EncodeBlock(const MovementRing& ring, uint32_t block, std::string& out) {
  ByteWriter writer(out);
  uint32_t number = std::max(block * kBlockMovements, ring.first());
  const uint32_t end = std::min((block + 1) * kBlockMovements, ring.next());
  writer.Put(number);
  writer.Put(static_cast<uint8_t>(end - number));
  for (; number < end; ++number) {
    const Movement& movement = ring.At(number);
    writer.Put(movement.time_ms);
    writer.Put(movement.quantity_milli);
    writer.Put(movement.sku.value);
    writer.Put(movement.previous);
    writer.Put(movement.sequence);
    writer.Put(movement.source);
    writer.Put(movement.epoch);
    writer.Put(movement.role);
    writer.Put(movement.reason);
  }
}

bool DecodeBlock(std::string_view bytes, uint32_t& first, std::vector<Movement>& movements) {
  ByteReader reader(bytes);
  first = reader.Get<uint32_t>();
  const auto count = reader.Get<uint8_t>();
  bool usable = first > 0 && first % kBlockMovements + count <= kBlockMovements;
  for (uint32_t n = 0; n < count && reader.ok(); ++n) {
    Movement& movement = movements.emplace_back();
    movement.time_ms = reader.Get<int64_t>();
    movement.quantity_milli = reader.Get<int64_t>();
    movement.sku = SkuId(reader.Get<uint32_t>());
    movement.previous = reader.Get<uint32_t>();
    movement.sequence = reader.Get<uint32_t>();
    movement.source = reader.Get<uint8_t>();
    movement.epoch = reader.Get<uint8_t>();
    movement.role = reader.Get<SourceRole>();
    movement.reason = reader.Get<Reason>();
    // Whoever follows a position's movements back comes to an end.
    usable = usable && movement.previous < first + n &&
             UpTo(SourceRole::kEvidence, movement.role) &&
             UpTo(Reason::kShelfReplenishment, movement.reason);
  }
  return reader.done() && usable;
}

}  // namespace shelf
