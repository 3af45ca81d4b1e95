#include "ctl/commands.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "app/admin_server.h"
#include "app/running_worker.h"
#include "ctl/explain.h"
#include "ctl/table.h"
#include "ctl/top.h"
#include "state/rocks_store.h"
#include "state/rows.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using namespace shelf;

namespace {

constexpr char kPositionsCsv[] =
    "store,sku,on_hand_milli\n"
    "1,A/1,11000\n"
    "1,B,3000\n";

constexpr char kChannelsCsv[] =
    "channel,store,sku,sellable,status,published\n"
    "own-site,1,A/1,5,in_stock,1\n"
    "market,1,A/1,11,in_stock,1\n"
    "own-site,1,B,0,unspecified,0\n"
    "market,1,B,0,unspecified,0\n";

// A daemon's state, worker and admin port.
class Daemon {
 public:
  // It reads `more` lines after the small world's.
  explicit Daemon(const std::vector<std::string>& more = {}) {
    auto opened =
        OpenRocksStore({.folder = folder_.Inside(kCheckpointFolder), .raw = {}, .log = nullptr});
    REQUIRE(opened.ok());
    store_ = *std::move(opened);
    running_ = std::make_unique<RunningWorker>(kTwoChannels, store_.get());
    TakeSmallWorld(*running_);
    for (const std::string& line : more) running_->Take(line);
    while (running_->worker().counters().checkpoints == 0 || !running_->worker().idle()) {
      running_->Turn();
    }
    // One more that holds the acknowledgements.
    const uint64_t written = running_->worker().counters().checkpoints;
    running_->Take(
        R"({"topic":"stock-events","key":"1","value":{"source":"shelfd","tick":{"timeMs":"1793599201000"}}})");
    while (running_->worker().counters().checkpoints <= written) running_->Turn();
    running_->Run();
    server_ = std::make_unique<AdminServer>(
        AdminOptions{.listen = "127.0.0.1:0", .state_dir = folder_.path().string()},
        running_->worker(), store_.get());
    REQUIRE(server_->Start().ok());
    common.admin = "127.0.0.1:" + std::to_string(server_->port());
  }
  ~Daemon() { Stop(); }

  void Stop() {
    server_.reset();
    running_.reset();
    store_.reset();
  }

  std::string state_dir() const { return folder_.path().string(); }
  size_t copies() const {
    const std::filesystem::path folder = folder_.path() / "copies";
    if (!std::filesystem::exists(folder)) return 0;
    return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
  }

  ctl::Common common;

 private:
  TempDir folder_;
  std::unique_ptr<CheckpointStore> store_;
  std::unique_ptr<RunningWorker> running_;
  std::unique_ptr<AdminServer> server_;
};

std::string TextOf(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

bool Holds(const std::ostringstream& stream, const std::string& words) {
  return stream.str().find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("get shows a position to people and to programs", "[ctl]") {
  Daemon daemon;
  std::ostringstream out, json, err;
  CHECK(ctl::Get(daemon.common, "1", "A/1", out, err) == 0);
  CHECK(Holds(out, "on hand    11 H87"));
  CHECK(Holds(out, "own-site         5  in_stock  yes        yes\n"));
  daemon.common.json = true;
  CHECK(ctl::Get(daemon.common, "1", "A/1", json, err) == 0);
  CHECK(ctl::Json::parse(json.str()).at("on_hand_milli") == 11'000);
  CHECK(err.str().empty());
}

TEST_CASE("get and explain show who reserved how much, and what is expected", "[ctl]") {
  Daemon daemon(
      {R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"oms","epoch":"1","sequence":"1","eventTimeMs":"1793599200000","reserve":{"reservationId":"order-7","channel":"market","lines":[{"sku":"A/1","quantityMilli":"2500"}]}}})",
       R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"erp","epoch":"1","sequence":"7","eventTimeMs":"1793599200000","expectedReceipts":{"document":"PO-9","dueMs":"1793602800000","lines":[{"sku":"A/1","quantityMilli":"24000"}]}}})"});
  std::ostringstream get, explain, err;
  CHECK(ctl::Get(daemon.common, "1", "A/1", get, err) == 0);
  CHECK(Holds(get, "reserved   2.5\n  expected   24\n"));
  CHECK(Holds(get, "order-7      market        2.5  2026-11-03 06:00:00Z\n"));
  CHECK(Holds(get, "PO-9            24  2026-11-02 07:00:00Z\n"));
  CHECK(ctl::Explain(daemon.common, "market", "1", "A/1", explain, err) == 0);
  CHECK(Holds(explain, "market may sell 8 pieces of SKU A/1 (Apple, red) in store 1.\n"));
  CHECK(Holds(explain, "Reserved: 2.5 pieces for order order-7 of market, until"));
  CHECK(Holds(explain, "not sold before it has come: 24 pieces with PO-9, due"));
}

TEST_CASE("explain shows each stage with its rule", "[ctl]") {
  Daemon daemon;
  std::ostringstream out, err;
  CHECK(ctl::Explain(daemon.common, "own-site", "1", "A/1", out, err) == 0);
  CHECK(Holds(out, "own-site may sell 5 pieces of SKU A/1"));
  CHECK(Holds(out, "everywhere, line 6"));
  // The journal is on disk by now.
  CHECK(
      Holds(out, "5 pieces since 2026-11-02 06:00:00Z, by the first evaluation after a start.\n"));
}

TEST_CASE("a snapshot of explanations has every key's way through the stages", "[ctl]") {
  Daemon daemon;
  std::ostringstream out, err;
  CHECK(ctl::Snapshot(daemon.common, ctl::SnapshotWhat::kExplanations, "", out, err) == 0);
  CHECK(out.str() ==
        "channel,store,sku,step_milli,base_milli,eligibility,sync_lag,presence,safety_stock,"
        "allocation,limits,steady,sellable,status,ineligible,last_sellable,last_status,published,"
        "sync_lag_rule,presence_rule,safety_stock_rule,allocation_rule,limits_rule,steady_rule\n"
        "own-site,1,A/1,1000,11000,0,0,0,1000,0,5000,0,5,in_stock,,5,in_stock,1,"
        ",,everywhere:6,,everywhere:6,\n"
        "market,1,A/1,1000,11000,0,0,0,0,0,0,0,11,in_stock,,11,in_stock,1,,,,,,\n"
        "own-site,1,B,1000,3000,3000,0,0,0,0,0,0,0,out_of_stock,unknown_item,0,unspecified,0,"
        ",,,,,\n"
        "market,1,B,1000,3000,3000,0,0,0,0,0,0,0,out_of_stock,unknown_item,0,unspecified,0,"
        ",,,,,\n");
  CHECK(err.str().empty());
}

TEST_CASE("stores and status are tables", "[ctl]") {
  Daemon daemon;
  std::ostringstream stores, status, err;
  CHECK(ctl::Stores(daemon.common, std::nullopt, stores, err) == 0);
  CHECK(Holds(stores, "STORE  PARTITION"));
  CHECK(ctl::Status(daemon.common, status, err) == 0);
  CHECK(Holds(status, "counters.ticks"));
}

TEST_CASE("the worst stores alone can be listed", "[ctl]") {
  Daemon daemon;
  daemon.common.json = true;
  std::ostringstream out, err;
  CHECK(ctl::Stores(daemon.common, 1, out, err) == 0);
  CHECK(ctl::Json::parse(out.str()).size() == 1);
}

TEST_CASE("the funnel is shown of all channels or of one", "[ctl]") {
  Daemon daemon;
  std::ostringstream all, one, none, err;
  CHECK(ctl::Funnel(daemon.common, "", all, err) == 0);
  CHECK(Holds(all, "safety_stock     -1"));
  CHECK(Holds(all, "\nmarket    base "));
  CHECK(ctl::Funnel(daemon.common, "market", one, err) == 0);
  CHECK(!Holds(one, "own-site"));
  CHECK(ctl::Funnel(daemon.common, "shop", none, err) == ctl::kExitNotFound);
  CHECK(Holds(err, "no channel shop in the rules"));
}

TEST_CASE("top shows pictures until its time is over", "[ctl]") {
  Daemon daemon;
  std::ostringstream out, err;
  const ctl::TopOptions once = {.duration = std::chrono::milliseconds(0)};
  CHECK(ctl::Top(daemon.common, once, out, err) == 0);
  CHECK(Holds(out, "2 positions in 1 stores, 1 frozen; worst"));
  std::ostringstream json;
  daemon.common.json = true;
  const ctl::TopOptions thrice = {.every = std::chrono::milliseconds(100),
                                  .duration = std::chrono::milliseconds(200)};
  CHECK(ctl::Top(daemon.common, thrice, json, err) == 0);
  std::istringstream lines(json.str());
  int pictures = 0;
  for (std::string line; std::getline(lines, line); ++pictures) {
    CHECK(ctl::Json::parse(line).at("status").at("positions") == 2);
  }
  CHECK(pictures >= 2);
  CHECK(err.str().empty());
}

TEST_CASE("top goes on without a daemon, and says so at the end", "[ctl]") {
  Daemon daemon;
  daemon.Stop();
  std::ostringstream out, err;
  const ctl::TopOptions options = {.every = std::chrono::milliseconds(100),
                                   .duration = std::chrono::milliseconds(200)};
  CHECK(ctl::Top(daemon.common, options, out, err) == ctl::kExitUnreachable);
  CHECK(Holds(out, "NO ANSWER from 127.0.0.1:"));
  CHECK(Holds(err, "no daemon ever answered at"));
}

TEST_CASE("what went wrong has its exit code", "[ctl]") {
  Daemon daemon;
  std::ostringstream out, err;
  CHECK(ctl::Get(daemon.common, "1", "C", out, err) == ctl::kExitNotFound);
  CHECK(Holds(err, "shelfctl: store 1 has had no event of SKU C"));
  CHECK(ctl::Explain(daemon.common, "shop", "1", "B", out, err) == ctl::kExitNotFound);
  daemon.Stop();
  CHECK(ctl::Get(daemon.common, "1", "B", out, err) == ctl::kExitUnreachable);
  CHECK(ctl::Snapshot(daemon.common, ctl::SnapshotWhat::kPositions, "", out, err) ==
        ctl::kExitUnreachable);
  CHECK(out.str().empty());
}

TEST_CASE("a snapshot of a running daemon reads a copy and removes it", "[ctl]") {
  Daemon daemon;
  const bool by_folder = GENERATE(false, true);
  if (by_folder) daemon.common.state_dir = daemon.state_dir();
  std::ostringstream positions, channels, err;
  CHECK(ctl::Snapshot(daemon.common, ctl::SnapshotWhat::kPositions, "", positions, err) == 0);
  CHECK(positions.str() == kPositionsCsv);
  CHECK(ctl::Snapshot(daemon.common, ctl::SnapshotWhat::kChannels, "", channels, err) == 0);
  CHECK(channels.str() == kChannelsCsv);
  CHECK(daemon.copies() == 0);
}

TEST_CASE("a snapshot reads the folder of a daemon that is down", "[ctl]") {
  Daemon daemon;
  daemon.Stop();
  daemon.common.state_dir = daemon.state_dir();
  if (GENERATE(false, true)) daemon.common.state_dir += "/checkpoint";  // as a backup is named
  std::ostringstream out, err;
  CHECK(ctl::Snapshot(daemon.common, ctl::SnapshotWhat::kChannels, "", out, err) == 0);
  CHECK(out.str() == kChannelsCsv);
}

TEST_CASE("a --state of another folder is not answered by the daemon", "[ctl]") {
  Daemon daemon;
  const TempDir other;
  daemon.common.state_dir = other.path().string();
  std::ostringstream out, err;
  CHECK(ctl::Snapshot(daemon.common, ctl::SnapshotWhat::kPositions, "", out, err) ==
        ctl::kExitNotFound);
  CHECK(Holds(err, "no checkpoint in "));
  CHECK(out.str().empty());
}

TEST_CASE("a snapshot's file is there whole", "[ctl]") {
  Daemon daemon;
  const TempDir folder;
  const std::string file = folder.Inside("positions.csv");
  std::ostringstream out, err;
  CHECK(ctl::Snapshot(daemon.common, ctl::SnapshotWhat::kPositions, file, out, err) == 0);
  CHECK(TextOf(file) == kPositionsCsv);
  CHECK(!std::filesystem::exists(file + ".part"));
  CHECK(out.str().empty());
  CHECK(ctl::Snapshot(daemon.common, ctl::SnapshotWhat::kPositions,
                      folder.Inside("no/such/folder.csv"), out, err) == ctl::kExitFailed);
}
