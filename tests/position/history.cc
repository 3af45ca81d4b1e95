#include "position/history.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>

namespace shelf::position_test {
namespace {

constexpr const char* kSkus[] = {"a", "b", "c"};

class HistoryMaker {
 public:
  explicit HistoryMaker(uint64_t seed) : random_(seed) {}

  std::vector<Delivery> Make(int documents);

 private:
  struct Sent {
    Delivery delivery;
    int64_t place = 0;  // of arrival
  };

  int64_t Below(int64_t bound) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(bound));
  }
  bool Percent(int64_t percent) { return Below(100) < percent; }
  EventTime Ago(int64_t from_minutes, int64_t to_minutes) {
    const int64_t minutes = from_minutes + Below(to_minutes - from_minutes + 1);
    return EventTime{now_.ms - minutes * kMinuteMs};
  }
  int64_t Units(int64_t from, int64_t to) { return (from + Below(to - from + 1)) * 1000; }

  Document From(const char* source, Body body, EventTime time);
  void AddLines(int64_t from, int64_t to, Document& document);
  void Send(Document document);
  void TillDocument();
  void BookDocument();
  void ScanDocument();
  void BookDelta();
  void BookList();

  std::mt19937_64 random_;
  EventTime now_ = At("08:00");
  std::map<std::string, uint64_t> sequences_;
  int lists_ = 0;
  std::vector<Sent> sent_;
};

Document HistoryMaker::From(const char* source, Body body, EventTime time) {
  Document document;
  document.source = source;
  document.sequence = ++sequences_[source];
  document.body = body;
  document.time = time;
  return document;
}

void HistoryMaker::AddLines(int64_t from, int64_t to, Document& document) {
  for (const char* sku : kSkus) {
    if (Percent(50)) document.lines.push_back({.sku = sku, .quantity_milli = Units(from, to)});
  }
}

// Some documents are refused, some lost, some late by up to fifteen others, some come twice.
void HistoryMaker::Send(Document document) {
  if (Percent(1)) document.decoded = RejectReason::kUnknownBody;
  if (Percent(1)) document.time.ms += 3 * 60 * kMinuteMs;
  const int64_t place = static_cast<int64_t>(sequences_["all"]++) * 10;
  const bool lost = Percent(document.source == "pos" ? 3 : 2);
  const int64_t late = Percent(25) ? Below(150) : 0;
  if (!lost) sent_.push_back({{document, now_}, place + late});
  if (!lost && Percent(5)) sent_.push_back({{document, now_}, place + late + Below(300)});
}

void HistoryMaker::TillDocument() {
  const bool heartbeat = Percent(15);
  Document document = From("pos", heartbeat ? Body::kHeartbeat : Body::kDeltas, Ago(0, 5));
  if (!heartbeat) {
    const bool sale = Percent(85);
    document.reason = sale ? Reason::kSale : Reason::kReturn;
    AddLines(sale ? -3 : 1, sale ? -1 : 2, document);
  }
  if (heartbeat || Percent(30)) document.claim = Ago(0, 4);
  Send(document);
}

void HistoryMaker::BookDelta() {
  Document document = From("erp", Body::kDeltas, Ago(0, 120));
  document.reason = Percent(60) ? Reason::kSale : Reason::kReceipt;
  const bool sale = document.reason == Reason::kSale;
  AddLines(sale ? -3 : 1, sale ? -1 : 9, document);
  if (Percent(15)) document.claim = Ago(30, 90);
  Send(document);
}

void HistoryMaker::BookList() {
  const EventTime time = Ago(0, 10);
  const EventTime claim = Percent(60) ? Ago(20, 60) : EventTime{};
  const auto part = [&](Body body) {
    Document document = From("erp", body, time);
    document.claim = claim;
    document.list = "L" + std::to_string(lists_);
    return document;
  };
  ++lists_;
  uint64_t lines = 0;
  Send(part(Body::kSnapshotBegin));
  for (int64_t chunks = Below(3); chunks > 0; --chunks) {
    Document chunk = part(Body::kSnapshotChunk);
    AddLines(-1, 12, chunk);
    lines += chunk.lines.size();
    Send(chunk);
    if (Percent(20)) BookDelta();
  }
  Document end = part(Body::kSnapshotEnd);
  end.line_count = Percent(10) ? lines + 1 : lines;
  Send(end);
}

void HistoryMaker::BookDocument() {
  const int64_t kind = Below(100);
  if (kind < 14) {
    BookList();
  } else if (kind < 26) {
    Document heartbeat = From("erp", Body::kHeartbeat, Ago(0, 1));
    heartbeat.claim = Ago(20, 60);
    Send(heartbeat);
  } else if (kind < 32) {
    Document count = From("erp", Body::kCounts, Ago(0, 90));
    AddLines(0, 12, count);
    Send(count);
  } else {
    BookDelta();
  }
}

void HistoryMaker::ScanDocument() {
  const bool delta = Percent(10);
  Document document = From("scan", delta ? Body::kDeltas : Body::kCounts, Ago(0, 60));
  document.reason = delta ? Reason::kSale : Reason::kUnspecified;
  document.shelf_only = !delta && Percent(15);
  AddLines(0, 12, document);
  if (Percent(20)) document.claim = Ago(0, 5);
  Send(document);
}

std::vector<Delivery> HistoryMaker::Make(int documents) {
  while (static_cast<int>(sequences_["all"]) < documents) {
    now_.ms += Below(3) * kMinuteMs;
    const int64_t who = Below(100);
    if (who < 42) {
      TillDocument();
    } else if (who < 82) {
      BookDocument();
    } else {
      ScanDocument();
    }
  }
  std::stable_sort(sent_.begin(), sent_.end(),
                   [](const Sent& x, const Sent& y) { return x.place < y.place; });
  std::vector<Delivery> deliveries;
  EventTime now;
  for (Sent& sent : sent_) {
    now = std::max(now, sent.delivery.now);
    deliveries.push_back({std::move(sent.delivery.document), now});
  }
  return deliveries;
}

}  // namespace

std::vector<Delivery> MakeHistory(uint64_t seed, int documents) {
  return HistoryMaker(seed).Make(documents);
}

}  // namespace shelf::position_test
