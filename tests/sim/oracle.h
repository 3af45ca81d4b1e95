// What is true of a chain by definition: on-hand, what is reserved, and every channel's number,
// worked out from all the records of `stock-events` and `reference` that were handled so far. It is
// written apart from the daemon (nothing of daemon/ but the messages) and in another way: whole
// histories under plain names, sums where the daemon keeps running totals.
//
// It does not know: count_hold, lists of more than 20 positions to zero (which wait for an
// operator) and decisions on them, days_of_cover, quiet_limit, a loss that was accepted, pools,
// more than 64 ranges of a source, rings that are full by bytes, documents beyond 100,000 a store.
// A store's sources must keep their roles for the whole of a run, as it would be without the Store
// record too
// (`erp` the book, `pos` early, all others evidence); `required` may change with the record.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/rule_choice.h"

namespace shelf::sim {

struct OracleOptions {
  int32_t partitions = 1;                            // of stock-events
  int64_t ring_age_max_ms = 7LL * 24 * 3600 * 1000;  // as WorldOptions
};

struct Verdict {
  // The key must have a record. Otherwise it has one only if it was published before, and that is
  // zero and out of stock: then sellable and status say so here too.
  bool spoken = false;
  // The most that may be said now: at_most, or, where `steady` holds a rise back, the least that
  // was offered since rise_after ago. A daemon that was away begins to wait anew, so that it may
  // say less; it may say more than this (never than at_most) where a number fell and rose again
  // while it was away, since it never saw that.
  int64_t sellable = 0;
  // As if every rise had lasted long enough. What is said must never be above.
  int64_t at_most = 0;
  // at_most has been the same for twice as long as rises wait: then it is said. (The daemon lets a
  // rise out by steps, where a later one begins to wait when an earlier one is said.)
  bool settled = true;
  int status = 0;       // v1::AvailabilityStatus of `sellable`
  int most_status = 0;  // the same of `at_most`
  int64_t on_hand_milli = 0;
  int64_t reserved_milli = 0;
};

enum class FateKind {
  kPending,  // AdvanceTo has not come to it
  kTick,
  kApplied,    // its good lines, if it has lines; `lines` are the refused ones
  kDuplicate,  // seen before, or given up as healed: it changes nothing and nobody is told
  kRejected,
};

struct Fate {
  FateKind kind = FateKind::kPending;
  std::string reason;  // of a rejected record, as in the header of stock-rejects
  // The same for each bad line of the event, in order, however it fared as a whole. One record
  // goes to stock-rejects for each of the first hundred and one for all others.
  std::vector<std::string> lines;
};

class Oracle {
 public:
  explicit Oracle(OracleOptions options = {});
  ~Oracle();

  // A rule set that ticks may name by `hash`; the first one added holds from the beginning. A
  // channel that an earlier set in force had and the present one lacks is retired: never spoken.
  void AddRules(std::string hash, const RuleChoice& choice);
  // A record of `reference` as appended, offsets rising; no value: a tombstone. It comes into force
  // with the first tick of any partition that AdvanceTo handles and that names its offset or a
  // later one.
  void AddReference(int64_t offset, std::string_view key, std::optional<std::string_view> value);
  // A record of `stock-events` as appended, offsets rising within a partition.
  void AddInput(int32_t partition, int64_t offset, int64_t timestamp_ms, std::string_view key,
                std::optional<std::string_view> value);

  // All records below have been handled. It never goes back: a lower offset changes nothing.
  // Between partitions the order of the calls is the order of handling.
  void AdvanceTo(int32_t partition, int64_t next_offset);

  // As of the records handled so far. Before the first tick of the partition nothing is spoken.
  Verdict Of(const std::string& channel, const std::string& store, const std::string& sku) const;
  // How the number comes about, for a trace; a few lines.
  std::string Why(const std::string& channel, const std::string& store,
                  const std::string& sku) const;

  Fate FateOf(int32_t partition, int64_t offset) const;
  // Offsets of the records of `reference` that came into force and could not be used: they stand
  // among the rejects as bad_reference.
  std::vector<int64_t> BadReference() const;
  // (store, SKU) of all positions, sorted: each that a good line named.
  std::vector<std::pair<std::string, std::string>> Positions() const;
  // Every channel that was ever in force somewhere, sorted.
  std::vector<std::string> Channels() const;
  // How far the store's sales are known, Unix ms; 0: not at all.
  int64_t WatermarkMs(const std::string& store) const;
  // Something of the store is missing, so that its watermark may stand still.
  bool Frozen(const std::string& store) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace shelf::sim
