#include "reference/reference.h"

#include <functional>
#include <string>
#include <vector>

#include "base/percent.h"
#include "shelf/v1/reference.pb.h"
#include "support/catch.h"

namespace shelf {
namespace {

using Kind = ReferenceChange::Kind;

v1::Store Store() {
  v1::Store store;
  store.set_store("557722");
  store.set_name("Main Street");
  store.set_gln("5412345000013");
  store.set_region("north");
  store.add_groups("pilot");
  store.set_timezone("Europe/Berlin");
  v1::OpeningHours& hours = *store.add_opening_hours();
  hours.set_weekday(1);
  hours.set_opens_minute(540);
  hours.set_closes_minute(1200);
  v1::SpecialDay& special = *store.add_special_days();
  special.set_date("2024-12-25");
  v1::Service& service = *store.add_services();
  service.set_method("click_and_collect");
  service.set_ready_in_minutes(60);
  (*store.mutable_channel_ids())["market"] = "M-1";
  (*store.mutable_channel_ids())["app"] = "A-1";
  v1::Source& book = *store.add_sources();
  book.set_name("sap");
  book.set_role(v1::SOURCE_ROLE_BOOK);
  v1::Source& till = *store.add_sources();
  till.set_name("pos");
  till.set_required(true);
  return store;
}

v1::Item Item() {
  v1::Item item;
  item.set_sku("46/01");
  item.set_gtin("10614141000415");
  item.set_name("Cheese");
  item.add_category("Grocery");
  item.add_category("Fresh");
  item.set_unit_of_measure("KGM");
  item.set_step_milli(100);
  item.add_blocked_channels("market");
  item.set_parent_sku("46");
  (*item.mutable_channel_ids())["app"] = "X";
  return item;
}

v1::StopSale Stop() {
  v1::StopSale stop;
  stop.set_id("recall 7");
  stop.set_sku("a");
  stop.set_store("s");
  stop.set_channel("market");
  stop.set_expires_at_ms(99);
  stop.set_by("Ann");
  stop.set_reason("glass");
  return stop;
}

template <typename Message>
absl::StatusOr<ReferenceChange> Apply(ReferenceTables& tables, const std::string& key,
                                      const Message& message) {
  const std::string bytes = message.SerializeAsString();
  return tables.Apply(key, bytes);
}

void CheckChange(const absl::StatusOr<ReferenceChange>& change, Kind kind, const std::string& store,
                 const std::string& sku) {
  INFO(change.status().ToString());
  REQUIRE(change.ok());
  CHECK(static_cast<int>(change->kind) == static_cast<int>(kind));
  CHECK(change->store == store);
  CHECK(change->sku == sku);
}

void CheckNothing(const absl::StatusOr<ReferenceChange>& change) {
  CheckChange(change, Kind::kNothing, "", "");
}

TEST_CASE("a store is held as its record says", "[reference]") {
  ReferenceTables tables;
  CheckChange(Apply(tables, "store/557722", Store()), Kind::kStore, "557722", "");
  CHECK(tables.stores() == 1);
  CHECK(tables.FindStore("0557722") == nullptr);
  const StoreInfo* store = tables.FindStore("557722");
  REQUIRE(store != nullptr);
  CHECK_FALSE(store->closed);
  CHECK(store->name == "Main Street");
  CHECK(store->gln == "5412345000013");
  CHECK(store->region == "north");
  CHECK(store->groups == std::vector<std::string>{"pilot"});
  REQUIRE(store->services.size() == 1);
  CHECK(store->services[0] == ServiceInfo{"click_and_collect", 60});
  CHECK(store->channel_ids == ChannelIds{{"app", "A-1"}, {"market", "M-1"}});
  CHECK_FALSE(store->calendar.always_open());
  const int64_t monday_noon =
      absl::ToUnixMillis(absl::FromCivil(absl::CivilHour(2024, 6, 3, 10), absl::UTCTimeZone()));
  CHECK(store->calendar.OpenAt(monday_noon));
  CHECK_FALSE(store->calendar.OpenAt(monday_noon + 24 * 3'600'000));
}

TEST_CASE("a source has its declared role, else its name's", "[reference]") {
  ReferenceTables tables;
  REQUIRE(Apply(tables, "store/557722", Store()).ok());
  const StoreInfo& store = *tables.FindStore("557722");
  CHECK(store.Source("sap") == SourceInfo{"sap", SourceRole::kBook, false});
  CHECK(store.Source("pos") == SourceInfo{"pos", SourceRole::kEarly, true});
  CHECK(store.Source("wms") == SourceInfo{"wms", SourceRole::kEvidence, false});
  CHECK(store.Source("erp") == SourceInfo{"erp", SourceRole::kEvidence, false});  // sap is the book
  CHECK(DefaultSource("erp") == SourceInfo{"erp", SourceRole::kBook, false});
  CHECK(DefaultSource("pos") == SourceInfo{"pos", SourceRole::kEarly, false});
  CHECK(DefaultSource("oms") == SourceInfo{"oms", SourceRole::kEvidence, false});
}

TEST_CASE("only an early source can hold the watermark back", "[reference]") {
  ReferenceTables tables;
  v1::Store message = Store();
  message.mutable_sources(0)->set_required(true);
  REQUIRE(Apply(tables, "store/557722", message).ok());
  CHECK_FALSE(tables.FindStore("557722")->Source("sap").required);
}

TEST_CASE("a change of an item tells the step that it had", "[reference]") {
  ReferenceTables tables;
  v1::Item item = Item();
  item.set_step_milli(100);
  CHECK(Apply(tables, "item/46%2F01", item)->step_before_milli == 1'000);  // unknown until now
  item.set_step_milli(250);
  CHECK(Apply(tables, "item/46%2F01", item)->step_before_milli == 100);
  CHECK(tables.Apply("item/46%2F01", {})->step_before_milli == 250);
}

TEST_CASE("an item is held as its record says, its key decoded", "[reference]") {
  ReferenceTables tables;
  CheckChange(Apply(tables, "item/46%2F01", Item()), Kind::kItem, "", "46/01");
  const ItemInfo* item = tables.FindItem("46/01");
  REQUIRE(item != nullptr);
  CHECK(item->name == "Cheese");
  CHECK(item->gtin == "10614141000415");
  CHECK(item->category == std::vector<std::string>{"Grocery", "Fresh"});
  CHECK(item->unit_of_measure == "KGM");
  CHECK(item->step_milli == 100);
  CHECK(item->channel_ids == ChannelIds{{"app", "X"}});
  CHECK(item->blocked_channels == std::vector<std::string>{"market"});
  CHECK(item->parent_sku == "46");
}

TEST_CASE("an item that says no more is sold by the piece", "[reference]") {
  ReferenceTables tables;
  v1::Item message;
  message.set_sku("a");
  REQUIRE(Apply(tables, "item/a", message).ok());
  CHECK(tables.FindItem("a")->unit_of_measure == "H87");
  CHECK(tables.FindItem("a")->step_milli == 1000);
}

TEST_CASE("a listing belongs to its store and its item", "[reference]") {
  ReferenceTables tables;
  v1::Listing message;
  message.set_store("s");
  message.set_sku("a");
  message.add_channels("app");
  CheckChange(Apply(tables, "listing/s/a", message), Kind::kListing, "s", "a");
  REQUIRE(tables.FindListing("s", "a") != nullptr);
  CHECK(tables.FindListing("s", "a")->channels == std::vector<std::string>{"app"});
  CHECK(tables.FindListing("a", "s") == nullptr);
  CHECK(tables.FindListing("s", "b") == nullptr);
  message.set_delisted(true);
  CheckChange(Apply(tables, "listing/s/a", message), Kind::kListing, "s", "a");
  CHECK(tables.FindListing("s", "a")->delisted);
}

TEST_CASE("the newest record of a key holds, at the same address", "[reference]") {
  ReferenceTables tables;
  REQUIRE(Apply(tables, "store/557722", Store()).ok());
  const StoreInfo* before = tables.FindStore("557722");
  v1::Store message = Store();
  message.set_closed(true);
  CheckChange(Apply(tables, "store/557722", message), Kind::kStore, "557722", "");
  CHECK(tables.FindStore("557722") == before);
  CHECK(before->closed);
}

TEST_CASE("a record that says what is held already changes nothing", "[reference]") {
  ReferenceTables tables;
  v1::Listing listing;
  listing.set_store("s");
  listing.set_sku("a");
  for (const bool again : {false, true}) {
    const auto store = Apply(tables, "store/557722", Store());
    const auto item = Apply(tables, "item/46%2F01", Item());
    const auto listed = Apply(tables, "listing/s/a", listing);
    const auto stop = Apply(tables, "stop/recall%207", Stop());
    for (const auto& change : {store, item, listed, stop}) {
      REQUIRE(change.ok());
      CHECK((change->kind == Kind::kNothing) == again);
    }
  }
}

TEST_CASE("a tombstone removes its record, once", "[reference]") {
  ReferenceTables tables;
  v1::Listing listing;
  listing.set_store("s");
  listing.set_sku("a");
  REQUIRE(Apply(tables, "store/557722", Store()).ok());
  REQUIRE(Apply(tables, "item/46%2F01", Item()).ok());
  REQUIRE(Apply(tables, "listing/s/a", listing).ok());
  REQUIRE(Apply(tables, "stop/recall%207", Stop()).ok());
  CheckChange(tables.Apply("store/557722", {}), Kind::kStore, "557722", "");
  CheckChange(tables.Apply("item/46%2F01", {}), Kind::kItem, "", "46/01");
  CheckChange(tables.Apply("listing/s/a", {}), Kind::kListing, "s", "a");
  CheckChange(tables.Apply("stop/recall%207", {}), Kind::kStop, "s", "a");
  CHECK(tables.FindStore("557722") == nullptr);
  CHECK(tables.FindItem("46/01") == nullptr);
  CHECK(tables.FindListing("s", "a") == nullptr);
  CHECK(tables.stops().empty());
  for (const char* key : {"store/557722", "item/46%2F01", "listing/s/a", "stop/recall%207"}) {
    CheckNothing(tables.Apply(key, {}));
  }
}

TEST_CASE("a stop holds until it is lifted", "[reference]") {
  ReferenceTables tables;
  CheckChange(Apply(tables, "stop/recall%207", Stop()), Kind::kStop, "s", "a");
  REQUIRE(tables.stops().size() == 1);
  CHECK(tables.stops()[0] == StopInfo{"recall 7", "a", "s", "market", 99, "Ann", "glass"});
  v1::StopSale lifted = Stop();
  lifted.set_lifted(true);
  CheckChange(Apply(tables, "stop/recall%207", lifted), Kind::kStop, "s", "a");
  CHECK(tables.stops().empty());
  CheckNothing(Apply(tables, "stop/recall%207", lifted));
}

TEST_CASE("a stop that moves reports a scope that covers both", "[reference]") {
  ReferenceTables tables;
  REQUIRE(Apply(tables, "stop/recall%207", Stop()).ok());
  v1::StopSale moved = Stop();
  moved.set_store("other");
  CheckChange(Apply(tables, "stop/recall%207", moved), Kind::kStop, "", "a");
  moved.set_sku("b");
  CheckChange(Apply(tables, "stop/recall%207", moved), Kind::kStop, "other", "");
}

TEST_CASE("stops stand by id, whatever their order in the log", "[reference]") {
  ReferenceTables tables;
  for (const char* id : {"b", "c", "a"}) {
    v1::StopSale stop = Stop();
    stop.set_id(id);
    REQUIRE(Apply(tables, std::string("stop/") + id, stop).ok());
  }
  REQUIRE(tables.stops().size() == 3);
  CHECK(tables.stops()[0].id == "a");
  CHECK(tables.stops()[2].id == "c");
}

TEST_CASE("a key that names nothing is refused, for tombstones too", "[reference]") {
  ReferenceTables tables;
  for (const char* key : {"", "store", "shop/1", "store/1/2", "item/1/2", "listing/1", "stop/1/2",
                          "store/%4", "store/%zz", "/store/1"}) {
    INFO(key);
    CHECK(absl::IsInvalidArgument(tables.Apply(key, {}).status()));
  }
  CHECK(tables.Apply("store/", {}).status().message() == "key: store: empty");
  CHECK(tables.Apply("listing/s/", {}).status().message() == "key: sku: empty");
  CHECK(tables.Apply("stop/", {}).status().message() == "key: id: empty");
  CHECK(tables.Apply("store/" + std::string(65, 's'), {}).status().message() ==
        "key: store: 65 bytes, at most 64");
  CHECK(tables.Apply("item/" + std::string(129, 's'), {}).status().message() ==
        "key: sku: 129 bytes, at most 128");
}

template <typename Message>
struct BadCase {
  std::string words;
  std::function<void(Message&)> change;
};

// Each case alone on a good record already held: it must be refused and leave that one in force.
template <typename Message>
void CheckRefused(const std::string& key, const Message& good,
                  const std::vector<BadCase<Message>>& cases) {
  for (const BadCase<Message>& c : cases) {
    ReferenceTables tables;
    REQUIRE(Apply(tables, key, good).ok());
    Message bad = good;
    c.change(bad);
    const auto refused = Apply(tables, key, bad);
    CHECK(absl::IsInvalidArgument(refused.status()));
    CHECK(refused.status().message() == c.words);
    CheckNothing(Apply(tables, key, good));
  }
}

TEST_CASE("a store that cannot be used is refused with field and reason", "[reference]") {
  using S = v1::Store;
  CheckRefused<S>(
      "store/557722", Store(),
      {
          {"store: the key names '557722', the value '0557722'",
           [](S& s) { s.set_store("0557722"); }},
          {"gln: the check digit is 4 and should be 3", [](S& s) { s.set_gln("5412345000014"); }},
          {"timezone: no IANA zone 'Nowhere'", [](S& s) { s.set_timezone("Nowhere"); }},
          {"timezone: empty, but there are hours", [](S& s) { s.clear_timezone(); }},
          {"opening_hours: weekday 8 is not in 1 … 7",
           [](S& s) { s.mutable_opening_hours(0)->set_weekday(8); }},
          {"special_days: closes_minute 2881 is not between opens_minute and 2880",
           [](S& s) { s.mutable_special_days(0)->set_closes_minute(2881); }},
          {"special_days.date: '2024-02-30' is no date",
           [](S& s) { s.mutable_special_days(0)->set_date("2024-02-30"); }},
          {"special_days.date: '24-12-2024' is no date",
           [](S& s) { s.mutable_special_days(0)->set_date("24-12-2024"); }},
          {"special_days.date: '2024-12-2x' is no date",
           [](S& s) { s.mutable_special_days(0)->set_date("2024-12-2x"); }},
          {"services.method: empty", [](S& s) { s.mutable_services(0)->clear_method(); }},
          {"services.ready_in_minutes: -1 is below 0",
           [](S& s) { s.mutable_services(0)->set_ready_in_minutes(-1); }},
          {"sources: 'sap' and 'erp' are both the book",
           [](S& s) { s.add_sources()->set_name("erp"); }},
          {"sources: 'pos' stands twice", [](S& s) { s.add_sources()->set_name("pos"); }},
          {"sources.name: empty", [](S& s) { s.add_sources(); }},
          {"sources.name: 65 bytes, at most 64",
           [](S& s) { s.add_sources()->set_name(std::string(65, 's')); }},
          {"sources.role: 'pos' has the unknown role 9",
           [](S& s) { s.mutable_sources(1)->set_role(static_cast<v1::SourceRole>(9)); }},
      });
}

TEST_CASE("an item that cannot be used is refused with field and reason", "[reference]") {
  using I = v1::Item;
  CheckRefused<I>("item/46%2F01", Item(),
                  {
                      {"sku: the key names '46/01', the value '46'", [](I& i) { i.set_sku("46"); }},
                      {"gtin: not 14 digits", [](I& i) { i.set_gtin("614141000418"); }},
                      {"unit_of_measure: 'kg' is not two or three of A-Z and 0-9",
                       [](I& i) { i.set_unit_of_measure("kg"); }},
                      {"unit_of_measure: 'PIECE' is not two or three of A-Z and 0-9",
                       [](I& i) { i.set_unit_of_measure("PIECE"); }},
                      {"step_milli: -1 is below 0", [](I& i) { i.set_step_milli(-1); }},
                      {"parent_sku: 129 bytes, at most 128",
                       [](I& i) { i.set_parent_sku(std::string(129, 'p')); }},
                  });
}

TEST_CASE("a listing or a stop that its key does not name is refused", "[reference]") {
  v1::Listing listing;
  listing.set_store("s");
  listing.set_sku("a");
  CheckRefused<v1::Listing>(
      "listing/s/a", listing,
      {
          {"store: the key names 's', the value 't'", [](v1::Listing& l) { l.set_store("t"); }},
          {"sku: the key names 'a', the value 'b'", [](v1::Listing& l) { l.set_sku("b"); }},
      });
  CheckRefused<v1::StopSale>(
      "stop/recall%207", Stop(),
      {
          {"id: the key names 'recall 7', the value ''", [](v1::StopSale& s) { s.clear_id(); }},
          {"store: 65 bytes, at most 64",
           [](v1::StopSale& s) { s.set_store(std::string(65, 's')); }},
          {"sku: 129 bytes, at most 128",
           [](v1::StopSale& s) { s.set_sku(std::string(129, 's')); }},
          {"expires_at_ms: -1 is below 0", [](v1::StopSale& s) { s.set_expires_at_ms(-1); }},
      });
}

TEST_CASE("bytes that are no record are refused", "[reference]") {
  ReferenceTables tables;
  CHECK(tables.Apply("store/1", "\xFF").status().message() == "value: not a shelf.v1.Store");
  CHECK(tables.Apply("item/1", "\xFF").status().message() == "value: not a shelf.v1.Item");
  CHECK_FALSE(tables.Apply("store/1", "").ok());
  CHECK(tables.stores() == 0);
}

TEST_CASE("the memory account returns to nothing when all is removed", "[reference]") {
  ReferenceTables tables;
  REQUIRE(Apply(tables, "item/46%2F01", Item()).ok());
  const size_t one_item = tables.bytes();
  CHECK(one_item > sizeof(ItemInfo));
  v1::Item longer = Item();
  longer.set_name(std::string(1000, 'n'));
  REQUIRE(Apply(tables, "item/46%2F01", longer).ok());
  CHECK(tables.bytes() > one_item + 900);
  REQUIRE(tables.Apply("item/46%2F01", {}).ok());
  CHECK(tables.bytes() == 0);
}

}  // namespace
}  // namespace shelf
