#include "position/support.h"

#include <array>
#include <cstdio>
#include <optional>
#include <sstream>

#include "support/catch.h"

namespace shelf::position_test {
namespace {

constexpr std::array<std::string_view, 11> kReasons = {
    "unspecified", "sale",   "return", "receipt", "transfer_in",         "transfer_out",
    "adjustment",  "damage", "expiry", "recall",  "shelf_replenishment",
};

std::optional<Reason> ReasonOf(std::string_view word) {
  for (size_t i = 1; i < kReasons.size(); ++i) {
    if (kReasons[i] == word) return static_cast<Reason>(i);
  }
  return std::nullopt;
}

Body BodyOf(const std::string& word) {
  if (word == "count" || word == "shelf_count") return Body::kCounts;
  if (word == "begin") return Body::kSnapshotBegin;
  if (word == "chunk") return Body::kSnapshotChunk;
  if (word == "end") return Body::kSnapshotEnd;
  if (word == "pick") return Body::kPickResults;
  if (word == "reserve") return Body::kReserve;
  if (word == "release") return Body::kRelease;
  if (word == "expect") return Body::kExpectedReceipts;
  if (word == "heartbeat") return Body::kHeartbeat;
  if (!ReasonOf(word)) FAIL("no such body: " << word);
  return Body::kDeltas;
}

std::string BodyText(const Document& document) {
  switch (document.body) {
    case Body::kCounts:
      return document.shelf_only ? "shelf_count" : "count";
    case Body::kSnapshotBegin:
      return "begin";
    case Body::kSnapshotChunk:
      return "chunk";
    case Body::kSnapshotEnd:
      return "end";
    case Body::kPickResults:
      return "pick";
    case Body::kDeltas:
      return std::string(kReasons[static_cast<size_t>(document.reason)]);
    default:
      return "heartbeat";
  }
}

bool IsNamed(Body body) {
  switch (body) {
    case Body::kSnapshotBegin:
    case Body::kSnapshotChunk:
    case Body::kSnapshotEnd:
    case Body::kReserve:
    case Body::kRelease:
    case Body::kExpectedReceipts:
      return true;
    default:
      return false;
  }
}

void ParseSource(const std::string& word, Document& document) {
  const size_t at = word.find('@');
  document.source = word.substr(0, at);
  if (at != std::string::npos) document.epoch = std::stoull(word.substr(at + 1));
}

Line LineOf(const DocumentLine& line, const Document& document, uint32_t number) {
  return Line{.sku = line.sku,
              .quantity_milli = line.quantity_milli,
              .found_milli = line.found_milli,
              .number = number,
              .reason = document.reason,
              .shelf_only = document.shelf_only};
}

Event EventOf(const Document& document) {
  Event event;
  event.store = "s1";
  event.source = document.source;
  event.epoch = document.epoch;
  event.sequence = document.sequence;
  event.event_time = document.time;
  event.complete_through = document.claim;
  event.body = document.body;
  event.document = document.list;
  event.line_count = document.line_count;
  event.channel = document.channel;
  event.settles_reservation = document.settles;
  event.settles_in_part = document.in_part;
  event.settles_expected = document.closes;
  event.due_or_expiry_ms = document.due_or_expiry.ms;
  for (const DocumentLine& line : document.lines) {
    event.lines.push_back(LineOf(line, document, static_cast<uint32_t>(event.lines.size() + 1)));
  }
  return event;
}

}  // namespace

EventTime At(std::string_view clock) {
  int hours = 0;
  int minutes = 0;
  int seconds = 0;
  const std::string text(clock);
  if (std::sscanf(text.c_str(), "%d:%d:%d", &hours, &minutes, &seconds) < 2) {
    FAIL("no time: " << text);
  }
  return EventTime{kMidnightMs + (hours * 60 + minutes) * kMinuteMs + seconds * 1000};
}

std::string ClockText(EventTime time) {
  const int64_t seconds = (time.ms - kMidnightMs) / 1000;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d", static_cast<int>(seconds / 3600),
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  return text.data();
}

namespace {

// Reads a word that is no SKU, with what follows it; false: it is a SKU.
bool ParseWord(const std::string& word, std::istream& in, Document& document) {
  std::string next;
  if (word == "part") {
    document.in_part = true;
  } else if (word == "claim" && in >> next) {
    document.claim = At(next);
  } else if ((word == "until" || word == "due") && in >> next) {
    document.due_or_expiry = At(next);
  } else if (word == "channel") {
    in >> document.channel;
  } else if (word == "settles") {
    in >> document.settles;
  } else if (word == "closes") {
    in >> document.closes;
  } else {
    return false;
  }
  return true;
}

}  // namespace

Document Parse(std::string_view text) {
  std::istringstream in{std::string(text)};
  Document document;
  std::string source;
  std::string body;
  std::string time;
  if (!(in >> source >> document.sequence >> body >> time)) FAIL("no document: " << text);
  ParseSource(source, document);
  document.body = BodyOf(body);
  document.reason = ReasonOf(body).value_or(Reason::kUnspecified);
  document.shelf_only = body == "shelf_count";
  document.time = At(time);
  if (IsNamed(document.body)) in >> document.list;
  if (document.body == Body::kSnapshotEnd) in >> document.line_count;
  std::string word;
  while (in >> word) {
    if (ParseWord(word, in, document)) continue;
    int64_t units = 0;
    if (!(in >> units)) FAIL("no quantity: " << text);
    if (word == "found") {
      document.lines.back().found_milli = units * 1000;
    } else {
      document.lines.push_back({.sku = word, .quantity_milli = units * 1000});
    }
  }
  return document;
}

std::string Text(const Document& document) {
  std::ostringstream out;
  out << document.source;
  if (document.epoch != 1) out << '@' << document.epoch;
  out << ' ' << document.sequence << ' ' << BodyText(document) << ' ' << ClockText(document.time);
  if (IsNamed(document.body)) out << ' ' << document.list;
  if (document.body == Body::kSnapshotEnd) out << ' ' << document.line_count;
  for (const DocumentLine& line : document.lines) {
    out << ' ' << line.sku << ' ' << line.quantity_milli / 1000;
    if (document.body == Body::kPickResults) out << " found " << line.found_milli / 1000;
  }
  if (document.claim.ms != 0) out << " claim " << ClockText(document.claim);
  if (document.decoded != RejectReason::kNone) out << " (refused by decode)";
  return out.str();
}

World::World(size_t ring_bytes_max) : store(StoreId(0), ring_bytes_max) {
  Declare("erp", SourceRole::kBook);
  Declare("pos", SourceRole::kEarly);
  Declare("scan", SourceRole::kEvidence);
  Declare("pick", SourceRole::kEvidence);
  Declare("oms", SourceRole::kEvidence);
}

void World::Declare(std::string_view source, SourceRole role, bool required) {
  SourceState declared;
  declared.name = std::string(source);
  declared.role = role;
  declared.required = required;
  store.sources.push_back(declared);
}

void World::Tick(std::string_view clock) { Tick(At(clock)); }

void World::Tick(EventTime now) {
  now_ = AsPartitionTime(now);
  time_known_ = true;
  touched.clear();
  ApplyContext context{
      .positions = positions, .skus = skus, .now = now_, .time_known = true, .touched = touched};
  PassTime(store, context);
}

ApplyResult World::Feed(std::string_view documents) {
  ApplyResult result;
  std::istringstream in{std::string(documents)};
  for (std::string line; std::getline(in, line);) {
    if (line.find_first_not_of(' ') == std::string::npos) continue;
    result = Feed(Parse(line));
  }
  return result;
}

ApplyResult World::Feed(const Document& document) {
  const int source = store.FindSource(document.source);
  if (source < 0) FAIL("no such source: " << document.source);
  Event event = EventOf(document);
  touched.clear();
  ApplyContext context{.positions = positions,
                       .skus = skus,
                       .now = now_,
                       .time_known = time_known_,
                       .record_time_ms = record_time_ms_,
                       .touched = touched};
  const ApplyResult result =
      Apply(event, document.decoded, store, static_cast<uint8_t>(source), context);
  rejected = event.rejected;
  return result;
}

PositionId World::Find(std::string_view sku) const {
  const SkuId id = skus.Find(sku);
  return id.valid() ? store.index.Find(id, positions) : PositionId();
}

int64_t World::Held(std::string_view sku) const {
  return store.reservations.HeldMilli(Find(sku)) / 1000;
}

int64_t World::HeldByOthers(std::string_view sku, std::string_view channel) const {
  return store.reservations.HeldMilliByOthers(Find(sku), channel) / 1000;
}

int64_t World::Expected(std::string_view sku) const {
  const PositionId id = Find(sku);
  int64_t sum_milli = 0;
  for (const auto& [document, record] : store.expected.by_name()) {
    for (const shelf::DocumentLine& line : record.lines) {
      if (line.position == id) sum_milli += line.quantity_milli;
    }
  }
  return sum_milli / 1000;
}

std::vector<std::string> World::Touched() const {
  std::vector<std::string> texts;
  for (const PositionId id : touched) texts.emplace_back(skus.Text(positions[id].sku));
  return texts;
}

int64_t World::OnHandMilli(std::string_view sku) const {
  const PositionId id = Find(sku);
  return id.valid() ? positions[id].on_hand_milli : 0;
}

int64_t World::OnHand(std::string_view sku) const {
  if (!Knows(sku)) FAIL("no such position: " << sku);
  const int64_t milli = OnHandMilli(sku);
  if (milli % 1000 != 0) FAIL("not whole: " << milli);
  return milli / 1000;
}

SourceState& World::SourceOf(std::string_view name) {
  const int source = store.FindSource(name);
  if (source < 0) FAIL("no such source: " << name);
  return store.sources[static_cast<size_t>(source)];
}

}  // namespace shelf::position_test
