// The records of both topics, handled in their order: which rules and reference data are in force,
// what time it is in each partition, and the lives of the stores.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/oracle.h"
#include "sim/oracle_documents.h"
#include "sim/oracle_numbers.h"
#include "sim/oracle_reference.h"
#include "sim/oracle_store.h"
#include "sim/rule_choice.h"

namespace shelf::sim::oracle {

struct RuleSet {
  std::string hash;
  RuleChoice choice;
};

struct Partition {
  struct Input {
    int64_t offset = 0;
    int64_t timestamp_ms = 0;
    Reading reading;
    Fate fate;
  };
  struct Deaf {
    int64_t from_ms = 0, to_ms = 0;
  };

  std::deque<Input> inputs;
  size_t handled = 0;
  bool time_known = false;
  int64_t now_ms = 0;
  std::vector<Deaf> deaf;  // every stretch there was
  const RuleSet* rules = nullptr;
  uint64_t rules_epoch = 0;
};

struct Store {
  std::string name;
  int32_t partition = 0;
  StoreLife life;
};

class Log {
 public:
  explicit Log(const OracleOptions& options)
      : options_(options), partitions_(static_cast<size_t>(options.partitions)) {}

  // As of Oracle.
  void AddRules(std::string hash, const RuleChoice& choice);
  void AddReference(int64_t offset, std::string_view key, std::optional<std::string_view> value);
  void AddInput(int32_t partition, int64_t offset, int64_t timestamp_ms, std::string_view key,
                std::optional<std::string_view> value);

  // Handles one more record of the partition, if there is one below; false: there is none.
  // `told`: the store that a document told of; null: it was something else, or told nothing.
  bool HandleNext(int32_t partition, int64_t next_offset, Store*& told);

  const std::vector<Partition>& partitions() const { return partitions_; }
  const Partition& PartitionOf(const Store& store) const {
    return partitions_[static_cast<size_t>(store.partition)];
  }
  std::map<std::string, Store>& stores() { return stores_; }
  const std::map<std::string, Store>& stores() const { return stores_; }
  const Reference& reference() const { return reference_; }
  // Rises with each record that comes into force.
  int64_t reference_version() const { return reference_version_; }
  const std::vector<int64_t>& bad_reference() const { return bad_reference_; }

  // How long ago the store's sales were known, in its trading time.
  int64_t LagMs(const Store& store) const;
  // The position must exist.
  Situation SituationOf(const Store& store, const std::string& sku) const;
  // How many stops hold, of whatever.
  int StopsThatHold(int64_t now_ms) const;

 private:
  struct ReferenceRecord {
    int64_t offset = 0;
    std::string key;
    std::optional<std::string> value;
  };

  Store& StoreNamed(const std::string& name);
  void HandleTick(int32_t partition, const Tick& tick);
  void TakeRules(const Tick& tick, Partition& partition) const;
  void TakeReference(int64_t through);

  const OracleOptions options_;
  std::vector<Partition> partitions_;
  std::deque<RuleSet> rules_;  // addresses stay
  std::deque<ReferenceRecord> reference_waiting_;
  Reference reference_;
  int64_t reference_version_ = 0;
  std::vector<int64_t> bad_reference_;
  std::map<std::string, Store> stores_;
};

}  // namespace shelf::sim::oracle
