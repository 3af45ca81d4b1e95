#include "sim/oracle_rises.h"

#include <algorithm>

namespace shelf::sim::oracle {

// What was offered until now may have been said in full at its last instant, by the rules of then.
void Rises::Note(int64_t milli, int64_t rise_after_ms, int64_t now_ms) {
  const int64_t said_milli = begun() ? Lasting(now_ms) : milli;
  rise_after_ms_ = rise_after_ms;
  if (!begun() || offered_.back().milli != milli) offered_.push_back({now_ms, milli});
  said_milli_ = std::min(said_milli, milli);
  said_milli_ = Lasting(now_ms);
}

int64_t Rises::Lasting(int64_t now_ms) const {
  int64_t least_milli = offered_.back().milli;
  if (rise_after_ms_ <= 0) return least_milli;
  for (auto offered = offered_.rbegin(); offered != offered_.rend(); ++offered) {
    least_milli = std::min(least_milli, offered->milli);
    if (offered->at_ms <= now_ms - rise_after_ms_) break;
  }
  return std::max(least_milli, said_milli_);
}

std::string Rises::Text() const {
  std::string text = "said " + std::to_string(said_milli_) + ", rises wait " +
                     std::to_string(rise_after_ms_) + " ms, offered";
  for (const Offered& offered : offered_) {
    text += " " + std::to_string(offered.milli) + " from " + std::to_string(offered.at_ms) + ",";
  }
  text.back() = '.';
  return text;
}

}  // namespace shelf::sim::oracle
