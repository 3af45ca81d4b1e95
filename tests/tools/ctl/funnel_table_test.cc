#include "ctl/funnel_table.h"

#include <sstream>

#include "ctl/table.h"
#include "support/catch.h"

using namespace shelf::ctl;

namespace {

const Json kFunnel = Json::parse(R"({
  "time_ms": {"from": 1793599200000, "to": 1793599200250},
  "positions": 152424,
  "channels": [
    {"channel": "own-site",
     "keys": {"in_stock": 100000, "limited": 456, "out_of_stock": 51000, "ineligible": 968},
     "ineligible": {"unknown_item": 900, "store_closed": 68},
     "never_published": 968, "undecided": 0, "with_base": 112258, "base_milli": 1234567499,
     "stages": [
       {"stage": "eligibility", "withheld_milli": 4000, "positions": 2, "emptied": 2},
       {"stage": "sync_lag", "withheld_milli": 0, "positions": 0, "emptied": 0},
       {"stage": "limits", "withheld_milli": 12000500, "positions": 1500, "emptied": 0}],
     "sellable_milli": 1222562999},
    {"channel": "market",
     "keys": {"in_stock": 1, "limited": 0, "out_of_stock": 152423, "ineligible": 0},
     "ineligible": {},
     "never_published": 0, "undecided": 3, "with_base": 112258, "base_milli": null,
     "stages": [
       {"stage": "eligibility", "withheld_milli": 0, "positions": 0, "emptied": 0},
       {"stage": "sync_lag", "withheld_milli": 0, "positions": 0, "emptied": 0},
       {"stage": "limits", "withheld_milli": null, "positions": 112257, "emptied": 112257}],
     "sellable_milli": 1000}]})");

constexpr char kText[] =
    R"(CHANNEL   STAGE            UNITS  POSITIONS  LEFT WITH NOTHING
own-site  base         1,234,567    112,258                   
          eligibility         -4          2                  2
          limits         -12,001      1,500                  0
          sellable     1,222,563    100,456                   
market    base          too many    112,258                   
          eligibility          0          0                  0
          limits        too many    112,257            112,257
          sellable             1          1                   

CHANNEL   IN STOCK  LIMITED  OUT OF STOCK  INELIGIBLE  NEVER PUBLISHED  UNDECIDED  WHY INELIGIBLE
own-site   100,000      456        51,000         968              968          0  unknown_item 900, store_closed 68
market           1        0       152,423           0                0          3  -

The 152,424 positions were looked at from 2026-11-02 06:00:00Z to 2026-11-02 06:00:00.250Z.
Units add up pieces, kilograms and whatever else items are measured in, rounded.
)";

}  // namespace

TEST_CASE("a funnel is shown from the base down to what may be sold", "[ctl]") {
  std::ostringstream out;
  ShowFunnel(kFunnel, out);
  CHECK(out.str() == kText);
}
