#include <map>
#include <string>

#include "agent/reference_rows.h"
#include "fixture.h"
#include "shelf/v1/reference.pb.h"
#include "support/catch.h"

using namespace shelf;
using namespace shelf::agent;

namespace {

SendOptions Reference(Kind kind, const std::string& path) {
  SendOptions options;
  options.kind = kind;
  options.file.path = path;
  options.topic = "topic";
  return options;
}

template <typename Message>
Message Parsed(const Agent& agent, size_t index) {
  Message message;
  REQUIRE(message.ParseFromString(agent.Records().at(index).second));
  return message;
}

}  // namespace

TEST_CASE("a row of stores becomes a store with its groups, services and sources", "[agent]") {
  const Folder folder;
  Agent agent(folder, 1);
  const auto report = agent.Send(Reference(
      Kind::kStores,
      folder.Write("stores.csv",
                   "store,name,region,groups,services,timezone,closed,sources\n"
                   "0557/1,Corner,North,pilot|big,click_and_collect:30|delivery,Europe/Moscow,no,"
                   "erp:book|pos:early:required\n")));
  REQUIRE(report.ok());
  CHECK(report->stores == 1);
  CHECK(agent.Records()[0].first == "store/0557%2F1");
  const auto store = Parsed<v1::Store>(agent, 0);
  CHECK(store.store() == "0557/1");
  CHECK(store.name() == "Corner");
  CHECK(store.region() == "North");
  CHECK(store.timezone() == "Europe/Moscow");
  CHECK_FALSE(store.closed());
  REQUIRE(store.groups_size() == 2);
  CHECK(store.groups(1) == "big");
  REQUIRE(store.services_size() == 2);
  CHECK(store.services(0).method() == "click_and_collect");
  CHECK(store.services(0).ready_in_minutes() == 30);
  CHECK(store.services(1).method() == "delivery");
  REQUIRE(store.sources_size() == 2);
  CHECK(store.sources(0).role() == v1::SOURCE_ROLE_BOOK);
  CHECK(store.sources(1).name() == "pos");
  CHECK(store.sources(1).role() == v1::SOURCE_ROLE_EARLY);
  CHECK(store.sources(1).required());
}

TEST_CASE("a store without sources has the ERP as its book", "[agent]") {
  const Folder folder;
  Agent agent(folder, 1);
  REQUIRE(agent.Send(Reference(Kind::kStores, folder.Write("s.csv", "store\n12\n"))).ok());
  const auto store = Parsed<v1::Store>(agent, 0);
  REQUIRE(store.sources_size() == 1);
  CHECK(store.sources(0).name() == "erp");
  CHECK(store.sources(0).role() == v1::SOURCE_ROLE_BOOK);
}

TEST_CASE("a key that comes again is sent again only when its content differs", "[agent]") {
  const Folder folder;
  Agent agent(folder, 1);
  const auto report = agent.Send(
      Reference(Kind::kStores, folder.Write("s.csv", "store,name\n12,a\n12,a\n7,b\n12,c\n")));
  REQUIRE(report.ok());
  CHECK(report->repeated == 1);
  CHECK(report->lines == 3);
  CHECK(report->stores == 2);
  CHECK(Parsed<v1::Store>(agent, 2).name() == "c");
}

TEST_CASE("rows that make no store are rejected", "[agent]") {
  const Folder folder;
  Agent agent(folder, 1);
  const auto report =
      agent.Send(Reference(Kind::kStores, folder.Write("s.csv",
                                                       "store,closed,services,sources\n"
                                                       ",,,\n"
                                                       "1,perhaps,,\n"
                                                       "2,,delivery:soon,\n"
                                                       "3,,,erp:boss\n"
                                                       "4,,,pos:early\n"
                                                       "5,,,erp:book|wms:book\n"
                                                       "6,yes,,\n")));
  REQUIRE(report.ok());
  CHECK(report->rejected == 6);
  CHECK(report->lines == 1);
  CHECK(Parsed<v1::Store>(agent, 0).closed());
}

TEST_CASE("a row of items becomes an item, its path from one column or several", "[agent]") {
  const Folder folder;
  Agent agent(folder, 1);
  SendOptions options = Reference(
      Kind::kItems, folder.Write("items.csv",
                                 "sku,name,dept,kind,unit_of_measure,step_milli,gtin,parent_sku\n"
                                 "ring 1,Ring,Jewels,Rings,KGM,100,4006381333931,ring\n"));
  options.file.columns.columns["category"] = "dept+kind";
  REQUIRE(agent.Send(options).ok());
  CHECK(agent.Records()[0].first == "item/ring%201");
  const auto item = Parsed<v1::Item>(agent, 0);
  CHECK(item.sku() == "ring 1");
  REQUIRE(item.category_size() == 2);
  CHECK(item.category(0) == "Jewels");
  CHECK(item.category(1) == "Rings");
  CHECK(item.unit_of_measure() == "KGM");
  CHECK(item.step_milli() == 100);
  CHECK(item.gtin() == "04006381333931");
  CHECK(item.parent_sku() == "ring");
}

TEST_CASE("an item with a wrong GTIN is sent without it and noted", "[agent]") {
  const Folder folder;
  Agent agent(folder, 1);
  const auto report = agent.Send(
      Reference(Kind::kItems, folder.Write("items.csv", "sku,gtin\nA,4006381333932\nB,12345\n")));
  REQUIRE(report.ok());
  CHECK(report->left_out == 2);
  CHECK(report->rejected == 0);
  CHECK(Parsed<v1::Item>(agent, 0).gtin().empty());
  CHECK(folder.Read("state/rejected.csv").find("GTIN") != std::string::npos);
}

TEST_CASE("GTINs are filled up to 14 digits when their check digit holds", "[agent]") {
  CHECK(NormalGtin("96385074") == "00000096385074");
  CHECK(NormalGtin("036000291452") == "00036000291452");
  CHECK(NormalGtin("4006381333931") == "04006381333931");
  CHECK(NormalGtin("4006381333930").empty());
  CHECK(NormalGtin("400638133393X").empty());
  CHECK(NormalGtin("40063813").empty());
}

TEST_CASE("a row of listings says where an item is carried, and for whom", "[agent]") {
  const Folder folder;
  Agent agent(folder, 1);
  REQUIRE(agent
              .Send(Reference(Kind::kListings,
                              folder.Write("l.csv",
                                           "store,sku,delisted,channels\n"
                                           "12,milk,,own-site|market\n7,milk,true,\n")))
              .ok());
  CHECK(agent.Records()[0].first == "listing/12/milk");
  const auto carried = Parsed<v1::Listing>(agent, 0);
  CHECK_FALSE(carried.delisted());
  REQUIRE(carried.channels_size() == 2);
  CHECK(carried.channels(1) == "market");
  CHECK(Parsed<v1::Listing>(agent, 1).delisted());
}

TEST_CASE("reference data can be sent while a run of events is interrupted", "[agent]") {
  const Folder folder;
  Agent agent(folder, 1);
  folder.Write("sales.csv", "store,sku,quantity,time\n12,milk,1,1488794400000\n");
  agent.step_ms = 1'000;
  agent.sink.FailNext(1'000);
  REQUIRE_FALSE(agent.Send(Movements(folder.path("sales.csv"))).ok());
  agent.sink.FailNext(0);
  agent.step_ms = 0;
  CHECK(agent.Send(Reference(Kind::kStores, folder.Write("s.csv", "store\n12\n"))).ok());
}
