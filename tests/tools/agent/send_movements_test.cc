#include <string>

#include "absl/strings/str_cat.h"
#include "agent/documents.h"
#include "fixture.h"
#include "support/catch.h"

using namespace shelf;
using namespace shelf::agent;

namespace {

constexpr int64_t kTen = 1488794400000;  // 2017-03-06 10:00:00 UTC

const char kSales[] =
    "store,document,sku,quantity,time\n"
    "12,R1,milk,2,2017-03-06 10:00:00\n"
    "12,R1,bread,1.5,2017-03-06 10:00:00\n"
    "7,R2,milk,1,2017-03-06 10:00:30\n"
    "12,R3,milk,0,2017-03-06 10:01:00\n"
    "12,R3,bread,1,2017-03-06 10:01:00\n";

}  // namespace

TEST_CASE("contiguous rows of one document are one event", "[agent]") {
  const Folder folder;
  Agent agent(folder);
  const auto report = agent.Send(Movements(folder.Write("sales.csv", kSales)));
  REQUIRE(report.ok());
  CHECK(report->rows == 5);
  CHECK(report->documents == 3);
  CHECK(report->lines == 4);
  CHECK(report->zero_quantity == 1);
  CHECK(report->events == 5);  // with a heartbeat for each of two stores
  CHECK(report->stores == 2);

  const auto events = agent.EventsOf("12");
  REQUIRE(events.size() == 3);
  const v1::StockEvent& first = events[0];
  CHECK(first.source() == "erp");
  CHECK(first.event_id() == "R1");
  CHECK(first.event_time_ms() == kTen);
  CHECK(first.sent_time_ms() == kStartMs);
  CHECK(first.epoch() == kStartMs / 1000);
  CHECK(first.sequence() == 1);
  CHECK(first.deltas().reason() == v1::REASON_SALE);
  REQUIRE(first.deltas().lines_size() == 2);
  CHECK(first.deltas().lines(0).sku() == "milk");
  CHECK(first.deltas().lines(0).quantity_milli() == -2000);
  CHECK(first.deltas().lines(1).quantity_milli() == -1500);
  CHECK(events[1].sequence() == 2);
  REQUIRE(events[1].deltas().lines_size() == 1);
  CHECK(events[1].deltas().lines(0).sku() == "bread");
}

TEST_CASE("without a document column each row is a document", "[agent]") {
  const Folder folder;
  Agent agent(folder);
  const auto report = agent.Send(Movements(folder.Write("sales.csv",
                                                        "store,sku,quantity,time\n"
                                                        "12,milk,1,2017-03-06 10:00:00\n"
                                                        "12,milk,1,2017-03-06 10:00:00\n")));
  REQUIRE(report.ok());
  CHECK(report->documents == 2);
  CHECK(agent.EventsOf("12")[1].event_id() == "line 3");
}

TEST_CASE("a document of very many lines is cut into events", "[agent]") {
  const Folder folder;
  std::string text = "store,document,sku,quantity,time\n";
  for (int i = 0; i <= DocumentBuilder::kLinesMax; ++i) {
    absl::StrAppend(&text, "12,R1,sku", i, ",1,2017-03-06 10:00:00\n");
  }
  Agent agent(folder);
  REQUIRE(agent.Send(Movements(folder.Write("sales.csv", text))).ok());
  const auto events = agent.EventsOf("12");
  REQUIRE(events.size() == 3);
  CHECK(events[0].deltas().lines_size() == DocumentBuilder::kLinesMax);
  CHECK(events[1].deltas().lines_size() == 1);
  CHECK(events[1].event_id() == "R1");
  CHECK(events[1].deltas().reason() == v1::REASON_SALE);
}

TEST_CASE("in a file in time order each document claims the millisecond before it", "[agent]") {
  const Folder folder;
  Agent agent(folder);
  REQUIRE(agent.Send(Movements(folder.Write("sales.csv", kSales))).ok());
  const auto events = agent.EventsOf("12");
  CHECK(events[0].complete_through_ms() == kTen - 1);
  CHECK(events[1].complete_through_ms() == kTen + 60'000 - 1);
  CHECK(events[2].has_heartbeat());
  CHECK(events[2].complete_through_ms() == kTen + 60'000);
  // Nothing of store 7 is missing before the end of the file either.
  CHECK(agent.EventsOf("7")[1].complete_through_ms() == kTen + 60'000);
}

TEST_CASE("a store whose rows are out of time order claims only at the end", "[agent]") {
  const Folder folder;
  Agent agent(folder);
  const auto report = agent.Send(Movements(folder.Write("sales.csv",
                                                        "store,sku,quantity,time\n"
                                                        "12,milk,1,2017-03-06 10:00:01\n"
                                                        "7,milk,1,2017-03-06 10:00:02\n"
                                                        "12,milk,1,2017-03-06 10:00:00\n")));
  REQUIRE(report.ok());
  CHECK(report->stores_out_of_order == 1);
  const auto events = agent.EventsOf("12");
  CHECK(events[0].complete_through_ms() == 0);
  CHECK(events[1].complete_through_ms() == 0);
  CHECK(events[2].complete_through_ms() == kTen + 2'000);
  CHECK(agent.EventsOf("7")[0].complete_through_ms() == kTen + 1'999);
}

TEST_CASE("a given claim is the last word and no document claims beyond it", "[agent]") {
  const Folder folder;
  SendOptions options = Movements(folder.Write("sales.csv", kSales));
  options.complete_through = "2017-03-06 10:00:20";
  Agent agent(folder);
  REQUIRE(agent.Send(options).ok());
  const auto events = agent.EventsOf("12");
  CHECK(events[0].complete_through_ms() == kTen - 1);
  CHECK(events[1].complete_through_ms() == kTen + 20'000);
  CHECK(events[2].complete_through_ms() == kTen + 20'000);
}

TEST_CASE("an incomplete file claims nothing", "[agent]") {
  const Folder folder;
  SendOptions options = Movements(folder.Write("sales.csv", kSales));
  options.claims = false;
  Agent agent(folder);
  REQUIRE(agent.Send(options).ok());
  for (const v1::StockEvent& event : agent.Events()) {
    CHECK(event.has_deltas());
    CHECK(event.complete_through_ms() == 0);
  }
}

TEST_CASE("the time shift moves times and claims alike", "[agent]") {
  const Folder folder;
  SendOptions options = Movements(folder.Write("sales.csv", kSales));
  options.rows.time_shift_ms = 1'000'000;
  Agent agent(folder);
  REQUIRE(agent.Send(options).ok());
  CHECK(agent.EventsOf("12")[0].event_time_ms() == kTen + 1'000'000);
  CHECK(agent.EventsOf("12")[2].complete_through_ms() == kTen + 1'060'000);
}

TEST_CASE("heartbeats reach the stores that sold nothing when asked for all", "[agent]") {
  const Folder folder;
  Agent agent(folder);
  REQUIRE(agent.Send(Movements(folder.Write("sales.csv", kSales))).ok());
  SendOptions next = Movements(folder.Write("next.csv",
                                            "store,sku,quantity,time\n"
                                            "12,milk,1,2017-03-06 11:00:00\n"));
  next.all_stores = true;
  const auto report = agent.Send(next);
  REQUIRE(report.ok());
  CHECK(report->stores == 2);
  const auto events = agent.EventsOf("7");
  REQUIRE(events.size() == 3);
  CHECK(events[2].has_heartbeat());
  CHECK(events[2].sequence() == 3);
  CHECK(events[2].complete_through_ms() == kTen + 3'600'000);
}

TEST_CASE("quantities in thousandths are left as they are for the SKUs named", "[agent]") {
  const Folder folder;
  SendOptions options = Movements(folder.Write("sales.csv",
                                               "store,sku,quantity,time\n"
                                               "12,petrol,14325,2017-03-06 10:00:00\n"
                                               "12,milk,2,2017-03-06 10:00:01\n"));
  options.rows.thousandths_skus = {"petrol"};
  Agent agent(folder);
  const auto report = agent.Send(options);
  REQUIRE(report.ok());
  CHECK(report->thousandths == 1);
  CHECK(agent.EventsOf("12")[0].deltas().lines(0).quantity_milli() == -14325);
  CHECK(agent.EventsOf("12")[1].deltas().lines(0).quantity_milli() == -2000);
}

TEST_CASE("a reason column tells lines apart, and a sale that adds is a return", "[agent]") {
  const Folder folder;
  SendOptions options = Movements(folder.Write("m.csv",
                                               "store,document,sku,quantity,time,reason\n"
                                               "12,D1,milk,-2,2017-03-06 10:00:00,sale\n"
                                               "12,D1,bread,1,2017-03-06 10:00:00,sale\n"
                                               "12,D1,eggs,3,2017-03-06 10:00:00,receipt\n"
                                               "12,D1,salt,1,2017-03-06 10:00:00,theft\n"));
  options.rows.sign = 1;
  options.rows.reason = v1::REASON_UNSPECIFIED;
  Agent agent(folder);
  const auto report = agent.Send(options);
  REQUIRE(report.ok());
  CHECK(report->rejected == 1);
  const v1::Deltas deltas = agent.EventsOf("12")[0].deltas();
  CHECK(deltas.reason() == v1::REASON_SALE);
  REQUIRE(deltas.lines_size() == 3);
  CHECK(deltas.lines(0).reason() == v1::REASON_UNSPECIFIED);  // the document's
  CHECK(deltas.lines(1).reason() == v1::REASON_RETURN);
  CHECK(deltas.lines(2).reason() == v1::REASON_RECEIPT);
}

TEST_CASE("bad rows are set aside with line and reason, the good ones go on", "[agent]") {
  const Folder folder;
  Agent agent(folder);
  const auto report = agent.Send(Movements(folder.Write("sales.csv",
                                                        "store,sku,quantity,time\n"
                                                        "12,,1,2017-03-06 10:00:00\n"
                                                        "12,milk,two,2017-03-06 10:00:00\n"
                                                        "12,milk,1,yesterday\n"
                                                        "12,milk,1,2,2017-03-06 10:00:00\n"
                                                        ",milk,1,2017-03-06 10:00:00\n"
                                                        "12,\xEC\xEE\xEB,1,2017-03-06 10:00:00\n"
                                                        "12,milk,1,2017-03-06 10:00:00\n")));
  REQUIRE(report.ok());
  CHECK(report->rows == 7);
  CHECK(report->rejected == 6);
  CHECK(report->documents == 1);
  const std::string rejected = folder.Read("state/rejected.csv");
  CHECK(rejected.find(",2,\"no SKU\",\"12,,1,2017-03-06 10:00:00\"\n") != std::string::npos);
  CHECK(rejected.find(",3,\"unreadable quantity\",") != std::string::npos);
  CHECK(rejected.find(",4,\"unreadable time\",") != std::string::npos);
  CHECK(rejected.find(",5,\"more fields than the header has\",") != std::string::npos);
  CHECK(rejected.find(",6,\"no store\",") != std::string::npos);
  CHECK(rejected.find(",7,\"not UTF-8\",") != std::string::npos);
}

TEST_CASE("a part of the file can be sent, and then the rest", "[agent]") {
  const Folder folder;
  SendOptions options = Movements(folder.WriteGzip("sales.csv.gz", kSales));
  options.file.row_last = 2;
  Agent agent(folder);
  REQUIRE(agent.Send(options).ok());
  CHECK(agent.Events().size() == 2);
  options.file.row_first = 3;
  options.file.row_last = 100;
  REQUIRE(agent.Send(options).ok());
  const auto events = agent.EventsOf("12");
  REQUIRE(events.size() == 4);
  CHECK(events[2].event_id() == "R3");
  CHECK(events[2].sequence() == 3);
}

TEST_CASE("what cannot be right is refused before anything is sent", "[agent]") {
  const Folder folder;
  Agent agent(folder);
  SendOptions options = Movements(folder.path("none.csv"));
  CHECK(absl::IsInvalidArgument(agent.Send(options).status()));

  options = Movements(folder.Write("empty.csv", ""));
  CHECK(absl::IsInvalidArgument(agent.Send(options).status()));

  options = Movements(folder.Write("sales.csv", kSales));
  options.rows.reason = v1::REASON_UNSPECIFIED;
  CHECK(absl::IsInvalidArgument(agent.Send(options).status()));

  options = Movements(folder.path("sales.csv"));
  options.rows.timezone = "Europe/Atlantis";
  CHECK(absl::IsInvalidArgument(agent.Send(options).status()));

  folder.WriteGzip("whole.gz", std::string(100'000, 'x'));
  const std::string whole = folder.Read("whole.gz");
  options = Movements(folder.Write("torn.gz", whole.substr(0, whole.size() / 2)));
  CHECK(absl::IsInvalidArgument(agent.Send(options).status()));

  CHECK(agent.Records().empty());
  CHECK(agent.Send(Movements(folder.path("sales.csv"))).ok());
}

TEST_CASE("two agents share an export, each with its stores", "[agent]") {
  const Folder office_folder, store_folder;
  const std::string file = office_folder.Write("sales.csv", kSales);
  Agent office(office_folder);
  SendOptions options = Movements(file);
  options.skip_stores = {"12"};
  auto report = office.Send(options);
  REQUIRE(report.ok());
  CHECK(report->rows == 1);
  CHECK(report->stores == 1);
  CHECK(office.EventsOf("12").empty());
  CHECK(office.EventsOf("7").size() == 2);

  Agent store(store_folder);
  options = Movements(file);
  options.only_stores = {"12"};
  report = store.Send(options);
  REQUIRE(report.ok());
  CHECK(report->rows == 4);
  CHECK(store.EventsOf("7").empty());
  CHECK(store.EventsOf("12").size() == 3);
}

TEST_CASE("a row that names no store is rejected by every agent, another store's by none",
          "[agent]") {
  const Folder folder;
  Agent agent(folder);
  SendOptions options = Movements(folder.Write("sales.csv",
                                               "store,document,sku,quantity,time\n"
                                               ",R1,milk,2,2017-03-06 10:00:00\n"
                                               "7,R2,milk,two,2017-03-06 10:00:00\n"
                                               "12,R3,milk,two,2017-03-06 10:00:00\n"));
  options.only_stores = {"12"};
  const auto report = agent.Send(options);
  REQUIRE(report.ok());
  CHECK(report->rejected == 2);
}

TEST_CASE("heartbeats claim for every store of the source, as often as they are sent", "[agent]") {
  const Folder folder;
  Agent agent(folder);
  SendOptions heartbeats;
  heartbeats.kind = Kind::kHeartbeats;
  CHECK(absl::IsInvalidArgument(agent.Send(heartbeats).status()));
  heartbeats.complete_through = "now";
  REQUIRE(agent.Send(heartbeats).ok());
  CHECK(agent.Events().empty());  // no store was ever sent

  REQUIRE(agent.Send(Movements(folder.Write("sales.csv", kSales))).ok());
  const size_t before = agent.EventsOf("7").size();
  for (int n = 0; n < 2; ++n) {
    agent.now_ms += 1000;
    REQUIRE(agent.Send(heartbeats).ok());
  }
  const auto events = agent.EventsOf("7");
  REQUIRE(events.size() == before + 2);
  CHECK(events.back().has_heartbeat());
  CHECK(events.back().complete_through_ms() == agent.now_ms);
  CHECK(events.back().sequence() == events.size());
}

TEST_CASE("nothing is claimed for a store that is passed over, though it was sent before",
          "[agent]") {
  const Folder folder;
  Agent agent(folder);
  REQUIRE(agent.Send(Movements(folder.Write("monday.csv", kSales))).ok());
  const size_t before = agent.EventsOf("12").size();

  SendOptions movements = Movements(folder.Write("tuesday.csv",
                                                 "store,document,sku,quantity,time\n"
                                                 "7,R9,milk,1,2017-03-07 10:00:00\n"));
  movements.skip_stores = {"12"};
  movements.all_stores = true;
  REQUIRE(agent.Send(movements).ok());
  SendOptions heartbeats;
  heartbeats.kind = Kind::kHeartbeats;
  heartbeats.complete_through = "now";
  heartbeats.skip_stores = {"12"};
  REQUIRE(agent.Send(heartbeats).ok());
  CHECK(agent.EventsOf("12").size() == before);
  CHECK(agent.EventsOf("7").back().has_heartbeat());
}

TEST_CASE("a row with fields missing belongs to no store, whichever stood before it", "[agent]") {
  const Folder folder;
  Agent agent(folder);
  SendOptions options = Movements(folder.Write("sales.csv",
                                               "store,document,sku,quantity,time\n"
                                               "7,R1,milk,2,2017-03-06 10:00:00\n"
                                               "12,R2,milk\n"
                                               "12,R3,milk,1,2017-03-06 10:00:00\n"));
  options.only_stores = {"12"};
  const auto report = agent.Send(options);
  REQUIRE(report.ok());
  CHECK(report->rejected == 1);
  CHECK(report->lines == 1);
}

TEST_CASE("rejected rows stay on record whatever is sent after them", "[agent]") {
  const Folder folder;
  Agent agent(folder);
  const std::string header = "store,document,sku,quantity,time\n";
  REQUIRE(agent
              .Send(Movements(folder.Write("a.csv", header + "7,R1,milk,two,2017-03-06 10:00:00\n" +
                                                        "7,R2,milk,1,2017-03-06 10:00:01\n")))
              .ok());
  SendOptions heartbeats;
  heartbeats.kind = Kind::kHeartbeats;
  heartbeats.complete_through = "now";
  REQUIRE(agent.Send(heartbeats).ok());
  REQUIRE(agent
              .Send(Movements(folder.Write("b.csv", header + "7,R3,,1,2017-03-06 10:00:02\n" +
                                                        "7,R4,milk,1,2017-03-06 10:00:03\n")))
              .ok());
  const std::string rejected = folder.Read("state/rejected.csv");
  CHECK(rejected.find("unreadable quantity") != std::string::npos);
  CHECK(rejected.find("no SKU") != std::string::npos);
  CHECK(rejected.find("file,line") == rejected.rfind("file,line"));
}
