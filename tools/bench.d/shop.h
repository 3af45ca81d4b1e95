// A worker on its own, for benchmarks of what it does with one thing: records are handed to it, and
// what it decides stays in its outbox.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "io/sink.h"
#include "io/source.h"
#include "loop/worker.h"

namespace shelf {

class Shop {
 public:
  // `rules`: a rules file without faults. The worker is caught up and has one partition.
  explicit Shop(std::string_view rules);

  // An input record.
  void Take(const std::string& key, const std::string& value);
  void Tick(int64_t time_ms);
  Worker& worker() { return *worker_; }

 private:
  class NoSource final : public Source {
   public:
    absl::Status Poll(int wait_ms, size_t records_max, std::vector<Record>& out) override;
  };
  class FullSink final : public Sink {
   public:
    bool TrySend(const OutRecord& /*record*/) override { return false; }
    void Drain(int /*wait_ms*/, std::vector<Delivery>& /*out*/) override {}
  };

  NoSource source_;
  FullSink sink_;
  std::unique_ptr<Worker> worker_;
  int64_t offset_ = 0;
};

}  // namespace shelf
