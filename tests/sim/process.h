// The daemon's process: the production worker over a log in memory, which can be killed at any call
// that it makes to its sources and its sink, put to sleep, and started again.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "io/memory_log.h"
#include "loop/worker.h"
#include "sim/disk.h"
#include "sim/plan.h"

namespace shelf::sim {

// Thrown out of a call of a source or sink: the process ends there.
struct Killed {};

// Counts the calls.
class KillSwitch {
 public:
  // At the `calls`-th call from now on, before or after its effect; calls >= 1.
  void Arm(int64_t calls, bool after) {
    calls_left_ = calls;
    after_ = after;
  }
  void Disarm() { calls_left_ = 0; }
  void Before() {
    if (calls_left_ == 1 && !after_) Strike();
  }
  void After() {
    if (calls_left_ > 0 && --calls_left_ == 0) Strike();
  }

 private:
  void Strike() {
    calls_left_ = 0;
    throw Killed{};
  }
  int64_t calls_left_ = 0;
  bool after_ = false;
};

// Told of what goes in and out, on the way.
struct ProcessEars {
  std::function<void(const std::vector<Record>& events)> polled;  // in the order of handling
  std::function<void(const OutRecord& record)> offered;           // to the sink
  std::function<void(const OutRecord& record)> taken;             // by it
  std::function<void(const Delivery& delivery)> delivered;
};

class Process {
 public:
  Process(const Plan& plan, MemoryLog& log, std::shared_ptr<Disk> disk, KillSwitch& kill,
          ProcessEars ears);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // As daemon/app starts. `rules`: what the configured file says.
  absl::Status Start(const std::string& rules);
  // One turn of the loop. A checkpoint that it began is written when it returns, or is held.
  absl::Status Turn(int64_t wall_ms);
  // Until what is being written is written or held.
  void AwaitDisk();
  // In good order.
  absl::Status Stop();
  // A round of what app/output_watch does.
  void WatchOutputs();
  bool ReloadFile(const std::string& rules);

  Worker& worker() { return *worker_; }
  MemorySink& broker() { return *sink_; }
  Disk& disk() { return *disk_; }
  const std::shared_ptr<Disk>& shared_disk() const { return disk_; }
  // All is read, said, acknowledged and stored as far as it will be, and nothing waits to be swept.
  bool AtRest();

 private:
  class EarSource;
  class EarSink;

  const Plan& plan_;
  MemoryLog& log_;
  const std::shared_ptr<Disk> disk_;
  KillSwitch& kill_;
  const ProcessEars ears_;
  std::unique_ptr<Source> events_;
  std::unique_ptr<Source> reference_;
  std::unique_ptr<MemorySink> sink_;
  std::unique_ptr<Sink> ear_sink_;
  std::unique_ptr<Worker> worker_;
};

// Where what is stored on the disk goes on in each partition of stock-events.
std::vector<int64_t> StoredOffsets(const Plan& plan, const std::string& rules, Disk& disk);

}  // namespace shelf::sim
