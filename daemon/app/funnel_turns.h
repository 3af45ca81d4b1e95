// Counts funnels for people, one at a time. Who asks for the channel that is being counted gets the
// same answer; for another channel one waits, and only who asked last does: counts hold threads for
// long, and nobody tells when the one who asked has hung up.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "app/ask_worker.h"
#include "app/worker_desk.h"

namespace shelf {

// THREAD: any but the worker's.
class FunnelTurns {
 public:
  explicit FunnelTurns(AskWorker ask);

  // Of one channel, or (empty) of all; see funnel.h. Unavailable: another asked after this one, or
  // Stop was called.
  Answer Count(const std::string& channel);
  void Stop();

 private:
  // A funnel that is being counted, and what came of it.
  struct Turn {
    std::string channel;
    std::optional<Answer> answer;
  };

  std::optional<Answer> JoinOrBegin(const std::shared_ptr<Turn>& mine);
  void End(const Answer& answer);

  const AskWorker ask_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::shared_ptr<Turn> counted_;
  uint64_t asked_ = 0;
};

}  // namespace shelf
