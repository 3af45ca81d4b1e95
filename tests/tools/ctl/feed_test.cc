#include "ctl/feed.h"

#include <fstream>
#include <sstream>
#include <string>

#include "loop/json.h"
#include "shelf/v1/availability.pb.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using namespace shelf;

namespace {

class FeedFile {
 public:
  explicit FeedFile(const std::string& text) {
    options.file.path = folder_.Inside("feed.csv");
    std::ofstream(options.file.path) << text;
  }

  ctl::FeedFileOptions options;

 private:
  TempDir folder_;
};

ctl::Feed Read(const FeedFile& file) {
  absl::StatusOr<ctl::Feed> feed = ctl::ReadFeedFile(file.options);
  REQUIRE(feed.ok());
  return *std::move(feed);
}

v1::Availability Offer(int64_t sellable, int64_t step_milli) {
  v1::Availability offer;
  offer.set_sellable(sellable);
  offer.set_step_milli(step_milli);
  return offer;
}

void Take(const std::string& key, const std::optional<std::string>& value, ctl::Feed& feed) {
  const Record record{.offset = 7,
                      .has_value = value.has_value(),
                      .key = key,
                      .value = value.has_value() ? std::string_view(*value) : std::string_view()};
  ctl::TakeFeedRecord(record, "site", feed);
}

}  // namespace

TEST_CASE("a feed is read by its own headers, in its own way of writing numbers", "[ctl]") {
  FeedFile file("Artikel;Bestand;Filiale\nmilk;3;12\ncheese;1,5;12\nmilk;0;13\n");
  file.options.file.delimiter = ';';
  file.options.decimal_sign = ',';
  file.options.file.columns.columns = {
      {"store", "Filiale"}, {"sku", "Artikel"}, {"quantity", "Bestand"}};
  const ctl::Feed feed = Read(file);
  CHECK(feed.rows == 3);
  CHECK(feed.faults == 0);
  CHECK(feed.stores.at("12").at("milk") == 3000);
  CHECK(feed.stores.at("12").at("cheese") == 1500);
  CHECK(feed.stores.at("13").at("milk") == 0);
}

TEST_CASE("rows that make no sense are kept aside with their line, and the rest is read", "[ctl]") {
  const FeedFile file(
      "store,sku,quantity\n1,milk,3\n,milk,3\n1,,3\n1,bread,many\n1,rice,-2\n1,tea\n"
      "1,milk,4\n");
  const ctl::Feed feed = Read(file);
  CHECK(feed.rows == 7);
  CHECK(feed.faults == 5);
  CHECK(feed.repeated == 1);
  CHECK(feed.stores.at("1").at("milk") == 4000);
  std::ostringstream out;
  ctl::WriteFaults(feed, out);
  CHECK(out.str() ==
        "line,reason,row\n"
        "3,no store,\",milk,3\"\n"
        "4,no SKU,\"1,,3\"\n"
        "5,\"quantity 'many' is no number such as 3 or 1.5, with at most three "
        "decimals\",\"1,bread,many\"\n"
        "6,quantity '-2' is below 0,\"1,rice,-2\"\n"
        "7,fewer fields than the header has,\"1,tea\"\n");
}

TEST_CASE("a feed without the columns it needs is refused with those it has", "[ctl]") {
  const absl::StatusOr<ctl::Feed> feed =
      ctl::ReadFeedFile(FeedFile("shop,sku,quantity\n1,milk,3\n").options);
  REQUIRE(absl::IsInvalidArgument(feed.status()));
  CHECK(std::string(feed.status().message()).find("shop") != std::string::npos);
}

TEST_CASE("a feed may be an availability topic, in either format", "[ctl]") {
  ctl::Feed feed;
  std::string json;
  ToJson(Offer(15, 100), json);
  Take("site/1/milk", Offer(3, 1000).SerializeAsString(), feed);
  Take("site/1/cheese", json, feed);
  Take("site/a%2Fb/milk", Offer(2, 0).SerializeAsString(), feed);
  Take("market/1/milk", Offer(9, 1000).SerializeAsString(), feed);
  Take("site/1/milk", Offer(4, 1000).SerializeAsString(), feed);
  Take("site/1/bread", Offer(1, 1000).SerializeAsString(), feed);
  Take("site/1/bread", std::nullopt, feed);
  CHECK(feed.stores.at("1").size() == 2);
  CHECK(feed.stores.at("1").at("milk") == 4000);
  CHECK(feed.stores.at("1").at("cheese") == 1500);
  CHECK(feed.stores.at("a/b").at("milk") == 2000);
  CHECK(feed.faults == 0);
}

TEST_CASE("records that are no availability are kept aside", "[ctl]") {
  ctl::Feed feed;
  Take("site/1", Offer(3, 1000).SerializeAsString(), feed);
  Take("site/1/milk", "\xff\xff", feed);
  Take("site/1/milk", "{\"sellable\": \"many\"}", feed);
  Take("site/1/milk", Offer(-1, 1000).SerializeAsString(), feed);
  Take("site/1/milk", Offer(int64_t{1} << 60, 1000).SerializeAsString(), feed);
  CHECK(feed.faults == 5);
  CHECK(feed.shown[0].line == 7);
  CHECK(feed.shown[4].reason == "sellable is beyond all measure");
}
