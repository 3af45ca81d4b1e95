// What `shelfctl top` knows of a daemon over time: its newest figures, those before them, and what
// only the passing of time tells: that nobody answers, that the log is silent.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "ctl/top_figures.h"

namespace shelf::ctl {

// Partition time that has not moved for longer than this stands still. Above the longest
// tick.interval_ms, 5 s.
inline constexpr int64_t kSilentAfterMs = 6000;

struct Rates {
  double lines_per_s = 0, published_per_s = 0;
};

// One moment, as it is drawn.
struct Picture {
  std::string admin;  // host:port of the daemon
  int64_t now_ms = 0;

  std::optional<StatusFigures> status;  // the newest there is; none: nobody answered yet
  int64_t status_ms = 0;                // when it was answered
  std::optional<Rates> rates;           // none: no two answers of one life of the daemon
  std::string trouble;                  // why the newest question was not answered, else empty
  int64_t unanswered_ms = 0;            // since the last answer, or since the start

  size_t silent_partitions = 0;
  int64_t silent_ms = 0;  // of them the longest, as of status_ms

  std::optional<FunnelFigures> funnel, funnel_before;  // the newest, and the one before it
  std::string funnel_trouble;                          // why the newest count failed, else empty
  std::set<std::string> stages;  // that withheld something in any funnel so far
};

// Times are Unix ms of one clock, the caller's, and do not go back.
class Watch {
 public:
  Watch(std::string admin, int64_t start_ms) : admin_(std::move(admin)), answered_ms_(start_ms) {}

  void Answered(int64_t now_ms, StatusFigures figures);
  void Unanswered(std::string why) { trouble_ = std::move(why); }
  void Counted(FunnelFigures figures);
  void NotCounted(std::string why) { funnel_trouble_ = std::move(why); }

  bool ever_answered() const { return status_.has_value(); }
  Picture At(int64_t now_ms) const;

 private:
  struct Movement {
    int64_t time_ms = 0;   // partition time
    int64_t moved_ms = 0;  // when it was first seen so
  };

  const std::string admin_;
  int64_t answered_ms_;  // or the start
  std::optional<StatusFigures> status_;
  std::optional<Rates> rates_;
  std::string trouble_;
  std::map<int32_t, Movement> movements_;  // by partition
  std::optional<FunnelFigures> funnel_, funnel_before_;
  std::string funnel_trouble_;
  std::set<std::string> stages_;
};

}  // namespace shelf::ctl
