// The recorded log, run again, says what was said live.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "loop/worker.h"
#include "replay/log_book.h"
#include "replay/log_merge.h"
#include "replay/side.h"
#include "shelf/v1/availability.pb.h"
#include "state/rocks_store.h"
#include "support/catch.h"
#include "support/temp_dir.h"

namespace shelf {
namespace {

using Said = std::vector<std::pair<std::string, std::string>>;  // key, value

std::unique_ptr<RuleSet> Load(const std::string& text) {
  std::vector<RulesMessage> messages;
  return RuleSet::Load(text, messages);
}

// A daemon on the book's log: it writes its own ticks there.
class Live {
 public:
  Live(LogBook& book, const std::string& rules, CheckpointStore* store) : book_(WithTopics(book)) {
    WorkerOptions options;
    options.publish_on_ticks_only = true;
    worker_ = std::make_unique<Worker>(options, Load(rules), std::vector<OutputRoute>(1), store);
    const auto meta = worker_->Restore();
    REQUIRE(meta.ok());
    StartFacts facts;
    facts.incarnation = kBookIncarnation;
    worker_->Begin(facts, {0}, events_, &reference_, sink_);
  }

  void Turn(int64_t step_ms = 1000) {
    book_.Wait(step_ms);
    // The tick comes back in the next turn.
    for (int i = 0; i < 2; ++i) REQUIRE(worker_->RunOnce(book_.now_ms(), 0).ok());
  }
  Worker& worker() { return *worker_; }

 private:
  static LogBook& WithTopics(LogBook& book) {
    for (const char* topic : {"availability", "locations", "stock-requests", "stock-rejects"}) {
      book.log().CreateTopic(topic, 1);
    }
    return book;
  }

  LogBook& book_;
  MemorySource events_{&book_.log(), "stock-events", {{0, 0}}};
  MemorySource reference_{&book_.log(), "reference", {{0, 0}}};
  MemorySink sink_{&book_.log(),
                   {{Topic::kStockEvents, "stock-events"},
                    {Topic::kAvailability, "availability"},
                    {Topic::kLocations, "locations"},
                    {Topic::kRequests, "stock-requests"},
                    {Topic::kRejects, "stock-rejects"}}};
  std::unique_ptr<Worker> worker_;
};

// A morning with all kinds of documents; `turn` lets a second pass.
void Trade(LogBook& book, const std::function<void()>& turn) {
  book.PutStore("1");
  book.PutItem("milk", "Food");
  turn();
  turn();
  book.List("1", {{"milk", 12}, {"rope", 4}});
  turn();
  for (int i = 0; i < 5; ++i) {
    book.Sell("1", "milk", 1);
    if (i == 2) book.PutItem("rope", "Tools");
    turn();
  }
  book.Reserve("1", "order-1", "milk", 2);
  turn();
  book.Pick("1", "order-1", "milk", 2, 1);
  book.Count("1", "rope", 3);
  turn();
  book.Settle("1", "order-1", "milk", 1);
  book.Repeat();
  turn();
  for (int i = 0; i < 40; ++i) turn();
}

Said SaidLive(LogBook& book) {
  Said said;
  for (const MemoryRecord& record : book.log().Records("availability", 0)) {
    said.emplace_back(record.key, record.value);
  }
  return said;
}

Said SaidInReplay(const std::string& folder, SideRules rules) {
  const auto info = ReadRecordingInfo(folder);
  REQUIRE(info.ok());
  Said said;
  auto side =
      Side::Open({.folder = folder, .publish_on_ticks_only = true}, *info, std::move(rules),
                 [&said](const OutRecord& record) { said.emplace_back(record.key, record.value); });
  REQUIRE(side.ok());
  auto log = LogMerge::Open(folder, *info);
  REQUIRE(log.ok());
  while (const Record* record = log->Next()) {
    REQUIRE((*side)->ReadReferenceThrough(INT64_MAX - 1).ok());
    REQUIRE((*side)->Take({record, 1}).ok());
  }
  return said;
}

std::map<std::string, int64_t> Newest(const Said& said) {
  std::map<std::string, int64_t> newest;
  for (const auto& [key, value] : said) {
    v1::Availability record;
    REQUIRE(record.ParseFromString(value));
    newest[key] = record.sellable();
  }
  return newest;
}

TEST_CASE("A recording that is replayed says byte for byte what the daemon said") {
  LogBook book(KeepBack(1));
  Live live(book, KeepBack(1), nullptr);
  Trade(book, [&live] { live.Turn(); });
  const TempDir folder;
  book.Record(folder.path(), book.Info());

  const Said said = SaidLive(book);
  CHECK(said.size() > 8);
  CHECK(SaidInReplay(folder.path(), {.first = Load(KeepBack(1))}) == said);
}

TEST_CASE("Other rules say other numbers over the same recording") {
  LogBook book(KeepBack(1));
  Live live(book, KeepBack(1), nullptr);
  Trade(book, [&live] { live.Turn(); });
  const TempDir folder;
  book.Record(folder.path(), book.Info());

  CHECK(Newest(SaidLive(book)) ==
        std::map<std::string, int64_t>{{"site/1/milk", 5}, {"site/1/rope", 2}});
  CHECK(Newest(SaidInReplay(folder.path(), {.first = Load(KeepBack(2))})) ==
        std::map<std::string, int64_t>{{"site/1/milk", 4}, {"site/1/rope", 1}});
}

TEST_CASE("A recording that begins from a checkpoint ends with the daemon's numbers") {
  const TempDir state;
  auto store = OpenRocksStore({.folder = state.Inside("live"), .raw = {}, .log = nullptr});
  REQUIRE(store.ok());
  LogBook book(KeepBack(1));
  Live live(book, KeepBack(1), store->get());
  const TempDir folder;
  RecordingInfo info = book.Info();
  int turns = 0;
  Trade(book, [&] {
    live.Turn();
    if (++turns != 6) return;
    REQUIRE(live.worker().Stop().ok());
    REQUIRE((*store)->CopyTo(StateFolder(folder.path())).ok());
    info.has_state = true;
    info.events[0].first = live.worker().world().FindPartition(0)->next_offset;
    info.of_reference.first = 2;
  });
  book.Record(folder.path(), info);

  const Said replayed = SaidInReplay(folder.path(), {.first = Load(KeepBack(1))});
  CHECK(replayed.size() < SaidLive(book).size());
  CHECK(Newest(replayed) == Newest(SaidLive(book)));
}

}  // namespace
}  // namespace shelf
