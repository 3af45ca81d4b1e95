#include "app/metrics.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/match.h"
#include "app/funnel_keeper.h"
#include "app/running_worker.h"
#include "support/catch.h"

using namespace shelf;

namespace {

// The whole of a funnel, counted on the test's thread.
Json FunnelOf(Worker& worker) {
  absl::StatusOr<Json> funnel = CountFunnel(
      "", 1000, [&](std::function<absl::Status(Worker&)> slice) { return slice(worker); });
  REQUIRE(funnel.ok());
  (*funnel)["duration_ms"] = 2500;
  return *std::move(funnel);
}

bool HasLine(const std::string& text, const std::string& line) {
  return absl::StrContains("\n" + text, "\n" + line + "\n");
}

std::filesystem::path Page() {
  const auto tests = std::filesystem::path(__FILE__).parent_path().parent_path();
  return tests.parent_path() / "docs" / "operating" / "metrics.md";
}

constexpr char kTableBegins[] = "<!-- the table of daemon/app/metrics.cc -->\n";

}  // namespace

TEST_CASE("the metrics tell the counters of the moment and the funnel counted last", "[app]") {
  RunningWorker running(kTwoChannels, nullptr);
  TakeSmallWorld(running);
  const std::string text = MetricsText(GetStatus(running.worker()), FunnelOf(running.worker()));
  CHECK(HasLine(text, "# TYPE shelfd_ticks_total counter"));
  CHECK(HasLine(text, "shelfd_ticks_total 1"));
  CHECK(HasLine(text, "shelfd_caught_up 1"));
  CHECK(HasLine(text, "shelfd_rules_refused 0"));
  CHECK(HasLine(text, "shelfd_rejected_total 0"));  // so that the first one is a rise
  CHECK(HasLine(text, "shelfd_published_total 2"));
  CHECK(HasLine(text, R"(shelfd_outbox_keys{state="waiting"} 0)"));
  CHECK(HasLine(text, R"(shelfd_partition_time_seconds{partition="0"} 1793599200)"));
  CHECK(HasLine(text, R"(shelfd_stores_behind{behind="up_to_1m"} 1)"));
  CHECK(HasLine(text, "shelfd_funnel_duration_seconds 2.5"));
  CHECK(HasLine(text, R"(shelfd_funnel_base_units{channel="own-site"} 14)"));
  CHECK(
      HasLine(text, R"(shelfd_funnel_withheld_units{channel="own-site",stage="safety_stock"} 1)"));
  CHECK(HasLine(text, R"(shelfd_funnel_sellable_units{channel="own-site"} 5)"));
  CHECK(
      HasLine(text, R"(shelfd_funnel_ineligible_keys{channel="market",reason="unknown_item"} 1)"));
  const Json status = GetStatus(running.worker());
  CHECK(HasLine(text, "shelfd_rule_set_info{rule_set=\"" +
                          status.at("rule_set").get<std::string>() + "\"} 1"));
}

TEST_CASE("what is not known is no metric: no funnel yet, no time, no lag", "[app]") {
  RunningWorker running(kTwoChannels, nullptr);
  const std::string text = MetricsText(GetStatus(running.worker()), Json());
  CHECK(absl::StrContains(text, "shelfd_positions 0\n"));
  CHECK_FALSE(absl::StrContains(text, "shelfd_funnel_"));
  CHECK_FALSE(absl::StrContains(text, "shelfd_partition_time_seconds"));
  CHECK_FALSE(absl::StrContains(text, "shelfd_store_lag_worst_seconds"));
}

TEST_CASE("every metric has a name of its own, says what it is, and finds its values", "[app]") {
  RunningWorker running(kTwoChannels, nullptr);
  TakeSmallWorld(running);
  // A list without an end, of another source than the book: refused.
  running.Take(
      R"({"topic":"stock-events","key":"1","value":{"store":"1","source":"scan","epoch":"1","sequence":"2","eventTimeMs":"1893599200000","heartbeat":{}}})");
  const std::string text = MetricsText(GetStatus(running.worker()), FunnelOf(running.worker()));
  std::set<std::string_view> names;
  for (const Metric& metric : Metrics()) {
    CAPTURE(metric.name);
    CHECK(names.insert(metric.name).second);
    CHECK(metric.name.starts_with("shelfd_"));
    CHECK(metric.name.ends_with("_total") == (metric.kind == MetricKind::kCounter));
    CHECK(metric.help.ends_with("."));
    CHECK(absl::StrContains(text, std::string(metric.name)));
  }
}

TEST_CASE("a keeper counts the funnel by itself, and ends when it is told to", "[app]") {
  RunningWorker running(kTwoChannels, nullptr);
  TakeSmallWorld(running);
  std::mutex mutex;
  FunnelKeeper keeper({.interval_ms = 1, .slice_us_max = 1000, .pause_us = 1},
                      [&](std::function<absl::Status(Worker&)> slice) {
                        const std::lock_guard<std::mutex> lock(mutex);
                        return slice(running.worker());
                      });
  CHECK(keeper.newest().is_null());
  keeper.Start();
  while (keeper.newest().is_null()) std::this_thread::yield();
  keeper.Stop();
  CHECK(keeper.newest().at("positions") == 2);
  CHECK(keeper.newest().contains("duration_ms"));
}

TEST_CASE("the page of metrics is what their table says", "[app]") {
  std::ifstream file(Page());
  const std::string committed{std::istreambuf_iterator<char>(file), {}};
  const size_t begins = committed.find(kTableBegins);
  REQUIRE(begins != std::string::npos);
  const std::string before = committed.substr(0, begins + sizeof(kTableBegins) - 1);
  // After a change of the table: SHELFD_WRITE_PAGES=1 app_test writes the page anew.
  if (std::getenv("SHELFD_WRITE_PAGES") != nullptr)
    std::ofstream(Page()) << before << MetricsPage();
  CHECK(committed == before + MetricsPage());
}
