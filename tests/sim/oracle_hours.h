// When a store trades. Zones are a small table of our own, with the rules by which their clocks
// change, so that a mistake in the daemon's use of the tz database shows.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace shelf::sim::oracle {

struct Hours {
  int opens_minute = 0;   // of the local day
  int closes_minute = 0;  // above 1440: after midnight
};

struct Week {
  std::string zone;
  std::map<int, std::vector<Hours>> weekly;    // by ISO weekday, 1 = Monday
  std::map<int64_t, std::vector<Hours>> days;  // special ones, by days since 1970-01-01

  bool always_open() const { return weekly.empty() && days.empty(); }
};

bool IsKnownZone(const std::string& zone);
// Every one of them.
std::vector<std::string> KnownZones();

// Days since 1970-01-01 of a "2026-11-02"; false: there is no such day.
bool ReadDay(std::string_view text, int64_t& day);

class TradingTime {
 public:
  explicit TradingTime(Week week) : week_(std::move(week)) {}

  // How long the store trades between the two instants; 0 when `to_ms` is not later.
  int64_t Between(int64_t from_ms, int64_t to_ms) const;

 private:
  struct Stretch {
    int64_t from_ms, to_ms;
  };
  void AddDay(int64_t day, std::vector<Stretch>& open) const;
  const std::vector<Stretch>& OpenFrom(int64_t first_day, int64_t last_day) const;

  const Week week_;
  // Those of the days asked for last, ascending and apart.
  mutable std::vector<Stretch> open_;
  mutable int64_t open_first_ = 0;
  mutable int64_t open_last_ = -1;
};

}  // namespace shelf::sim::oracle
