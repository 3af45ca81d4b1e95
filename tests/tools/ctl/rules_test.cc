#include "ctl/rules.h"

#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "app/admin_server.h"
#include "app/running_worker.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using namespace shelf;

namespace {

// A daemon whose store 1 sells 25 items of 2 on two channels.
class Daemon {
 public:
  Daemon() {
    running_.Take(
        R"({"topic":"reference","key":"store/1","value":{"store":"1","sources":[{"name":"scan","role":"SOURCE_ROLE_BOOK"}]}})");
    std::string lines;
    for (int i = 0; i < 25; ++i) {
      running_.Take(absl::StrCat(R"({"topic":"reference","key":"item/i)", i,
                                 R"(","value":{"sku":"i)", i, R"("}})"));
      absl::StrAppend(&lines, i == 0 ? "" : ",", R"({"sku":"i)", i, R"(","quantityMilli":"2000"})");
    }
    running_.Take(absl::StrCat(
        R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"scan","epoch":"1",)",
        R"("sequence":"1","eventTimeMs":"1793599200000","completeThroughMs":"1793599200000",)",
        R"("counts":{"lines":[)", lines, "]}}}"));
    running_.Take(
        R"({"topic":"stock-events","key":"","value":{"source":"shelfd","tick":{"timeMs":"1793599200000"}}})");
    running_.Run();
    REQUIRE(server_.Start().ok());
    common.admin = "127.0.0.1:" + std::to_string(server_.port());
  }
  ~Daemon() {
    server_.Stop();
    running_.Stop();
  }

  // What shelfctl says of it.
  int Run(const ctl::RulesOptions& options) {
    out.str("");
    err.str("");
    return ctl::Rules(common, options, out, err);
  }
  int Apply(const std::string& text) {
    const std::string path = dir_.Inside("new.yaml");
    std::ofstream(path) << text;
    ctl::RulesOptions options;
    options.action = "apply";
    options.file = path;
    options.by = "Ada";
    return Run(options);
  }

  ctl::Common common;
  std::ostringstream out, err;

 private:
  TempDir dir_;
  RunningWorker running_{"version: 1\nchannels: {own-site: {}, market: {}}\n", nullptr};
  AdminServer server_{{.listen = "127.0.0.1:0", .state_dir = "", .answer_ms_max = 2000},
                      running_.worker(),
                      nullptr};
};

ctl::RulesOptions Asking(const std::string& action) {
  ctl::RulesOptions options;
  options.action = action;
  return options;
}

}  // namespace

TEST_CASE("rules show says what is in force, from where and by whom", "[ctl]") {
  Daemon daemon;
  CHECK(daemon.Run(Asking("show")) == ctl::kExitOk);
  CHECK_THAT(daemon.out.str(), Catch::Contains("from  built in, by start"));
  CHECK_THAT(daemon.out.str(), Catch::Contains("STORES TO SWEEP"));
}

TEST_CASE("rules text and history tell what was taken", "[ctl]") {
  Daemon daemon;
  CHECK(daemon.Run(Asking("text")) == ctl::kExitOk);
  CHECK(daemon.out.str() == "version: 1\nchannels: {own-site: {}, market: {}}\n");
  CHECK(daemon.Run(Asking("history")) == ctl::kExitOk);
  CHECK_THAT(daemon.out.str(), Catch::Contains("built in"));
}

TEST_CASE("rules apply of a bad file says every message as a compiler does", "[ctl]") {
  Daemon daemon;
  CHECK(daemon.Apply("version: 1\nchannels: {a: {rule: []}}\n") == ctl::kExitUsage);
  CHECK_THAT(daemon.out.str(), Catch::Contains("new.yaml:2:"));
  CHECK_THAT(daemon.out.str(), Catch::Contains("error: "));
  CHECK_THAT(daemon.out.str(), Catch::Contains("nothing has changed"));
}

TEST_CASE("rules apply of what is in force changes nothing", "[ctl]") {
  Daemon daemon;
  CHECK(daemon.Apply("version: 1\nchannels: {own-site: {}, market: {}}\n") == ctl::kExitOk);
  CHECK_THAT(daemon.out.str(), Catch::Contains("these are the rules already"));
}

TEST_CASE("rules apply of what empties a channel is held back and says how to insist", "[ctl]") {
  Daemon daemon;
  CHECK(daemon.Apply("version: 1\nchannels: {own-site: {}}\n") == ctl::kExitNotAsPlanned);
  CHECK_THAT(daemon.out.str(), Catch::Contains("25 of 25 of channel market"));
  CHECK_THAT(daemon.out.str(), Catch::Contains("--force"));
}

TEST_CASE("rules apply warns of rules that nothing goes by, and refuses nothing for it", "[ctl]") {
  Daemon daemon;
  CHECK(daemon.Apply(R"(version: 1
channels:
  own-site:
    rules:
      - {id: misspelt, when: {category: Grocrey}, safety_stock: {subtract: 1}}
      - {id: used, safety_stock: {percent: 100}}
  market: {}
)") == ctl::kExitNotAsPlanned);
  CHECK_THAT(daemon.out.str(), Catch::Contains("25 of 25 of channel own-site"));
  CHECK_THAT(daemon.out.str(),
             Catch::Contains("new.yaml:5:1: warning: nothing goes by rule misspelt of own-site"));
  CHECK_THAT(daemon.out.str(), !Catch::Contains("rule used"));
}

TEST_CASE("of many rules that nothing goes by rules apply names the first", "[ctl]") {
  Daemon daemon;
  std::string text = "version: 1\nchannels:\n  own-site:\n    rules:\n";
  for (int i = 0; i < 23; ++i) {
    absl::StrAppend(&text, "      - {id: r", i, ", when: {store: x", i, "}, limits: {cap: 1}}\n");
  }
  CHECK(daemon.Apply(text) == ctl::kExitNotAsPlanned);
  CHECK_THAT(daemon.out.str(), Catch::Contains("new.yaml:24:1: warning: nothing goes by rule r19"));
  CHECK_THAT(daemon.out.str(), !Catch::Contains("rule r20"));
  CHECK_THAT(daemon.out.str(), Catch::Contains("warning: nothing goes by 3 more rules"));
}

TEST_CASE("rules apply of a file that is not there asks nobody", "[ctl]") {
  std::ostringstream out, err;
  ctl::RulesOptions options;
  options.action = "apply";
  options.file = "no-such-file.yaml";
  CHECK(ctl::Rules({}, options, out, err) == ctl::kExitUsage);
  CHECK_THAT(err.str(), Catch::Contains("no-such-file.yaml: cannot be read: No such file"));
}
