#include "ctl/top_watch.h"

#include <algorithm>
#include <utility>

namespace shelf::ctl {
namespace {

// A daemon that was started again counts from zero.
std::optional<Rates> RatesBetween(const StatusFigures& before, const StatusFigures& now,
                                  int64_t ms) {
  if (before.incarnation != now.incarnation || ms <= 0) return std::nullopt;
  const auto per_second = [ms](int64_t from, int64_t to) {
    return static_cast<double>(to - from) * 1000 / static_cast<double>(ms);
  };
  return Rates{per_second(before.lines, now.lines), per_second(before.published, now.published)};
}

}  // namespace

void Watch::Answered(int64_t now_ms, StatusFigures figures) {
  rates_ = status_.has_value() ? RatesBetween(*status_, figures, now_ms - answered_ms_)
                               : std::optional<Rates>();
  for (const auto& [partition, time_ms] : figures.partition_ms) {
    const auto [at, first] = movements_.try_emplace(partition, Movement{time_ms, now_ms});
    if (!first && at->second.time_ms != time_ms) at->second = {time_ms, now_ms};
  }
  status_ = std::move(figures);
  answered_ms_ = now_ms;
  trouble_.clear();
}

void Watch::Counted(FunnelFigures figures) {
  for (const ChannelFigures& channel : figures.channels) {
    for (const StageFigures& stage : channel.stages) {
      if (stage.positions > 0) stages_.insert(stage.stage);
    }
  }
  funnel_before_ = std::exchange(funnel_, std::move(figures));
  funnel_trouble_.clear();
}

Picture Watch::At(int64_t now_ms) const {
  Picture picture;
  picture.admin = admin_;
  picture.now_ms = now_ms;
  picture.status = status_;
  picture.status_ms = answered_ms_;
  picture.rates = rates_;
  picture.trouble = trouble_;
  picture.unanswered_ms = now_ms - answered_ms_;
  for (const auto& [partition, movement] : movements_) {
    const int64_t still_ms = answered_ms_ - movement.moved_ms;
    if (still_ms <= kSilentAfterMs) continue;
    ++picture.silent_partitions;
    picture.silent_ms = std::max(picture.silent_ms, still_ms);
  }
  picture.funnel = funnel_;
  picture.funnel_before = funnel_before_;
  picture.funnel_trouble = funnel_trouble_;
  picture.stages = stages_;
  return picture;
}

}  // namespace shelf::ctl
