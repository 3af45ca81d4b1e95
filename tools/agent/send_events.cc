#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "agent/documents.h"
#include "agent/full_lists.h"
#include "agent/send_parts.h"

namespace shelf::agent {
namespace {

using TakeRow = std::function<absl::Status(const StockRow& row, const CsvRow& raw)>;
using Refuse = std::function<void(const CsvRow& raw, std::string_view problem)>;

bool Wants(const SendOptions& options, std::string_view store) {
  return (options.only_stores.empty() || options.only_stores.contains(store)) &&
         !options.skip_stores.contains(store);
}

// Each row of the range and of the stores that are wanted goes to one of the two. A row that names
// no store is everybody's.
absl::Status ReadRows(const SendOptions& options, const TakeRow& take, const Refuse& refuse) {
  const bool movements = options.kind == Kind::kMovements;
  absl::StatusOr<StockRowParser> parser = StockRowParser::Make(options.rows);
  if (!parser.ok()) return parser.status();
  absl::StatusOr<std::unique_ptr<Rows>> rows =
      Rows::Open(options.file, movements ? MovementColumns() : ListColumns());
  if (!rows.ok()) return rows.status();
  if (movements && options.rows.reason == v1::REASON_UNSPECIFIED && !HasReasonColumn(**rows)) {
    return absl::InvalidArgumentError("--reason is missing, and the file has no reason column");
  }
  StockRow row;
  for (;;) {
    absl::StatusOr<bool> more = (*rows)->Next();
    if (!more.ok() || !*more) return more.status();
    const std::string_view problem =
        movements ? parser->ParseMovement(**rows, row) : parser->ParseListRow(**rows, row);
    if (!row.store.empty() && !Wants(options, row.store)) continue;
    if (!problem.empty()) {
      refuse((*rows)->row(), problem);
    } else if (absl::Status s = take(row, (*rows)->row()); !s.ok()) {
      return s;
    }
  }
}

// What a first reading of the file must find out before the first event goes.
struct Survey {
  RowsOfStores list_rows;
  TimeOrder order;  // of movements
};

absl::StatusOr<Survey> SurveyFile(const SendOptions& options) {
  Survey survey;
  if (options.kind == Kind::kHeartbeats) return survey;
  DocumentBuilder documents([&](Document& document) {
    survey.order.See(document.store, document.time_ms);
    return absl::OkStatus();
  });
  const auto take = [&](const StockRow& row, const CsvRow& raw) {
    if (options.kind == Kind::kMovements) {
      return row.quantity_milli == 0 ? absl::OkStatus() : documents.Add(row, raw.line);
    }
    auto it = survey.list_rows.find(row.store);
    if (it == survey.list_rows.end()) it = survey.list_rows.emplace(row.store, 0).first;
    ++it->second;
    return absl::OkStatus();
  };
  absl::Status status = ReadRows(options, take, [](const CsvRow&, std::string_view) {});
  status.Update(documents.Finish());
  // Nothing has been sent yet, so a damaged file is as good as a wrong one.
  if (!status.ok()) return absl::InvalidArgumentError(status.message());
  return survey;
}

// Unix milliseconds; 0 when `text` is empty.
absl::StatusOr<int64_t> ResolveTime(const SendOptions& options, const std::string& text,
                                    int64_t now_ms) {
  if (text.empty()) return 0;
  if (text == "now") return now_ms;
  absl::StatusOr<TimeParser> parser = TimeParser::Make(options.rows.timezone);
  if (!parser.ok()) return parser.status();
  const std::optional<int64_t> time_ms = parser->Parse(text);
  if (!time_ms) return absl::InvalidArgumentError(absl::StrCat("'", text, "' is no time"));
  return *time_ms + options.rows.time_shift_ms;
}

struct Times {
  int64_t list_ms = 0;              // movements: 0
  int64_t complete_through_ms = 0;  // 0: not given
};

absl::StatusOr<Times> ResolveTimes(const SendOptions& options, int64_t now_ms) {
  absl::StatusOr<int64_t> list_ms = ResolveTime(options, options.time, now_ms);
  if (!list_ms.ok()) return list_ms.status();
  absl::StatusOr<int64_t> through_ms = ResolveTime(options, options.complete_through, now_ms);
  if (!through_ms.ok()) return through_ms.status();
  if (options.kind == Kind::kList && *list_ms == 0) {
    return absl::InvalidArgumentError("--time is missing: what is the list the state of?");
  }
  if (options.kind == Kind::kHeartbeats && *through_ms == 0) {
    return absl::InvalidArgumentError("--complete-through is missing: all is sent up to when?");
  }
  return Times{.list_ms = *list_ms, .complete_through_ms = *through_ms};
}

// One run whose plan is in the book.
class EventRun {
 public:
  EventRun(const SendOptions& options, SequenceBook& book, const Survey& survey, Times times,
           Outlets& to)
      : options_(options), book_(book), survey_(survey), times_(times), to_(to) {}

  absl::Status SendList();
  absl::Status SendMovements();
  absl::Status SendHeartbeats();

 private:
  struct Stamp {
    int64_t event_time_ms = 0;
    int64_t claim_ms = 0;
  };

  absl::Status Send(std::string_view store, Stamp stamp, int64_t lines, v1::StockEvent& event);
  absl::Status SendListEvent(std::string_view store, v1::StockEvent& event);
  absl::Status SendDocument(Document& document);
  void Refuse(const CsvRow& raw, std::string_view problem);
  std::string SnapshotId(std::string_view store);

  const SendOptions& options_;
  SequenceBook& book_;
  const Survey& survey_;
  const Times times_;
  Outlets& to_;
  std::string bytes_;
};

absl::Status EventRun::Send(std::string_view store, Stamp stamp, int64_t lines,
                            v1::StockEvent& event) {
  event.set_store(store.data(), store.size());
  event.set_source(options_.source);
  event.set_epoch(book_.epoch());
  event.set_sequence(book_.Take(store));
  event.set_event_time_ms(stamp.event_time_ms);
  event.set_sent_time_ms(to_.now_ms());
  event.set_complete_through_ms(options_.claims ? stamp.claim_ms : 0);
  event.SerializeToString(&bytes_);
  ++to_.report.events;
  to_.report.lines += lines;
  return to_.sender.Send(store, bytes_, lines);
}

absl::Status EventRun::SendList() {
  FullListBuilder lists(
      survey_.list_rows, [this](std::string_view store) { return SnapshotId(store); },
      [this](std::string_view store, v1::StockEvent& event) {
        return SendListEvent(store, event);
      });
  const auto take = [&](const StockRow& row, const CsvRow& raw) -> absl::Status {
    absl::StatusOr<bool> taken = lists.Add(row);
    if (!taken.ok()) return taken.status();
    if (!*taken) {
      Refuse(raw, "the SKU stands in this store's list before");
      return absl::OkStatus();
    }
    ++to_.report.rows;
    to_.report.thousandths += row.in_thousandths;
    return absl::OkStatus();
  };
  to_.report.stores = static_cast<int64_t>(survey_.list_rows.size());
  return ReadRows(options_, take,
                  [this](const CsvRow& raw, std::string_view problem) { Refuse(raw, problem); });
}

absl::Status EventRun::SendListEvent(std::string_view store, v1::StockEvent& event) {
  const int64_t claim_ms =
      times_.complete_through_ms != 0 ? times_.complete_through_ms : times_.list_ms;
  return Send(store, {times_.list_ms, claim_ms}, event.snapshot_chunk().lines_size(), event);
}

// The same in a repeated run, another in every other run.
std::string EventRun::SnapshotId(std::string_view store) {
  return absl::StrCat(options_.source, "-", book_.epoch(), "-", book_.Peek(store));
}

absl::Status EventRun::SendMovements() {
  DocumentBuilder documents([this](Document& document) { return SendDocument(document); });
  const auto take = [&](const StockRow& row, const CsvRow& raw) {
    ++to_.report.rows;
    if (row.quantity_milli == 0) {
      ++to_.report.zero_quantity;
      return absl::OkStatus();
    }
    to_.report.thousandths += row.in_thousandths;
    return documents.Add(row, raw.line);
  };
  const auto refuse = [this](const CsvRow& raw, std::string_view problem) { Refuse(raw, problem); };
  if (absl::Status s = ReadRows(options_, take, refuse); !s.ok()) return s;
  if (absl::Status s = documents.Finish(); !s.ok()) return s;
  return options_.claims ? SendHeartbeats() : absl::OkStatus();
}

absl::Status EventRun::SendDocument(Document& document) {
  ++to_.report.documents;
  int64_t claim_ms = survey_.order.ClaimAt(document.store, document.time_ms);
  if (times_.complete_through_ms != 0) claim_ms = std::min(claim_ms, times_.complete_through_ms);
  return Send(document.store, {document.time_ms, claim_ms}, document.event.deltas().lines_size(),
              document.event);
}

absl::Status EventRun::SendHeartbeats() {
  const std::vector<std::string> seen = survey_.order.Stores();
  for (const std::string& store : seen)
    to_.report.stores_out_of_order += !survey_.order.InOrder(store);
  std::set<std::string> stores(seen.begin(), seen.end());
  if (options_.all_stores || options_.kind == Kind::kHeartbeats) {
    const std::vector<std::string> ever = book_.StoresEverSent();
    for (const std::string& store : ever) {
      if (Wants(options_, store)) stores.insert(store);
    }
  }
  to_.report.stores = static_cast<int64_t>(stores.size());
  const int64_t claim_ms =
      times_.complete_through_ms != 0 ? times_.complete_through_ms : survey_.order.latest_ms();
  if (claim_ms == 0) return absl::OkStatus();
  for (const std::string& store : stores) {
    v1::StockEvent event;
    event.mutable_heartbeat();
    if (absl::Status s = Send(store, {claim_ms, claim_ms}, 0, event); !s.ok()) return s;
  }
  return absl::OkStatus();
}

void EventRun::Refuse(const CsvRow& raw, std::string_view problem) {
  ++to_.report.rows;
  ++to_.report.rejected;
  to_.rejects.Add(raw, problem);
}

// The time at which the run was begun first, which `now` means however often it is repeated.
absl::StatusOr<int64_t> BeginRun(const SendOptions& options, SequenceBook& book, int64_t now_ms) {
  absl::StatusOr<Run> run = DescribeRun(options);
  if (!run.ok()) return run.status();
  if (options.new_epoch) {
    if (absl::Status s = book.StartEpoch(options.source, now_ms); !s.ok()) return s;
  }
  return book.Begin(*run, options.again, now_ms);
}

}  // namespace

absl::Status SendEvents(const SendOptions& options, SequenceBook& book, Outlets& to) {
  const int64_t now_ms = to.now_ms();
  if (absl::Status s = ResolveTimes(options, now_ms).status(); !s.ok()) return s;
  absl::StatusOr<Survey> survey = SurveyFile(options);
  if (!survey.ok()) return survey.status();
  absl::StatusOr<int64_t> begun_ms = BeginRun(options, book, now_ms);
  if (!begun_ms.ok()) return begun_ms.status();
  absl::StatusOr<Times> times = ResolveTimes(options, *begun_ms);
  if (!times.ok()) return times.status();

  EventRun run(options, book, *survey, *times, to);
  absl::Status sent = options.kind == Kind::kList        ? run.SendList()
                      : options.kind == Kind::kMovements ? run.SendMovements()
                                                         : run.SendHeartbeats();
  if (sent.ok()) sent = to.sender.Flush();
  return sent.ok() ? book.Finish() : sent;
}

}  // namespace shelf::agent
