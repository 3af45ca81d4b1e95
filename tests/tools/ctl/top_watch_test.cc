#include "ctl/top_watch.h"

#include "support/catch.h"
#include "tools/ctl/pictures.h"

using namespace shelf::ctl;

TEST_CASE("rates are taken between two answers of one life of the daemon", "[ctl]") {
  Watch watch("host:1", kStartMs);
  watch.Answered(kStartMs, FiguresAt(kStartMs, 1000));
  CHECK(!watch.At(kStartMs).rates.has_value());
  watch.Answered(kStartMs + 2000, FiguresAt(kStartMs + 2000, 1500));
  REQUIRE(watch.At(kStartMs + 2000).rates.has_value());
  CHECK(watch.At(kStartMs + 2000).rates->lines_per_s == 250);
  CHECK(watch.At(kStartMs + 2000).rates->published_per_s == 500);
  StatusFigures again = FiguresAt(kStartMs + 3000, 10);
  again.incarnation = 3;
  watch.Answered(kStartMs + 3000, again);
  CHECK(!watch.At(kStartMs + 3000).rates.has_value());
}

TEST_CASE("a daemon that does not answer keeps its last figures, with their age", "[ctl]") {
  Watch watch("host:1", kStartMs);
  watch.Unanswered("refused");
  CHECK(!watch.ever_answered());
  CHECK(watch.At(kStartMs + 2000).unanswered_ms == 2000);
  watch.Answered(kStartMs + 3000, FiguresAt(kStartMs + 3000, 1));
  CHECK(watch.At(kStartMs + 3000).trouble.empty());
  watch.Unanswered("refused");
  const Picture picture = watch.At(kStartMs + 7000);
  CHECK(picture.trouble == "refused");
  CHECK(picture.unanswered_ms == 4000);
  CHECK(picture.status_ms == kStartMs + 3000);
  CHECK(picture.status->lines == 1);
}

TEST_CASE("a partition is silent when its time has not moved for six seconds", "[ctl]") {
  Watch watch("host:1", kStartMs);
  for (int64_t s = 0; s <= 7; ++s) {
    StatusFigures figures = FiguresAt(kStartMs + s * 1000, 0);
    figures.partition_ms[1] = kStartMs;
    watch.Answered(kStartMs + s * 1000, figures);
    const Picture picture = watch.At(kStartMs + s * 1000);
    CHECK(picture.silent_partitions == (s > 6 ? 1 : 0));
    CHECK(picture.silent_ms == (s > 6 ? s * 1000 : 0));
  }
  watch.Answered(kStartMs + 8000, FiguresAt(kStartMs + 8000, 0));
  CHECK(watch.At(kStartMs + 8000).silent_partitions == 0);
}

TEST_CASE("a log that is behind and moves is not silent", "[ctl]") {
  Watch watch("host:1", kStartMs);
  for (int64_t s = 0; s <= 20; ++s) {
    watch.Answered(kStartMs + s * 1000, FiguresAt(kStartMs - 3'600'000 + s * 60'000, 0));
  }
  CHECK(watch.At(kStartMs + 20'000).silent_partitions == 0);
}

TEST_CASE("a daemon that is away says nothing about the log", "[ctl]") {
  Watch watch("host:1", kStartMs);
  watch.Answered(kStartMs, FiguresAt(kStartMs, 0));
  watch.Unanswered("refused");
  CHECK(watch.At(kStartMs + 20'000).silent_partitions == 0);
}

TEST_CASE("a stage that once withheld something stays in the picture", "[ctl]") {
  Watch watch("host:1", kStartMs);
  FunnelFigures funnel = FunnelAt(kStartMs, 0);
  watch.Counted(funnel);
  for (ChannelFigures& channel : funnel.channels) channel.stages[1].positions = 0;
  watch.Counted(funnel);
  CHECK(watch.At(kStartMs).stages == std::set<std::string>{"sync_lag", "limits"});
  REQUIRE(watch.At(kStartMs).funnel_before.has_value());
}
