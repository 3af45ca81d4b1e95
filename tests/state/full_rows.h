// Rows in which every field says something, for the tests of the rows.
#pragma once

#include <cstdint>

#include "state/rows.h"

namespace shelf {

inline Position FullPosition() {
  Position position;
  position.on_hand_milli = -7'500;
  position.anchor_time_ms = 1'793'599'200'123;
  position.anchor_sequence = 0xfedcba98;
  position.anchor_source = 3;
  position.anchor_epoch = 7;
  position.anchor_kind = AnchorKind::kBook;
  position.last_movement = 41;
  position.first_sale_s = 1'793'000'000;
  position.last_sale_s = 1'793'599'000;
  position.sales = 513;
  position.sale_size = 0x4321;
  position.flags = Position::kMentioned | Position::kNilPick | Position::kCountHeld |
                   Position::kEarlyDropped | Position::kRiseHeld;
  return position;
}

inline PositionRow FullPositionRow() {
  return {.position = FullPosition(),
          .nil_pick_ms = 1'793'599'100'001,
          .count_hold = {.correction_milli = -3'000,
                         .count_time_ms = 1'793'599'100'002,
                         .base_time_ms = 1'793'599'100'003,
                         .base_sequence = 0xfedcba97,
                         .base_source = 2,
                         .base_epoch = 5},
          .early_drop = {.quantity_milli = -4'000,
                         .oldest_ms = 1'793'599'000'003,
                         .newest_ms = 1'793'599'100'004},
          .slots = {{.sellable = 12, .flags = 5}, {.sellable = 0, .flags = 31}},
          .rises_held = {{0, {.level = 0xfffffffe, .since = PartitionTime{1'793'599'100'005}}},
                         {1, {.level = 3, .since = PartitionTime{1'793'599'100'006}}}}};
}

inline SourceState SourceWithGaps() {
  SourceState source;
  source.name = "pos";
  source.role = SourceRole::kEarly;
  source.required = true;
  source.awaiting_resync = true;
  source.complete_through.ms = 1'793'599'100'000;
  source.heals_at.ms = 1'793'599'150'000;
  source.sequence.Restore(/*epoch=*/99, /*epoch_ordinal=*/4, /*low=*/1000, /*claim_ms=*/17,
                          {{.first = 1002, .last = 1005, .claim_ms = 18},
                           {.first = 1007, .last = 1007, .claim_ms = 0}});
  return source;
}

inline StoreState FullStore() {
  StoreState store(StoreId(5), 4096);
  store.book_complete_through.ms = 1'793'599'000'000;
  store.watermark.ms = 1'793'599'100'000;
  store.state_lost = true;
  store.lost_until.ms = 1'793'599'200'000;
  store.listed_through.ms = 1'793'599'150'000;
  store.list = {.active = true,
                .begin_seen = true,
                .end_seen = false,
                .id = "night",
                .begin_sequence = 8,
                .end_sequence = 0,
                .newest_sequence = 11,
                .as_of = EventTime{1'793'590'000'000},
                .has_claim = true,
                .lines_seen = 321,
                .lines_said = 322,
                .held = true,
                .source = 1,
                .held_since = PartitionTime{1'793'590'100'000},
                .forecast = {.in_stock = 500, .to_zero = 400}};
  store.counts_wanted = {{.sku = SkuId(7), .source = 1, .why = CountWanted::Why::kNilPick},
                         {.sku = SkuId(9), .source = 0, .why = CountWanted::Why::kBeyondHistory}};
  store.sources = {SourceWithGaps(), SourceState{}};
  store.sources[1].name = "erp";
  store.sources[1].role = SourceRole::kBook;
  store.sources[1].list_wanted = true;
  return store;
}

inline Movement NumberedMovement(uint32_t number) {
  return {.time_ms = 1'793'599'200'000 + number,
          .quantity_milli = -1000 * int64_t{number},
          .sku = SkuId(number % 3),
          .previous = number / 2,
          .sequence = number + 70,
          .source = static_cast<uint8_t>(number % 2),
          .epoch = 1,
          .role = SourceRole::kEarly,
          .reason = Reason::kSale};
}

}  // namespace shelf
