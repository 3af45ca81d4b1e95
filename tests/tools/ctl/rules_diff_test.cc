// `shelfctl rules diff` over a state folder.
#include "ctl/rules_diff.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "app/running_worker.h"
#include "ctl/table.h"
#include "state/rocks_store.h"
#include "state/rows.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using namespace shelf;

namespace {

constexpr char kMoreKeptBack[] = R"(version: 1
channels:
  own-site:
    rules:
      - id: everywhere
        sync_lag: [{over: 30m, keep: 50%}]
        safety_stock: {subtract: 8}
        limits: {cap: 5}
  market: {}
)";

constexpr char kAsBefore[] = R"(version: 1
channels:
  own-site:
    rules:
      - id: everywhere
        sync_lag: [{over: 30m, keep: 50%}]
        safety_stock: {subtract: 1}
        limits: {cap: 5}
  market: {}
)";

constexpr char kNoMarket[] = "version: 1\nchannels: {own-site: {}}\n";

std::string TextOf(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// The folder that a daemon over the small world left, and what the command says about it.
class Folder {
 public:
  // `more` items, each ten times in stock.
  explicit Folder(int more = 0) {
    auto store =
        OpenRocksStore({.folder = folder_.Inside(kCheckpointFolder), .raw = {}, .log = nullptr});
    REQUIRE(store.ok());
    RunningWorker running(kTwoChannels, store->get());
    TakeSmallWorld(running);
    for (int item = 0; item < more; ++item) {
      running.Take(absl::StrCat(R"({"topic":"reference","key":"item/)", item,
                                R"(","value":{"sku":")", item, R"(","category":["Home"]}})"));
      running.Take(absl::StrCat(
          R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"scan","epoch":"1","sequence":")",
          item + 2, R"(","eventTimeMs":"1793599200000","counts":{"lines":[{"sku":")", item,
          R"(","quantityMilli":"10000"}]}}})"));
    }
    running.Take(
        R"({"topic":"stock-events","key":"1","value":{"source":"shelfd","tick":{"timeMs":"1793599201000"}}})");
    running.Stop();
    common_.state_dir = folder_.path().string();
    common_.admin = "127.0.0.1:1";
  }

  std::string Inside(const std::string& name) const { return folder_.Inside(name); }

  std::string File(const std::string& name, const std::string& text) const {
    std::ofstream(Inside(name)) << text;
    return Inside(name);
  }

  int Diff(ctl::RulesDiffRequest request, const std::string& rules) {
    out_.str("");
    err_.str("");
    request.rules = File("new.yaml", rules);
    return ctl::DiffRules(common_, request, out_, err_);
  }

  ctl::Json Json(const ctl::RulesDiffRequest& request, const std::string& rules) {
    common_.json = true;
    Diff(request, rules);
    common_.json = false;
    return ctl::Json::parse(out());
  }

  std::string out() const { return out_.str(); }
  std::string err() const { return err_.str(); }

 private:
  TempDir folder_;
  ctl::Common common_;
  std::ostringstream out_, err_;
};

bool Holds(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("rules diff shows what changes by channel, category and store, and the reasons",
          "[ctl][rules_diff]") {
  Folder folder;
  REQUIRE(folder.Diff({}, kMoreKeptBack) == ctl::kExitOk);
  const std::string& shown = folder.out();
  INFO(shown);
  CHECK(Holds(shown, "would change 1 of 4 numbers, as of 2026-11-02 06:00:01Z."));
  CHECK(Holds(shown, "own-site        1"));
  CHECK(Holds(shown,
              "own-site  1      A/1  Apple, red    5     3  "
              "safety_stock: everywhere (line 6) -> everywhere (line 5)"));
  CHECK(Holds(shown, "Of 2 numbers above zero 0 (0.0 %) would be zero; the brake lets that pass"));
  // What a person should look at is said, and keeps nobody from trying.
  CHECK(!Holds(folder.err(), "error:"));
}

TEST_CASE("rules diff names the rules that nothing goes by", "[ctl][rules_diff]") {
  constexpr char kMisspelt[] = R"(# The rule stands in its old line.
version: 1
channels:
  own-site:
    rules:
      - id: everywhere
        safety_stock: {subtract: 8}
      - {id: frut, when: {category: Frut}, safety_stock: {subtract: 9}}
  market: {}
)";
  Folder folder;
  ctl::RulesDiffRequest request;
  CHECK(folder.Json(request, kMisspelt).at("unused_rules") ==
        ctl::Json::array({{{"channel", "own-site"}, {"id", "frut"}, {"line", 8}}}));
  folder.Diff(request, kMisspelt);
  CHECK(Holds(folder.out(), "own-site  frut     8\n"));
  CHECK(Holds(folder.out(), "safety_stock: everywhere (line 6) in both\n"));
  folder.Diff(request, kMoreKeptBack);
  CHECK_FALSE(Holds(folder.out(), "nothing goes by"));
  request.channels = {"market"};
  CHECK(folder.Json(request, kMisspelt).at("unused_rules").empty());
}

TEST_CASE("rules diff gives programs the same, in thousandths", "[ctl][rules_diff]") {
  Folder folder;
  const ctl::Json diff = folder.Json({}, kMoreKeptBack);
  CHECK(diff.at("positions") == 2);
  CHECK(diff.at("as_of_ms").at("oldest") == 1'793'599'201'000);
  const ctl::Json& site = diff.at("channels").at(0);
  CHECK(site.at("channel") == "own-site");
  CHECK(site.at("offered_milli") == 5'000);
  CHECK(site.at("withheld_milli") == 2'000);
  CHECK(site.at("won_milli") == 0);
  CHECK(diff.at("stores").at(0).at("store") == "1");
  CHECK(diff.at("stores").at(0).at("channels").at(0) == site);
  CHECK(diff.at("categories").at(0).at("path").empty());
  CHECK(diff.at("largest").at(0).at("rule_after") ==
        ctl::Json({{"id", "everywhere"}, {"line", 5}}));
  CHECK(diff.at("brake").at("stops") == false);
}

TEST_CASE("rules diff says where a file is wrong before it looks at any state",
          "[ctl][rules_diff]") {
  Folder folder;
  CHECK(folder.Diff({}, "version: 1\nchannels:\n  a: {priorty: 1}\n  b: {tracing: 1}\n") ==
        ctl::kExitUsage);
  CHECK(folder.out().empty());
  CHECK(Holds(folder.err(), folder.Inside("new.yaml") + ":3:"));
  CHECK(Holds(folder.err(), folder.Inside("new.yaml") + ":4:"));
  ctl::RulesDiffRequest request;
  request.changes = folder.Inside("changes.csv");
  CHECK(folder.Diff(request, "version: 2\n") == ctl::kExitUsage);
  CHECK(!std::filesystem::exists(request.changes));
}

TEST_CASE("rules diff writes every change into a file that is there whole or not at all",
          "[ctl][rules_diff]") {
  Folder folder;
  ctl::RulesDiffRequest request;
  request.changes = folder.Inside("changes.csv");
  REQUIRE(folder.Diff(request, kMoreKeptBack) == ctl::kExitOk);
  CHECK(TextOf(request.changes) ==
        "channel,store,sku,before,after,unit,stage,rule_before,rule_after\n"
        "own-site,1,A/1,5,3,H87,safety_stock,everywhere:6,everywhere:5\n");
  REQUIRE(folder.Diff(request, kAsBefore) == ctl::kExitOk);
  CHECK(TextOf(request.changes) ==
        "channel,store,sku,before,after,unit,stage,rule_before,rule_after\n");
  request.changes = folder.Inside("no-such-folder/changes.csv");
  CHECK(folder.Diff(request, kMoreKeptBack) == ctl::kExitFailed);
  CHECK(Holds(folder.err(), "cannot write"));
}

TEST_CASE("rules diff compares two files over the state", "[ctl][rules_diff]") {
  Folder folder;
  ctl::RulesDiffRequest request;
  request.old_rules = folder.File("old.yaml", kMoreKeptBack);
  const ctl::Json diff = folder.Json(request, kAsBefore);
  CHECK(diff.at("total").at("won_milli") == 2'000);
  CHECK(diff.at("total").at("withheld_milli") == 0);
  request.old_rules = folder.Inside("none.yaml");
  CHECK(folder.Diff(request, kAsBefore) == ctl::kExitUsage);
}

TEST_CASE("rules diff looks at the channels that are asked for", "[ctl][rules_diff]") {
  Folder folder;
  ctl::RulesDiffRequest request;
  request.channels = {"market"};
  CHECK(folder.Json(request, kMoreKeptBack).at("total").at("changed") == 0);
  CHECK(folder.Json(request, kNoMarket).at("total").at("to_zero") == 1);
  request.channels = {"market", "shop"};
  CHECK(folder.Diff(request, kMoreKeptBack) == ctl::kExitNotFound);
  CHECK(Holds(folder.err(), "no channel shop"));
}

TEST_CASE("rules diff tells when the brake would stop the rules", "[ctl][rules_diff]") {
  Folder folder(20);
  CHECK(folder.Diff({}, kNoMarket) == ctl::kExitNotAsPlanned);
  INFO(folder.out());
  CHECK(Holds(folder.out(),
              "Of 21 numbers above zero on market 21 (100.0 %) would be zero: the "
              "brake would stop these rules"));
  CHECK(Holds(folder.out(), "channel_removed"));
  Folder smaller(19);
  CHECK(smaller.Diff({}, kNoMarket) == ctl::kExitOk);
}

TEST_CASE("rules diff of a folder without a checkpoint is not found", "[ctl][rules_diff]") {
  TempDir empty;
  std::ofstream(empty.Inside("new.yaml")) << kAsBefore;
  ctl::Common common;
  common.state_dir = empty.path().string();
  common.admin = "127.0.0.1:1";
  ctl::RulesDiffRequest request;
  request.rules = empty.Inside("new.yaml");
  std::ostringstream out, err;
  CHECK(ctl::DiffRules(common, request, out, err) == ctl::kExitNotFound);
}
