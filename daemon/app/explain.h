// Why a channel may sell so many of a position: the whole chain from the last count to the record
// in the log, as JSON in the terms of queries.h.
//
//   channel
//   position           see PositionJson, and "evidence": see EvidenceJson
//   facts              what the stages see beside the quantity
//   stops              those that hold: id, by, reason, expires_ms, and what they name
//   base_milli
//   stages             all in order: stage, in_milli, out_milli, withheld_milli, rule (id, line),
//                      setting: what the rule in force sets for the stage, null where none does
//   sellable, status, ineligible      what would be decided now
//   changes            when that changes by itself, and to what; null: never, if nothing is heard.
//                      at_ms, sellable, status, ineligible, stage (the first that differs, or
//                      "base"), rule. undecided_from_ms instead of all but that: beyond the
//                      horizon of loop/outlook.h nothing is said
//   held_rise          a rise that `steady` holds: level, since_ms, until_ms; null: none
//   last               what was decided last and what became of it, and "waits": null, "outbox",
//                      "in_flight" or "rise_held" (for the channel's min_interval)
//   agrees             what would be decided now is what was decided last
//   published          see publication_json.h; null where nothing ever was
//   rule_set, rules    its hash; file: where its text came from, by, and since_ms: when the store's
//                      partition began to go by it; each null where it is not known
//   until_ms           when it is evaluated again at the latest, whether or not it changes then
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "app/publication_json.h"
#include "app/queries.h"
#include "loop/evaluator.h"
#include "loop/world.h"

namespace shelf {

// Of a world that stands still: without "waits" and "published". NotFound says what is unknown.
// THREAD: the world's.
absl::StatusOr<Json> ExplainKey(World& world, Evaluator& evaluator, const KeyNames& key);

// What a worker knows of a key. It lacks what lies on disk and in the log, see Complete.
struct Explanation {
  Json json;
  KeyNames key;
  StoreId store;
  SkuId sku;
  int32_t partition = 0;
  bool ever_published = false;
  Published published;  // newer than what is on disk
};

// THREAD: the worker's.
absl::StatusOr<Explanation> ExplainKey(Worker& worker, const KeyNames& key);

// Adds "published": reads what the journal has on disk (`store` may be null: nothing) and names
// what caused it by reading that one record. What cannot be read is said in its place.
// THREAD: any that may wait.
Json Complete(Explanation explanation, CheckpointStore* store, const ReadRecord& read);

}  // namespace shelf
