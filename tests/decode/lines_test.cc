#include "decode/lines.h"

#include <limits>
#include <string>
#include <vector>

#include "base/ids.h"
#include "decode/decode.h"
#include "shelf/v1/stock_event.pb.h"
#include "support/catch.h"

namespace shelf {
namespace {

constexpr int64_t kMost = kQuantityMilliMax;
constexpr int64_t kInt64Min = std::numeric_limits<int64_t>::min();
constexpr int64_t kInt64Max = std::numeric_limits<int64_t>::max();

v1::StockEvent Envelope() {
  v1::StockEvent event;
  event.set_store("s");
  event.set_source("erp");
  event.set_epoch(1);
  event.set_sequence(1);
  event.set_event_time_ms(1);
  return event;
}

struct LineCase {
  std::string sku;
  int64_t quantity_milli;
  RejectReason reason;
};

// Each case between two good neighbours, which must hold whatever it is.
template <typename AddLine>
void CheckLines(const std::vector<LineCase>& cases, AddLine add_line) {
  for (const LineCase& c : cases) {
    v1::StockEvent message = Envelope();
    add_line(message, "before", int64_t{1});
    add_line(message, c.sku, c.quantity_milli);
    add_line(message, "after", int64_t{1});
    const std::string bytes = message.SerializeAsString();
    Event event;
    INFO("sku of " << c.sku.size() << " bytes, quantity " << c.quantity_milli);
    CHECK(Decode(bytes, event) == RejectReason::kNone);
    if (c.reason == RejectReason::kNone) {
      CHECK(event.lines.size() == 3);
      CHECK(event.rejected.empty());
      continue;
    }
    REQUIRE(event.lines.size() == 2);
    CHECK(event.lines[1].sku == "after");
    CHECK(event.lines[1].number == 3);
    REQUIRE(event.rejected.size() == 1);
    CHECK(event.rejected[0].number == 2);
    CHECK(RejectReasonName(event.rejected[0].reason) == RejectReasonName(c.reason));
  }
}

const std::vector<LineCase> kSignedCases = {
    {"", 1, RejectReason::kEmptySku},
    {std::string(kSkuBytesMax, 'k'), 1, RejectReason::kNone},
    {std::string(kSkuBytesMax + 1, 'k'), 1, RejectReason::kSkuTooLong},
    {"a", 0, RejectReason::kNone},
    {"a", -1, RejectReason::kNone},
    {"a", kMost, RejectReason::kNone},
    {"a", -kMost, RejectReason::kNone},
    {"a", kMost + 1, RejectReason::kQuantityOverflow},
    {"a", -kMost - 1, RejectReason::kQuantityOverflow},
    {"a", kInt64Max, RejectReason::kQuantityOverflow},
    {"a", kInt64Min, RejectReason::kQuantityOverflow},
};

const std::vector<LineCase> kUnsignedCases = {
    {"", 1, RejectReason::kEmptySku},
    {std::string(kSkuBytesMax + 1, 'k'), 1, RejectReason::kSkuTooLong},
    {"a", 0, RejectReason::kNone},
    {"a", -1, RejectReason::kNegativeQuantity},
    {"a", kMost, RejectReason::kNone},
    {"a", kMost + 1, RejectReason::kQuantityOverflow},
    {"a", kInt64Min, RejectReason::kNegativeQuantity},
};

template <typename Line>
void Fill(Line& line, const std::string& sku, int64_t quantity_milli) {
  line.set_sku(sku);
  line.set_quantity_milli(quantity_milli);
}

TEST_CASE("a bad movement is rejected alone", "[decode]") {
  CheckLines(kSignedCases, [](v1::StockEvent& event, const std::string& sku, int64_t quantity) {
    event.mutable_deltas()->set_reason(v1::REASON_ADJUSTMENT);
    Fill(*event.mutable_deltas()->add_lines(), sku, quantity);
  });
}

TEST_CASE("a bad book line is rejected alone, and books may be negative", "[decode]") {
  CheckLines(kSignedCases, [](v1::StockEvent& event, const std::string& sku, int64_t quantity) {
    Fill(*event.mutable_snapshot_chunk()->add_lines(), sku, quantity);
  });
}

TEST_CASE("a bad count is rejected alone", "[decode]") {
  CheckLines(kUnsignedCases, [](v1::StockEvent& event, const std::string& sku, int64_t quantity) {
    Fill(*event.mutable_counts()->add_lines(), sku, quantity);
  });
}

TEST_CASE("a bad reserved line is rejected alone", "[decode]") {
  CheckLines(kUnsignedCases, [](v1::StockEvent& event, const std::string& sku, int64_t quantity) {
    event.mutable_reserve()->set_reservation_id("R1");
    Fill(*event.mutable_reserve()->add_lines(), sku, quantity);
  });
}

TEST_CASE("a bad expected line is rejected alone", "[decode]") {
  CheckLines(kUnsignedCases, [](v1::StockEvent& event, const std::string& sku, int64_t quantity) {
    event.mutable_expected_receipts()->set_document("P1");
    Fill(*event.mutable_expected_receipts()->add_lines(), sku, quantity);
  });
}

TEST_CASE("a pick is rejected for what was asked as for what was found", "[decode]") {
  CheckLines(kUnsignedCases, [](v1::StockEvent& event, const std::string& sku, int64_t quantity) {
    v1::PickLine& line = *event.mutable_pick_results()->add_lines();
    line.set_sku(sku);
    line.set_requested_milli(quantity);
  });
  CheckLines(kUnsignedCases, [](v1::StockEvent& event, const std::string& sku, int64_t quantity) {
    v1::PickLine& line = *event.mutable_pick_results()->add_lines();
    line.set_sku(sku);
    line.set_found_milli(quantity);
  });
}

}  // namespace
}  // namespace shelf
