// What is remembered of a store's documents that other documents name by their number: where each
// stands in its source's order, and its lines.
// Pure.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace shelf {

// A document among those of its store.
struct DocumentPlace {
  uint8_t source = 0;  // index in StoreState::sources
  uint64_t epoch = 0;
  uint64_t sequence = 0;
  EventTime time;
};

// Both were numbered by one source in one epoch: their sequences tell which was written first.
bool SameOrder(const DocumentPlace& a, const DocumentPlace& b);

// Whether `later`, which arrives now, takes the place of `earlier`: by (epoch, sequence) within one
// source, by event time between two, where of two of the same time the one that arrives later.
bool Replaces(const DocumentPlace& later, const DocumentPlace& earlier);

// The instant `span_ms` >= 0 after `time`; kNever where no int64 holds it.
PartitionTime After(EventTime time, int64_t span_ms);

struct DocumentLine {
  PositionId position;
  int64_t quantity_milli = 0;
};

// Largest sum of one position's lines in a document: far beyond any stock, and sums of many such
// stay inside 128 bits.
inline constexpr int64_t kDocumentSumMilliMax = 4'000'000'000'000'000;

// One line for each position, ordered by position; quantities of 0 are left out. No quantity may be
// below 0; a sum stops at kDocumentSumMilliMax.
void Combine(std::vector<DocumentLine>& lines);

// So many documents of a kind are kept of a store: many times what a store has open, and a source
// that makes up names cannot fill the memory.
inline constexpr size_t kDocumentsMax = 100'000;

// About what a table keeps for a document by this name beside its record: the name, a node of a
// tree for it, and one in each of `queues` queues.
size_t DocumentBytes(std::string_view name, size_t queues);

// When a document by this name has to be looked at next. `name` lives where the table keeps it.
struct DueDocument {
  int64_t at_ms = 0;
  std::string_view name;
  friend auto operator<=>(const DueDocument&, const DueDocument&) = default;
};

}  // namespace shelf
