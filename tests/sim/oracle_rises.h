// How far a key's rises have lasted: what was offered of it before `steady`, each change.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace shelf::sim::oracle {

class Rises {
 public:
  // So much is offered from now on, and a rise has to last so long. The first is no rise.
  void Note(int64_t milli, int64_t rise_after_ms, int64_t now_ms);
  bool begun() const { return !offered_.empty(); }
  // The most that may be said now: no more than is offered, and of that what was said already or
  // was offered all the time.
  int64_t Lasting(int64_t now_ms) const;
  // The same has been offered for twice as long as a rise has to last.
  bool Settled(int64_t now_ms) const {
    return offered_.back().at_ms <= now_ms - 2 * rise_after_ms_;
  }
  std::string Text() const;

 private:
  struct Offered {
    int64_t at_ms = 0;
    int64_t milli = 0;
  };
  std::vector<Offered> offered_;
  int64_t rise_after_ms_ = 0;
  int64_t said_milli_ = 0;  // at the last note
};

}  // namespace shelf::sim::oracle
