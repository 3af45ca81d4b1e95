#include "rules/presence.h"

#include <limits>
#include <vector>

#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

}  // namespace

TEST_CASE("a nil pick withholds everything only where the rule asks for evidence", "[rules]") {
  Facts facts;
  facts.nil_pick = true;
  CHECK(AfterPresence(5'000, facts, {true, 0}) == 0);
  CHECK(AfterPresence(5'000, facts, {false, 0}) == 5'000);
  facts.nil_pick = false;
  CHECK(AfterPresence(5'000, facts, {true, 0}) == 5'000);
}

TEST_CASE("presence lets all through or nothing, whatever the quantity and its step", "[rules]") {
  for (const int64_t milli : {int64_t{0}, int64_t{1}, int64_t{1'375}, kMax}) {
    Facts facts;
    facts.step_milli = 250;
    CHECK(AfterPresence(milli, facts, {true, 3}) == milli);
    facts.nil_pick = true;
    CHECK(AfterPresence(milli, facts, {true, 3}) == 0);
  }
}

TEST_CASE("silence withholds from exactly limit times the mean gap on", "[rules]") {
  struct Row {
    int64_t silence_ms, mean_gap_ms;
    double limit;
    int64_t out;
  };
  for (const Row& row : std::vector<Row>{{2'999, 1'000, 3, 5'000},
                                         {3'000, 1'000, 3, 0},
                                         {3'001, 1'000, 3, 0},
                                         {2'499, 1'000, 2.5, 5'000},
                                         {2'500, 1'000, 2.5, 0},
                                         {3'959'999, 3'600'000, 1.1, 5'000},
                                         {3'960'000, 3'600'000, 1.1, 0},
                                         {7'920'000, 3'600'000, 2.2, 0},
                                         {3, 7, 0.5, 5'000},
                                         {4, 7, 0.5, 0},
                                         {1'000'000, 0, 3, 5'000},      // mean not known
                                         {1'000'000, 1'000, 0, 5'000},  // off
                                         {0, 1'000, 3, 5'000},
                                         {kMax, 1, 1'000'000, 0},
                                         {1, kMax, 1'000'000, 5'000}}) {
    CAPTURE(row.silence_ms, row.mean_gap_ms, row.limit);
    Facts facts;
    facts.silence_ms = row.silence_ms;
    facts.mean_gap_ms = row.mean_gap_ms;
    CHECK(AfterPresence(5'000, facts, {false, row.limit}) == row.out);
    if (row.limit == 0 || row.mean_gap_ms == 0) continue;
    CHECK((row.silence_ms >= QuietFromMs(row.limit, row.mean_gap_ms)) == (row.out == 0));
  }
}
