// The checkpoint's rows of what documents reserve and announce: one for each reservation and one
// for each document of expected receipts, written when it changes and deleted when it is forgotten.
// Byte by byte in docs/formats/checkpoint.md.
#pragma once

#include <string>
#include <string_view>

#include "position/apply.h"
#include "position/position_table.h"
#include "position/store_state.h"
#include "state/checkpoint_store.h"
#include "state/rows.h"

namespace shelf {

// The key of a row of kind kReservation or kExpected.
std::string DocumentKey(RowKind kind, StoreId store, std::string_view document);
// The document of such a key.
std::string_view DocumentOf(std::string_view key);

void EncodeReservation(const Reservation& record, const PositionTable& positions, std::string& out);
// Lines find their positions in `index`. False: the bytes are no such row, or a SKU in it has no
// position in the store.
bool DecodeReservation(std::string_view bytes, const StoreIndex& index,
                       const PositionTable& positions, Reservation& record);

void EncodeExpected(const ExpectedDocument& record, const PositionTable& positions,
                    std::string& out);
bool DecodeExpected(std::string_view bytes, const StoreIndex& index, const PositionTable& positions,
                    ExpectedDocument& record);

// Appends the rows that changed since the last call.
void GatherDocuments(StoreState& store, const PositionTable& positions, CheckpointBatch& batch);

// Takes one row of either kind over into a store whose positions and watermark are restored;
// context.now is the partition's. False as above.
bool RestoreDocument(std::string_view key, std::string_view value, StoreState& store,
                     ApplyContext& context);

}  // namespace shelf
