#include "app/publication_json.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "decode/decode.h"
#include "decode/event.h"
#include "rules/stage.h"

namespace shelf {
namespace {

std::string_view KindName(CauseKind kind) {
  switch (kind) {
    case CauseKind::kRecord:
      return "record";
    case CauseKind::kTime:
      return "time";
    case CauseKind::kReference:
      return "reference";
    case CauseKind::kRules:
      return "rules";
    case CauseKind::kStart:
      return "start";
    case CauseKind::kForeign:
      return "foreign";
  }
  return "";
}

std::string_view BodyName(Body body) {
  switch (body) {
    case Body::kNone:
      return "unknown";
    case Body::kDeltas:
      return "movement";
    case Body::kCounts:
      return "count";
    case Body::kSnapshotBegin:
    case Body::kSnapshotChunk:
    case Body::kSnapshotEnd:
      return "list";
    case Body::kPickResults:
      return "pick";
    case Body::kReserve:
      return "reservation";
    case Body::kRelease:
      return "release";
    case Body::kHeartbeat:
      return "promise";
    case Body::kTick:
      return "tick";
    case Body::kExpectedReceipts:
      return "expected_receipts";
    case Body::kListDecision:
      return "list_decision";
  }
  return "";
}

const Line* LineOf(const Event& event, std::string_view sku) {
  const auto line = std::find_if(event.lines.begin(), event.lines.end(),
                                 [&](const Line& l) { return l.sku == sku; });
  return line == event.lines.end() ? nullptr : &*line;
}

std::string_view WhatItIs(const Event& event, const Line* line) {
  if (event.body != Body::kDeltas) return BodyName(event.body);
  if (line == nullptr && !event.lines.empty()) line = &event.lines.front();
  return line != nullptr ? ReasonName(line->reason) : BodyName(event.body);
}

Json EventJson(const ReadBack& record, std::string_view sku) {
  Event event;
  if (!record.has_value || Decode(record.value, event) == RejectReason::kMalformed) return {};
  const Line* const line = LineOf(event, sku);
  // A document's number is for people: where it has none, the one that its lines belong to.
  const std::string_view id = !event.event_id.empty() ? event.event_id : event.document;
  return {{"event_id", id.empty() ? Json() : Json(id)},
          {"source", event.source},
          {"what", WhatItIs(event, line)},
          {"store", event.store},
          {"event_ms", event.event_time.ms},
          {"quantity_milli", line != nullptr ? Json(line->quantity_milli) : Json()},
          {"by", event.decided_by.empty() ? Json() : Json(event.decided_by)}};
}

Json DocumentJson(const RecordPlace& place, const ReadBack& record, std::string_view sku) {
  if (!place.reference) return EventJson(record, sku);
  return {{"key", record.key}, {"removed", !record.has_value}};
}

void AddDocument(const RecordPlace& place, std::string_view sku, const ReadRecord& read,
                 Json& cause) {
  cause["document"] = nullptr;
  if (read == nullptr) return;
  const absl::StatusOr<std::optional<ReadBack>> record = read(place);
  if (!record.ok()) {
    cause["unread"] = std::string(record.status().message());
  } else if (!record->has_value()) {
    cause["unread"] = "the log no longer has it";
  } else {
    cause["document"] = DocumentJson(place, **record, sku);
  }
}

Json CauseJson(const Cause& cause, int32_t partition, std::string_view sku,
               const ReadRecord& read) {
  Json json{{"kind", KindName(cause.kind)}, {"partition", partition}, {"offset", cause.offset}};
  if (cause.kind == CauseKind::kRecord) {
    AddDocument({.partition = partition, .offset = cause.offset}, sku, read, json);
  } else if (cause.kind == CauseKind::kReference) {
    json["reference_offset"] = cause.reference_offset;
    AddDocument({.reference = true, .offset = cause.reference_offset}, sku, read, json);
  }
  return json;
}

}  // namespace

Json PublicationJson(const Published& published, int32_t partition, std::string_view sku,
                     const ReadRecord& read) {
  const Publication* const newest = published.newest();
  if (newest == nullptr) return {{"known", false}};
  const Publication& since = *published.since();
  const absl::string_view rule_set(newest->rule_set.data(), newest->rule_set.size());
  return {{"known", true},
          {"sellable", newest->sellable},
          {"status", StatusName(static_cast<Status>(newest->status))},
          {"rule_set", absl::BytesToHexString(rule_set)},
          {"at_ms", newest->at.ms},
          {"version", newest->version},
          {"since_ms", since.at.ms},
          {"cause", CauseJson(since.cause, partition, sku, read)}};
}

}  // namespace shelf
