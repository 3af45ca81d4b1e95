// Compares what the daemon says and knows with the oracle, while a world goes on and at its end.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/memory_log.h"
#include "io/sink.h"
#include "io/source.h"
#include "loop/world.h"
#include "shelf/v1/availability.pb.h"
#include "sim/oracle.h"
#include "sim/plan.h"

namespace shelf::sim {

// What happened in a world: that it was not empty.
struct Totals {
  uint64_t documents = 0, ticks = 0, publications = 0, rejects = 0, requests = 0;
  uint64_t kills = 0, starts = 0, disks_lost = 0, restored = 0, checkpoints_held = 0;
  uint64_t stalls = 0, foreign = 0, outages = 0, reloads = 0, duplicates = 0, turns = 0;
  uint64_t compared = 0;

  void Add(const Totals& other);
};

// The longest that a rise may be held back by the rules of the plan.
int64_t LongestRise(const Plan& plan);

class Checker {
 public:
  explicit Checker(const Plan& plan);

  Oracle& oracle() { return oracle_; }

  // A record stands in the log.
  void Appended(std::string_view topic, int32_t partition, const MemoryRecord& record);
  // The process that owns the outputs begins; records that its predecessor polled and has not
  // handled are read again.
  void ProcessBegins(uint64_t incarnation);
  // It will handle these, in this order.
  void Polled(const std::vector<Record>& events);
  // It offers a record to its sink. `world`: its state then.
  void Offered(const OutRecord& record, World& world);
  void Taken(const OutRecord& record);
  void Delivered(const Delivery& delivery);
  // What it knows of each position, unless it still catches up with what was known before.
  void CompareStock(World& world);
  // Everything has been quiet for longer than any rise waits.
  void CompareAll(World& world);

  // What was found first; empty: nothing.
  const std::string& failure() const { return failure_; }
  void Fail(std::string what);
  const Totals& totals() const { return totals_; }
  Totals& totals() { return totals_; }

 private:
  struct Place {
    int32_t partition = 0;
    int64_t offset = 0;
    auto operator<=>(const Place&) const = default;
  };

  void Handle(World& world);
  bool IsBehind(World& world) const;
  void NoteInput(int32_t partition, const MemoryRecord& record);
  void NotePublished(const MemoryRecord& record);
  void CheckIsLive(const OutRecord& record, World& world);
  void NoteReject(const MemoryRecord& record);
  void CompareReserved(PositionId id, const Verdict& verdict, World& world);
  void CompareKeys();
  void CompareKey(const std::string& channel, const std::string& store, const std::string& sku);
  void CompareFates();
  std::set<std::string> WantedRejects(const Fate& fate) const;

  const Plan& plan_;
  const bool rises_wait_;  // by one of the rule sets
  Oracle oracle_;
  uint64_t incarnation_ = 0;
  std::deque<Place> polled_;                // and not handled
  std::map<int32_t, int64_t> first_ticks_;  // of the process, by partition
  std::set<int32_t> ticks_on_the_way_;
  std::map<std::string, v1::Availability> newest_;
  std::map<std::string, uint64_t> highest_;  // version, by key
  std::map<Place, std::set<std::string>> rejected_;
  std::vector<int64_t> appended_;  // input records, by partition
  std::vector<int64_t> handled_;   // of them, by whichever process came furthest
  Totals totals_;
  std::string failure_;
};

}  // namespace shelf::sim
