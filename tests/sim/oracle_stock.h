// On-hand of one position: every movement and the statement that holds, and the sum of them.
//
//   on_hand = statement's quantity + the book's movements after it
//           + early movements later than it and than what the book is complete through (Tb)
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/oracle_sources.h"

namespace shelf::sim::oracle {

struct Movement {
  int64_t time_ms = 0;
  int64_t milli = 0;
  std::string source;
  Role role = Role::kBook;
  uint64_t epoch = 0;
  uint64_t sequence = 0;
  bool shows_goods = false;  // somebody sold, delivered or shelved it
  // It is so old that the store keeps it no longer: a nil pick that comes now is not refuted by it.
  bool forgotten = false;
};

struct Statement {
  enum class Kind { kNone, kCount, kList } kind = Kind::kNone;
  int64_t milli = 0;
  int64_t time_ms = 0;
  std::string source;
  uint64_t epoch = 0;
  uint64_t sequence = 0;
  // Numbers of the book's movements that count though they come before it in the book's order: a
  // list leaves the position out, and could not know them.
  std::vector<uint64_t> on_top = {};
};

class Stock {
 public:
  // A movement of the book or of an early source. False: on-hand would leave its range.
  bool Move(const Movement& movement, int64_t tb_ms);
  // False: on-hand would leave its range. Else it holds, if it goes before the one that did.
  bool State(const Statement& statement, int64_t tb_ms);
  int64_t OnHand(int64_t tb_ms) const { return Under(holds_, tb_ms); }

  // Goods were seen, or looked for in vain, at that time.
  void NoteSeen(int64_t at_ms);
  void NoteMissed(int64_t at_ms);
  // The last that is known is that somebody looked in vain.
  bool missed() const { return missed_at_ms_ != 0; }

  const Statement& holds() const { return holds_; }
  std::vector<Movement>& movements() { return movements_; }
  const std::vector<Movement>& movements() const { return movements_; }

 private:
  bool Counts(const Movement& movement, const Statement& under, int64_t tb_ms) const;
  int64_t Under(const Statement& statement, int64_t tb_ms) const;
  bool GoesBefore(const Statement& statement, int64_t tb_ms) const;

  std::vector<Movement> movements_;  // in order of arrival
  Statement holds_;
  int64_t missed_at_ms_ = 0;
};

}  // namespace shelf::sim::oracle
