// The fixed rules about what may not be there although the record says so.
#include "scenarios/script.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr char kNilPick[] = R"(
version: 1
channels:
  c:
    rules:
      - {id: all, presence: {after_nil_pick: until_evidence}}
)";

constexpr char kQuiet[] = R"(
version: 1
channels:
  c:
    rules:
      - {id: all, presence: {quiet_limit: 3}}
)";

constexpr char kPicked[] = R"(
  store 1 erp=book
  item A
  06:00    list 1/erp A=5
  06:00    tick
  06:00:05 pick 1/picking A=0/1
  06:00:10 tick
)";

}  // namespace

TEST_CASE("a nil pick hides the item until there is evidence", "[scenarios]") {
  const auto [evidence, after] = GENERATE(table<std::string, std::string>({
      {"06:00:15 sale 1/erp A=1", "c/1/A 4"},
      {"06:00:15 receipt 1/erp A=2", "c/1/A 7"},
      {"06:00:15 count 1/scan A=3", "c/1/A 3"},
      {"06:00:15 to-shelf 1/wms A=2", "c/1/A 5"},
      {"06:00:15 shelf-count 1/scan A=2", "c/1/A 5"},
      {"06:00:15 pick 1/picking A=1/1", "c/1/A 5"},
  }));
  CAPTURE(evidence);
  const Played played = Play(kNilPick, kPicked + evidence + "\n06:00:20 tick\n");
  CHECK(played.numbers() == Lines{"c/1/A 5", "c/1/A 0", after});
}

TEST_CASE("what is no evidence leaves a nil pick standing", "[scenarios]") {
  const std::string other =
      GENERATE("06:00:15 adjustment 1/erp A=2", "06:00:15 return 1/erp A=1",
               "06:00:04 sale 1/erp A=1", "06:00:15 claim 1/erp", "06:00:15 pick 1/picking A=0/2");
  CAPTURE(other);
  const Played played = Play(kNilPick, kPicked + other + "\n06:00:20 tick\n");
  CHECK(played.numbers() == Lines{"c/1/A 5", "c/1/A 0"});
}

TEST_CASE("a partial find is a find and a nil pick of the rest", "[scenarios]") {
  const Played played = Play(kNilPick, R"(
    store 1 erp=book
    item A
    06:00    list 1/erp A=5
    06:00    tick
    06:00:05 pick 1/picking A=1/2
    06:00:10 tick
  )");
  CHECK(played.numbers() == Lines{"c/1/A 5", "c/1/A 0"});
}

TEST_CASE("nothing is sold once the known silence is as long as the limit", "[scenarios]") {
  // Sales every ten minutes: the limit is half an hour after the last.
  const Played played = Play(kQuiet, R"(
    store 1 erp=book
    item A
    06:00    list 1/erp A=9
    06:00    ticks 06:09:50
    06:10    sale 1/erp A=1 through=06:10
    06:10    ticks 06:19:50
    06:20    sale 1/erp A=1 through=06:20
    06:20    ticks 06:49
    06:49:05 claim 1/erp
    06:49:10 ticks 06:50:20
    06:50:25 claim 1/erp
    06:50:30 ticks 06:51
    06:51:05 sale 1/erp A=1 through=06:51:05
    06:51:10 tick
  )");
  CHECK(played.availability() == Lines{"06:00:00 c/1/A 9 in_stock", "06:10:00 c/1/A 8 in_stock",
                                       "06:20:00 c/1/A 7 in_stock", "06:50:30 c/1/A 0 out_of_stock",
                                       "06:51:10 c/1/A 6 in_stock"});
}

TEST_CASE("silence that nobody has confirmed is not known", "[scenarios]") {
  const Played played = Play(kQuiet, R"(
    store 1 erp=book
    item A
    06:00 list 1/erp A=9
    06:00 ticks 06:09:50
    06:10 sale 1/erp A=1 through=06:10
    06:10 ticks 06:19:50
    06:20 sale 1/erp A=1 through=06:20
    06:20 ticks 08:00
  )");
  CHECK(played.numbers() == Lines{"c/1/A 9", "c/1/A 8", "c/1/A 7"});
}
