#include "decode/reject.h"

#include <set>
#include <string_view>

#include "support/catch.h"

namespace shelf {
namespace {

TEST_CASE("each reject reason has a name of its own in snake case", "[decode]") {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(RejectReason::kTooManyDocuments); ++i) {
    const std::string_view name = RejectReasonName(static_cast<RejectReason>(i));
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
    CHECK(names.insert(name).second);
  }
}

TEST_CASE("the names that dead-letter readers match on do not change", "[decode]") {
  CHECK(RejectReasonName(RejectReason::kMalformed) == "malformed");
  CHECK(RejectReasonName(RejectReason::kWrongPartition) == "wrong_partition");
  CHECK(RejectReasonName(RejectReason::kCountBeyondHistory) == "count_beyond_history");
  CHECK(RejectReasonName(RejectReason::kBadReference) == "bad_reference");
}

}  // namespace
}  // namespace shelf
