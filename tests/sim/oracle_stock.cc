#include "sim/oracle_stock.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "sim/oracle_documents.h"

namespace shelf::sim::oracle {
namespace {

constexpr int64_t kSkewMs = 2 * 60'000;

template <typename A, typename B>
bool IsLaterInOrder(const A& a, const B& b) {
  return std::tie(a.epoch, a.sequence) > std::tie(b.epoch, b.sequence);
}

bool InRange(int64_t milli) { return std::llabs(milli) <= kMostMilli; }

}  // namespace

bool Stock::Move(const Movement& movement, int64_t tb_ms) {
  if (Counts(movement, holds_, tb_ms) && !InRange(OnHand(tb_ms) + movement.milli)) return false;
  movements_.push_back(movement);
  return true;
}

// A book's movement is after a count by its time and after a list by its place in the book's order;
// an early one is after either by its time, and beyond Tb.
bool Stock::Counts(const Movement& movement, const Statement& under, int64_t tb_ms) const {
  const bool is_later = under.kind == Statement::Kind::kNone || movement.time_ms > under.time_ms;
  if (movement.role == Role::kEarly) return is_later && movement.time_ms > tb_ms;
  const bool by_order = under.kind == Statement::Kind::kList && under.source == movement.source;
  if (!by_order) return is_later;
  if (IsLaterInOrder(movement, under)) return true;
  return movement.epoch == under.epoch && std::find(under.on_top.begin(), under.on_top.end(),
                                                    movement.sequence) != under.on_top.end();
}

int64_t Stock::Under(const Statement& statement, int64_t tb_ms) const {
  int64_t on_hand = statement.milli;
  for (const Movement& movement : movements_) {
    if (Counts(movement, statement, tb_ms)) on_hand += movement.milli;
  }
  return on_hand;
}

bool Stock::State(const Statement& statement, int64_t tb_ms) {
  if (!InRange(Under(statement, tb_ms))) return false;
  if (GoesBefore(statement, tb_ms)) holds_ = statement;
  return true;
}

// Of two lists of one book the later in its order; of two sources within the skew the one that
// gives less with what has moved until now; else the later one.
bool Stock::GoesBefore(const Statement& statement, int64_t tb_ms) const {
  if (holds_.kind == Statement::Kind::kNone) return true;
  const bool same_source = statement.source == holds_.source;
  const bool both_lists =
      statement.kind == Statement::Kind::kList && holds_.kind == Statement::Kind::kList;
  const int64_t apart_ms = statement.time_ms - holds_.time_ms;
  if (!same_source && std::llabs(apart_ms) <= kSkewMs) {
    return Under(statement, tb_ms) < OnHand(tb_ms);
  }
  if ((both_lists && same_source) || apart_ms == 0) return IsLaterInOrder(statement, holds_);
  return apart_ms > 0;
}

void Stock::NoteSeen(int64_t at_ms) {
  if (at_ms > missed_at_ms_) missed_at_ms_ = 0;
}

// What came before the pick did and is later than it refutes it as far as it is kept: movements
// that are, and the count that holds.
void Stock::NoteMissed(int64_t at_ms) {
  if (holds_.kind == Statement::Kind::kCount && holds_.time_ms > at_ms) return;
  for (const Movement& movement : movements_) {
    if (movement.shows_goods && !movement.forgotten && movement.time_ms > at_ms) return;
  }
  missed_at_ms_ = std::max(missed_at_ms_, at_ms);
}

}  // namespace shelf::sim::oracle
