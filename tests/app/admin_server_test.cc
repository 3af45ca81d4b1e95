#include "app/admin_server.h"

#include <httplib.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "app/clock.h"
#include "app/queries.h"
#include "app/running_worker.h"
#include "state/memory_store.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using namespace shelf;

namespace {

AdminOptions Options(const TempDir& folder) {
  return {.listen = "127.0.0.1:0", .state_dir = folder.path().string(), .funnel_interval_ms = 1};
}

// Keeps the worker in one turn.
class HeldWorker {
 public:
  explicit HeldWorker(Worker& worker) {
    std::promise<void> held;
    std::future<void> holds = held.get_future();
    worker.Post([held = std::make_shared<std::promise<void>>(std::move(held)),
                 release = release_.get_future().share()](Worker&) {
      held->set_value();
      release.wait();
    });
    holds.wait();
  }
  ~HeldWorker() { Release(); }
  void Release() {
    if (!std::exchange(released_, true)) release_.set_value();
  }

 private:
  std::promise<void> release_;
  bool released_ = false;
};

// The small world behind an admin port.
class Admin {
 public:
  Admin() {
    TakeSmallWorld(running_);
    running_.Run();
    REQUIRE(server_.Start().ok());
  }

  httplib::Result Get(const std::string& target, const httplib::Headers& headers = {}) {
    return httplib::Client("127.0.0.1", server_.port()).Get(target, headers);
  }
  httplib::Result Post(const std::string& target) {
    return httplib::Client("127.0.0.1", server_.port()).Post(target);
  }
  MemoryStore& store() { return store_; }
  Worker& worker() { return running_.worker(); }
  int port() const { return server_.port(); }

 private:
  TempDir folder_;
  MemoryStore store_;
  RunningWorker running_{kTwoChannels, &store_};
  AdminServer server_{Options(folder_), running_.worker(), &store_};
};

}  // namespace

TEST_CASE("the admin port answers with positions, also of a SKU with a slash", "[app]") {
  Admin admin;
  const auto answer = admin.Get("/v1/positions/1/A%2F1");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(Json::parse(answer->body).at("on_hand_milli") == 11'000);
  CHECK(admin.Get("/v1/positions/1/C")->status == 404);
  CHECK(admin.Get("/v1/positions/1/A/1")->status == 400);
  CHECK(admin.Get("/v1/positions/1/%zz")->status == 400);
}

TEST_CASE("the admin port tells metrics, and of the funnel those counted by itself", "[app]") {
  Admin admin;
  const auto first = admin.Get("/metrics");
  REQUIRE(first);
  CHECK(first->status == 200);
  CHECK(first->get_header_value("Content-Type").starts_with("text/plain; version=0.0.4"));
  CHECK(first->body.find("\nshelfd_positions 2\n") != std::string::npos);
  CHECK(admin.Get("/metrics", {{"Origin", "http://a.page"}})->status == 403);
  const char* const funnel = "shelfd_funnel_sellable_units{channel=\"own-site\"} 5\n";
  while (admin.Get("/metrics")->body.find(funnel) == std::string::npos) std::this_thread::yield();
}

TEST_CASE("the admin port explains, and names a parameter that is missing", "[app]") {
  Admin admin;
  const auto answer = admin.Get("/v1/explain?channel=market&store=1&sku=A%2F1");
  REQUIRE(answer);
  CHECK(Json::parse(answer->body).at("sellable") == 11);
  const auto half = admin.Get("/v1/explain?channel=market&store=1");
  CHECK(half->status == 400);
  CHECK(Json::parse(half->body).at("error") == "parameter sku is missing");
}

TEST_CASE("status, stores and health come without parameters", "[app]") {
  Admin admin;
  CHECK(Json::parse(admin.Get("/v1/status")->body).contains("state_dir"));
  CHECK(Json::parse(admin.Get("/v1/stores")->body).size() == 1);
  CHECK(admin.Get("/healthz")->status == 200);
  CHECK(admin.Get("/readyz")->status == 200);
  const auto nowhere = admin.Get("/v1/prices");
  CHECK(nowhere->status == 404);
  CHECK(Json::parse(nowhere->body).at("error") == "there is nothing at this address");
}

TEST_CASE("the admin port lists the worst stores, and refuses a number that is none", "[app]") {
  Admin admin;
  CHECK(Json::parse(admin.Get("/v1/stores?worst=3")->body).size() == 1);
  for (const char* worst : {"0", "-1", "x", "1x", ""}) {
    CAPTURE(worst);
    CHECK(admin.Get(std::string("/v1/stores?worst=") + worst)->status == 400);
  }
}

TEST_CASE("the admin port counts the funnel, of all channels and of one", "[app]") {
  Admin admin;
  const auto all = admin.Get("/v1/funnel");
  REQUIRE(all);
  CHECK(all->status == 200);
  CHECK(Json::parse(all->body).at("channels").size() == 2);
  const Json one = Json::parse(admin.Get("/v1/funnel?channel=market")->body);
  REQUIRE(one.at("channels").size() == 1);
  CHECK(one.at("channels").at(0).at("sellable_milli") == 11'000);
  CHECK(admin.Get("/v1/funnel?channel=shop")->status == 404);
}

TEST_CASE("many who ask for the funnel at once are answered or told to ask again", "[app]") {
  Admin admin;
  std::vector<std::thread> askers;
  std::atomic<int> counted{0}, refused{0}, others{0};
  for (int i = 0; i < 6; ++i) {
    askers.emplace_back([&] {
      for (int n = 0; n < 5; ++n) {
        const auto answer = admin.Get("/v1/funnel");
        const int status = answer ? answer->status : 0;
        ++(status == 200 ? counted : status == 503 ? refused : others);
      }
    });
  }
  for (std::thread& asker : askers) asker.join();
  CHECK(counted > 0);
  CHECK(counted + refused == 30);
  CHECK(others == 0);
}

// Asks and hangs up before there can be an answer.
void AskInVain(const Admin& admin, const std::string& target) {
  httplib::Client client("127.0.0.1", admin.port());
  client.set_read_timeout(std::chrono::milliseconds(100));
  CHECK(!client.Get(target));
}

TEST_CASE("who asks for the funnel is answered, however many hung up before", "[app]") {
  const std::string target = GENERATE("/v1/funnel", "/v1/funnel?channel=market");
  CAPTURE(target);
  Admin admin;
  HeldWorker held(admin.worker());
  for (int i = 0; i < 6; ++i) AskInVain(admin, "/v1/funnel");
  const int64_t asked_ms = WallMs();
  auto answer = std::async(std::launch::async, [&] { return admin.Get(target); });
  CHECK(answer.wait_for(std::chrono::milliseconds(100)) == std::future_status::timeout);
  held.Release();
  const httplib::Result funnel = answer.get();
  REQUIRE(funnel);
  REQUIRE(funnel->status == 200);
  const Json json = Json::parse(funnel->body);
  const bool same_channels = target == "/v1/funnel";
  CHECK(json.at("channels").size() == (same_channels ? 2 : 1));
  // The one that was being counted is good for both.
  CHECK((json.at("time_ms").at("from") < asked_ms) == same_channels);
}

TEST_CASE("of those who wait for a funnel the last one stays", "[app]") {
  Admin admin;
  HeldWorker held(admin.worker());
  AskInVain(admin, "/v1/funnel");
  std::vector<std::future<int>> askers;
  std::atomic<int> refused{0};
  for (int i = 0; i < 3; ++i) {
    askers.push_back(std::async(std::launch::async, [&] {
      const auto answer = admin.Get("/v1/funnel");
      if (answer && answer->status == 503) ++refused;
      return answer ? answer->status : 0;
    }));
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (refused < 2 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  CHECK(refused == 2);  // while nobody counts
  held.Release();
  int counted = 0;
  for (std::future<int>& asker : askers) counted += asker.get() == 200;
  CHECK(counted == 1);
}

TEST_CASE("a copy of the checkpoint is made where the answer says", "[app]") {
  Admin admin;
  const auto answer = admin.Post("/v1/copy");
  REQUIRE(answer);
  REQUIRE(answer->status == 200);
  const std::string path = Json::parse(answer->body).at("path");
  CHECK(admin.store().OpenCopy(path).ok());
  CHECK(std::filesystem::path(path).parent_path().filename() == "copies");
  CHECK(Json::parse(admin.Post("/v1/copy")->body).at("path") != path);
}

TEST_CASE("a web page gets nothing", "[app]") {
  Admin admin;
  CHECK(admin.Get("/v1/status", {{"Origin", "http://example.org"}})->status == 403);
}

TEST_CASE("a worker that does not turn is alive and not ready", "[app]") {
  const TempDir folder;
  RunningWorker running(kTwoChannels, nullptr);
  AdminOptions options = Options(folder);
  options.answer_ms_max = 1;
  AdminServer server(options, running.worker(), nullptr);
  REQUIRE(server.Start().ok());
  httplib::Client client("127.0.0.1", server.port());
  CHECK(client.Get("/healthz")->status == 200);
  CHECK(client.Get("/readyz")->status == 503);
  CHECK(client.Get("/v1/status")->status == 503);
  CHECK(client.Get("/v1/funnel")->status == 503);
  CHECK(client.Get("/v1/funnel")->status == 503);  // the first left its place
}

TEST_CASE("a worker before its first tick is not ready", "[app]") {
  const TempDir folder;
  RunningWorker running(kTwoChannels, nullptr);
  AdminServer server(Options(folder), running.worker(), nullptr);
  running.Run();
  REQUIRE(server.Start().ok());
  const auto answer = httplib::Client("127.0.0.1", server.port()).Get("/readyz");
  CHECK(answer->status == 503);
  CHECK(Json::parse(answer->body).at("error") == "catching up with the log");
}

TEST_CASE("only a loopback address is served", "[app]") {
  const TempDir folder;
  RunningWorker running(kTwoChannels, nullptr);
  const std::string listen =
      GENERATE("0.0.0.0:0", "192.0.2.1:0", "[::]:0", "127.0.0.1", "127.0.0.1:port", ":8711");
  CAPTURE(listen);
  AdminServer server({.listen = listen, .state_dir = folder.path().string()}, running.worker(),
                     nullptr);
  CHECK(absl::IsInvalidArgument(server.Start()));
}

TEST_CASE("a port that is taken is said to be", "[app]") {
  Admin first;
  const TempDir folder;
  RunningWorker running(kTwoChannels, nullptr);
  AdminServer second(
      {.listen = "127.0.0.1:" + std::to_string(first.port()), .state_dir = folder.path().string()},
      running.worker(), nullptr);
  CHECK(absl::IsUnavailable(second.Start()));
}

TEST_CASE("copies that an earlier life left behind are gone after the start", "[app]") {
  const TempDir folder;
  std::filesystem::create_directories(folder.path() / "copies" / "1-1");
  RunningWorker running(kTwoChannels, nullptr);
  AdminServer server(Options(folder), running.worker(), nullptr);
  REQUIRE(server.Start().ok());
  CHECK(!std::filesystem::exists(folder.path() / "copies"));
}
