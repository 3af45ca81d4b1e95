#include "app/funnel_turns.h"

#include <utility>

#include "app/funnel.h"

namespace shelf {
namespace {

// What a funnel takes of a turn: less than a full batch of records does.
constexpr int64_t kSliceUs = 2000;

}  // namespace

FunnelTurns::FunnelTurns(AskWorker ask) : ask_(std::move(ask)) {}

Answer FunnelTurns::Count(const std::string& channel) {
  const auto mine = std::make_shared<Turn>(Turn{channel, {}});
  if (std::optional<Answer> answer = JoinOrBegin(mine)) return *std::move(answer);
  Answer answer = CountFunnel(channel, kSliceUs, ask_);
  End(answer);
  return answer;
}

// Waits for the count that runs, which ends by itself: each of its slices has a time limit. Its
// answer if that was for the same channel; nothing when it is for us to count.
std::optional<Answer> FunnelTurns::JoinOrBegin(const std::shared_ptr<Turn>& mine) {
  std::unique_lock<std::mutex> lock(mutex_);
  const uint64_t place = ++asked_;
  changed_.notify_all();  // whoever waited makes room
  if (const std::shared_ptr<Turn> other = counted_) {
    changed_.wait(lock, [&] { return other->answer.has_value() || asked_ != place || stopping_; });
    if (other->answer.has_value() && other->channel == mine->channel) return other->answer;
    if (stopping_) return absl::UnavailableError("shelfd is stopping");
    if (asked_ != place) {
      return absl::UnavailableError("another asked for a funnel after you; ask again");
    }
  }
  counted_ = mine;
  return std::nullopt;
}

void FunnelTurns::End(const Answer& answer) {
  const std::lock_guard<std::mutex> lock(mutex_);
  counted_->answer = answer;
  counted_ = nullptr;
  changed_.notify_all();
}

void FunnelTurns::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
}

}  // namespace shelf
