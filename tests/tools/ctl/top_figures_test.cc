#include "ctl/top_figures.h"

#include "app/funnel.h"
#include "app/queries.h"
#include "app/running_worker.h"
#include "support/catch.h"

using namespace shelf;

namespace {

ctl::StatusFigures StatusOf(Worker& worker) {
  const auto figures = ctl::ReadStatus(GetStatus(worker));
  REQUIRE(figures.ok());
  return *figures;
}

}  // namespace

TEST_CASE("what the daemon says of itself is read", "[ctl]") {
  RunningWorker running(kTwoChannels, nullptr);
  TakeSmallWorld(running);
  const ctl::StatusFigures figures = StatusOf(running.worker());
  CHECK(figures.caught_up);
  CHECK(figures.incarnation == 1);
  CHECK(figures.positions == 2);
  CHECK(figures.stores == 1);
  CHECK(figures.frozen == 1);
  CHECK(figures.worst_store == "1");
  CHECK(figures.worst_lag_ms == 0);
  CHECK(figures.published == 2);
  CHECK(figures.rejects == 0);
  CHECK(figures.partition_ms == std::map<int32_t, int64_t>{{0, 1'793'599'200'000}});
}

TEST_CASE("a daemon before its first tick has no time", "[ctl]") {
  RunningWorker running(kTwoChannels, nullptr);
  const ctl::StatusFigures figures = StatusOf(running.worker());
  CHECK(figures.partition_ms.empty());
  CHECK(!figures.caught_up);
  CHECK(!figures.worst_lag_ms.has_value());
}

TEST_CASE("what the daemon says of its channels is read", "[ctl]") {
  RunningWorker running(kTwoChannels, nullptr);
  TakeSmallWorld(running);
  auto scan = FunnelScan::Begin(running.worker(), "");
  REQUIRE(scan.ok());
  scan->Take(running.worker(), 100);
  const auto funnel = ctl::ReadFunnel(FunnelJson(*scan, 1, 2));
  REQUIRE(funnel.ok());
  CHECK(funnel->time_ms == 2);
  const ctl::ChannelFigures& site = funnel->channels.at(0);
  CHECK(site.channel == "own-site");
  CHECK(site.base_milli == 14'000);
  CHECK(site.sellable_milli == 5'000);
  CHECK(site.stages.size() == static_cast<size_t>(kStages));
  CHECK(site.in_stock == 1);
  CHECK(site.ineligible == 1);
}

TEST_CASE("an answer of another form is said to be one", "[ctl]") {
  CHECK(absl::IsInternal(ctl::ReadStatus(Json{{"caught_up", true}}).status()));
  CHECK(absl::IsInternal(ctl::ReadFunnel(Json::array()).status()));
}
