// One simulated world from its plan to its end: stores, networks, a broker in memory, and the
// daemon's process, whose code is the production's but for time and I/O.
//
// Not in it: held counts, lists that wait for an operator, days_of_cover, quiet_limit, an accepted
// loss of the log, pools, topics of channels of their own, JSON.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/memory_log.h"
#include "sim/agents.h"
#include "sim/checker.h"
#include "sim/network.h"
#include "sim/plan.h"
#include "sim/process.h"

namespace shelf::sim {

struct Outcome {
  std::string failure;    // empty: all is as the oracle says
  uint64_t log_hash = 0;  // of all records that were ever appended, in order
  Totals totals;
};

// A line of the trace; not called where nobody wants one.
using Trace = std::function<void(const std::string& line)>;

class Universe {
 public:
  // Borrows the plan, which outlives it.
  explicit Universe(const Plan& plan, Trace trace = nullptr);

  Outcome Run();

 private:
  // universe.cc: time.
  void Open();
  void LiveUntil(int64_t at_ms);
  void Turn(int64_t step_ms);
  void TurnDaemon();
  void TurnSleeper();
  void AwaitRest();
  void Settle();
  void Heal();
  void Appended(std::string_view topic, int32_t partition, const MemoryRecord& record);
  void TakeRequests();
  void Say(std::string_view words);
  bool failed() const { return !checker_.failure().empty(); }

  // universe_steps.cc: what happens.
  void Do(const Step& step);
  ProcessEars Ears();
  void StartDaemon();
  void DaemonDies(int64_t back_in_ms);
  void StopDaemon(int64_t back_in_ms);
  void Stall(const Step& step);
  void LoseDisk(const Step& step);
  void Backup();
  void Foreign(const Step& step);
  void Compact();
  void Retain();
  void BrokerGoes(int64_t ms);
  void BrokerTroubles();
  void DiskTroubles();
  bool Trimmed() const;

  // reference_data.cc
  void PutStore(uint8_t store, uint64_t salt);
  void PutItem(uint8_t sku, uint64_t salt);
  void DropItem(uint8_t sku);
  void PutListing(const Step& step);
  void PutStop(const Step& step);
  void AppendReference(const std::string& key, const google::protobuf::MessageLite& message);

  const Plan& plan_;
  const Trace trace_;
  MemoryLog log_;
  Checker checker_;
  Network network_;
  std::vector<Agents> agents_;
  std::vector<std::string> rules_;  // as files
  std::string rules_file_;          // that is configured now

  int64_t now_ms_ = kWorldBeginsMs;
  int64_t pace_ms_ = 1000;
  int64_t daemon_clock_ms_ = 0;  // ahead
  int64_t daemon_back_ms_ = 0;   // while it is down
  int64_t broker_back_ms_ = 0;
  int64_t answers_late_until_ms_ = 0;
  int64_t disk_slow_until_ms_ = 0;
  int64_t disk_full_until_ms_ = 0;
  int64_t sleeper_wakes_ms_ = 0;
  int64_t next_watch_ms_ = 0;
  uint64_t log_hash_ = 14'695'981'039'346'656'037U;

  std::shared_ptr<Disk> disk_ = std::make_shared<Disk>();
  std::vector<std::shared_ptr<Disk>> copies_;
  KillSwitch kill_;
  int64_t killed_for_ms_ = 0;
  std::unique_ptr<Process> daemon_;   // null: it is down
  std::unique_ptr<Process> sleeper_;  // thought dead
  bool stalling_ = false;             // the daemon is about to fall asleep
  bool sleeper_turns_ = false;
  int sleeper_turns_left_ = 0;
  std::vector<v1::ResyncRequest> asked_;
};

}  // namespace shelf::sim
