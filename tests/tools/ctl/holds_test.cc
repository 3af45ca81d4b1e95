#include "ctl/holds.h"

#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "app/admin_server.h"
#include "app/running_worker.h"
#include "ctl/admin_client.h"
#include "support/catch.h"

using namespace shelf;

namespace {

// A daemon whose store 1 had 25 items and sends an empty list. Its log gives nothing back.
class Daemon {
 public:
  Daemon() {
    std::string lines;
    for (int i = 0; i < 25; ++i) {
      absl::StrAppend(&lines, i == 0 ? "" : ",", R"({"sku":"i)", i, R"(","quantityMilli":"2000"})");
    }
    List("whole", 1, lines, 25);
    List("cut", 4, "", 0);
    running_.Run();
    REQUIRE(server_.Start().ok());
    common.admin = "127.0.0.1:" + std::to_string(server_.port());
  }
  ~Daemon() {
    server_.Stop();
    running_.Stop();
  }

  ctl::Common common;

 private:
  void Part(int sequence, const std::string& body) {
    running_.Take(absl::StrCat(
        R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"erp","epoch":"1",)",
        R"("sequence":")", sequence, R"(","eventTimeMs":"1793599200000",)", body, "}}"));
  }
  void List(const std::string& id, int sequence, const std::string& lines, int count) {
    const std::string name = absl::StrCat(R"("snapshotId":")", id, R"(")");
    Part(sequence, absl::StrCat(R"("snapshotBegin":{)", name, "}"));
    Part(sequence + 1, absl::StrCat(R"("snapshotChunk":{)", name, R"(,"lines":[)", lines, "]}"));
    Part(sequence + 2,
         absl::StrCat(R"("snapshotEnd":{)", name, R"(,"lineCount":")", count, R"("})"));
  }

  RunningWorker running_{kTwoChannels, nullptr};
  AdminServer server_{
      {.listen = "127.0.0.1:0", .state_dir = "", .answer_ms_max = 300}, running_.worker(), nullptr};
};

bool Holds(const std::ostringstream& stream, const std::string& words) {
  return stream.str().find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("hold list shows which lists wait and what they would do", "[ctl]") {
  Daemon daemon;
  std::ostringstream out, json, err;
  CHECK(ctl::Hold(daemon.common, {.action = "list", .store = "", .snapshot = "", .by = ""}, out,
                  err) == 0);
  CHECK(Holds(out, "released, dropped"));
  CHECK(Holds(out, "100%"));
  CHECK(Holds(out, "store 1, the largest that would be zero: i0 2, i1 2"));
  daemon.common.json = true;
  CHECK(ctl::Hold(daemon.common, {.action = "list", .store = "1", .snapshot = "", .by = ""}, json,
                  err) == 0);
  CHECK(ctl::Json::parse(json.str()).at(0).at("would_be_zeroed") == 25);
  std::ostringstream none;
  daemon.common.json = false;
  CHECK(ctl::Hold(daemon.common, {.action = "list", .store = "2", .snapshot = "", .by = ""}, none,
                  err) == 0);
  CHECK(none.str() == "no list waits\n");
  CHECK(err.str().empty());
}

TEST_CASE("hold release says when the decision is in the log and not in force yet", "[ctl]") {
  Daemon daemon;
  std::ostringstream out, err;
  CHECK(ctl::Hold(daemon.common,
                  {.action = "release", .store = "1", .snapshot = "cut", .by = "Ada"}, out,
                  err) == 0);
  CHECK(Holds(out, "list cut of store 1: the decision is in the log and not in force yet"));
}

TEST_CASE("a decision on a list that nobody holds is not found", "[ctl]") {
  Daemon daemon;
  std::ostringstream out, err;
  CHECK(ctl::Hold(daemon.common, {.action = "drop", .store = "2", .snapshot = "", .by = ""}, out,
                  err) == ctl::kExitNotFound);
  CHECK(ctl::Hold(daemon.common, {.action = "drop", .store = "1", .snapshot = "old", .by = ""}, out,
                  err) == ctl::kExitNotFound);
  CHECK(Holds(err, "store 2 holds no list"));
  CHECK(Holds(err, "store 1 holds list 'cut', not 'old'"));
}
