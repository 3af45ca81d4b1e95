#include "ctl/top_render.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "support/catch.h"
#include "tools/ctl/pictures.h"

using namespace shelf::ctl;

namespace {

// The rows, those that alarm behind a "!".
std::string TextOf(const std::vector<Row>& rows) {
  std::string text = "\n";
  for (const Row& row : rows) absl::StrAppend(&text, row.alarm ? "!" : " ", row.text, "\n");
  return text;
}

Watch Running() {
  Watch watch("127.0.0.1:8711", kStartMs);
  watch.Answered(kStartMs, FiguresAt(kStartMs, 1'000'000));
  watch.Counted(FunnelAt(kStartMs, 0));
  watch.Answered(kStartMs + 1000, FiguresAt(kStartMs + 1000, 1'012'345));
  watch.Counted(FunnelAt(kStartMs + 1000, 250));
  return watch;
}

Watch Silent() {
  Watch watch = Running();
  for (int s = 2; s <= 9; ++s) {
    watch.Answered(kStartMs + s * 1000, FiguresAt(kStartMs + 1000, 1'012'345));
  }
  return watch;
}

constexpr char kRunning[] = R"(
 2026-11-02 06:00:01Z  shelfd at 127.0.0.1:8711, incarnation 2: up to date
 log time 06:00:01Z, 0 s ago
 lines in           1,012,345    12,345/s  rejects    0
 published          2,024,690    24,690/s  outbox     0 waiting, 0 in flight
 152,424 positions in 214 stores; worst 3 s (367)
 units               own-site       market
 base               1,234,567    1,234,567
  - sync_lag              407            0
  - limits            120,000      120,000
 = sellable         1,113,910    1,114,317
   in 1 s                -250         -250
 keys in stock        110,000      110,000
 keys at zero          42,000       42,000
 not offered              424          424
)";

constexpr char kAway[] = R"(
!2026-11-02 06:00:04Z  NO ANSWER from 127.0.0.1:8711 for 3 s; below: 06:00:01Z
 no daemon answers at 127.0.0.1:8711: refused
 lines in           1,012,345    12,345/s  rejects    0
)";

constexpr char kSilent[] = R"(
 2026-11-02 06:00:09Z  shelfd at 127.0.0.1:8711, incarnation 2: up to date
!THE LOG IS SILENT for 8 s: time stands still at 06:00:01Z
 lines in           1,012,345         0/s  rejects    0
)";

constexpr char kNever[] = R"(
!2026-11-02 06:00:05Z  NO ANSWER from 127.0.0.1:8711 for 5 s
 refused
)";

bool Begins(const std::string& text, const std::string& beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

}  // namespace

TEST_CASE("a picture tells lines in, stores, and the way to what each channel may sell", "[ctl]") {
  CHECK(TextOf(Block(Running().At(kStartMs + 1000), 80)) == kRunning);
}

TEST_CASE("a daemon that is away is told above its last figures", "[ctl]") {
  Watch watch = Running();
  watch.Unanswered("no daemon answers at 127.0.0.1:8711: refused");
  const std::string text = TextOf(Block(watch.At(kStartMs + 4000), 80));
  CAPTURE(text);
  CHECK(Begins(text, kAway));
}

TEST_CASE("a silent log is told with the time that stands still", "[ctl]") {
  const std::string text = TextOf(Block(Silent().At(kStartMs + 9000), 80));
  CAPTURE(text);
  CHECK(Begins(text, kSilent));
}

TEST_CASE("partitions that are silent beside others that are not are counted", "[ctl]") {
  Watch watch = Silent();
  StatusFigures figures = FiguresAt(kStartMs + 1000, 1'012'345);
  figures.partition_ms[0] = kStartMs + 10'000;
  watch.Answered(kStartMs + 10'000, figures);
  CHECK(Block(watch.At(kStartMs + 10'000), 80)[1] ==
        Row{"1 OF 2 PARTITIONS ARE SILENT for 9 s: time stands still there", true});
}

TEST_CASE("a picture of a daemon that never answered says that and no more", "[ctl]") {
  Watch watch("127.0.0.1:8711", kStartMs);
  watch.Unanswered("refused");
  CHECK(TextOf(Block(watch.At(kStartMs + 5000), 80)) == kNever);
}

TEST_CASE("a daemon that catches up alarms", "[ctl]") {
  Watch watch("host:1", kStartMs);
  StatusFigures figures = FiguresAt(kStartMs, 0);
  figures.caught_up = false;
  watch.Answered(kStartMs, figures);
  watch.NotCounted("catching up with the log: nothing is decided yet");
  const std::vector<Row> rows = Block(watch.At(kStartMs), 80);
  CHECK(rows.front().alarm);
  CHECK(rows.front().text == "2026-11-02 06:00:00Z  shelfd at host:1, incarnation 2: catching up");
  CHECK(rows.back().text == "channels: catching up with the log: nothing is decided yet");
}

TEST_CASE("stores that are behind, frozen or never complete are counted apart", "[ctl]") {
  Watch watch("host:1", kStartMs);
  StatusFigures figures = FiguresAt(kStartMs, 0);
  figures.behind = 12;
  figures.frozen = 3;
  figures.unknown = 1;
  figures.worst_lag_ms = 7'380'000;
  watch.Answered(kStartMs, figures);
  CHECK(Block(watch.At(kStartMs), 200)[4].text ==
        "152,424 positions in 214 stores, 12 more than 15 min behind, 3 frozen, 1 never complete; "
        "worst 2 h 3 min (367)");
}

TEST_CASE("no row is wider than the terminal, and channels without room are counted", "[ctl]") {
  Watch watch = Running();
  FunnelFigures funnel = FunnelAt(kStartMs + 2000, 0);
  for (int c = 0; c < 5; ++c) funnel.channels.push_back(funnel.channels.front());
  funnel.channels[1].channel = "Straßenverkauf-am-Abend";
  watch.Counted(funnel);
  for (const size_t columns : {10, 40, 80}) {
    for (const Row& row : Block(watch.At(kStartMs + 2000), columns)) {
      const auto characters = std::count_if(row.text.begin(), row.text.end(),
                                            [](char c) { return (c & 0xc0) != 0x80; });
      CHECK(static_cast<size_t>(characters) <= columns);
    }
  }
  const std::vector<Row> rows = Block(watch.At(kStartMs + 2000), 80);
  CHECK(rows.size() <= 18);
  CHECK(rows[5].text ==
        "units               own-site Straßenverka     own-site     own-site"
        "     own-site");
  CHECK(rows.back().text == "and 2 more channels: shelfctl funnel");
}

TEST_CASE("a name cannot steer the terminal", "[ctl]") {
  Watch watch("host:1", kStartMs);
  StatusFigures figures = FiguresAt(kStartMs, 0);
  figures.worst_store = "a\x1b[2J\xc2\x9bz\nb";
  watch.Answered(kStartMs, figures);
  CHECK(Block(watch.At(kStartMs), 80)[4].text ==
        "152,424 positions in 214 stores; worst 3 s (a?[2J?z?b)");
  CHECK(Line(watch.At(kStartMs)).find_first_of("\x1b\n") == std::string::npos);
}

TEST_CASE("sums that are too wide are written in millions, or not at all", "[ctl]") {
  Watch watch = Running();
  FunnelFigures funnel = FunnelAt(kStartMs + 2000, 0);
  funnel.channels[0].base_milli = 1'234'567'890'123'456;
  funnel.channels[1].base_milli = std::nullopt;
  watch.Counted(funnel);
  CHECK(Block(watch.At(kStartMs + 2000), 80)[6].text ==
        "base             1,234,568 M     too many");
}

TEST_CASE("off a terminal a picture is one line", "[ctl]") {
  CHECK(Line(Running().At(kStartMs + 1000)) ==
        "2026-11-02 06:00:01Z log time 06:00:01Z, 0 s ago; lines 1,012,345 12,345/s; published "
        "2,024,690 24,690/s; outbox 0+0; rejects 0; 152,424 positions in 214 stores; worst 3 s "
        "(367); own-site 1,113,910 sellable (-250) of 1,234,567, withheld: sync_lag 407, limits "
        "120,000; market 1,114,317 sellable (-250) of 1,234,567, withheld: limits 120,000");
  Watch watch = Running();
  watch.Unanswered("refused");
  CHECK(Line(watch.At(kStartMs + 4000)) ==
        "2026-11-02 06:00:04Z NO ANSWER from 127.0.0.1:8711 for 3 s: refused");
}
