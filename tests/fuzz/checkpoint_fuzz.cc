// A checkpoint of which some rows are not what the daemon wrote is refused by words that name a row
// or what is wrong, or makes a world that can be evaluated and that, written and read again, is the
// same world.
//
// An input is a row of changes of the checkpoint of a day: a byte with the row's number, one with
// what to do, one with a place, one with a count of bytes, those bytes.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "fuzz/require.h"
#include "fuzz/shop_rows.h"
#include "loop/checkpoint.h"
#include "loop/rules_at_start.h"

namespace {

using namespace shelf;

constexpr uint8_t kOverwrite = 0, kCut = 1, kAppend = 2, kRemove = 3, kReplace = 4, kRenameKey = 5,
                  kCopyToKey = 6, kWays = 7;

void Change(uint8_t way, uint8_t place, std::string_view bytes, RowList& rows, size_t at) {
  auto& [key, value] = rows[at];
  switch (way) {
    case kOverwrite:
      if (place < value.size()) value.replace(place, bytes.size(), bytes);
      break;
    case kCut:
      if (place < value.size()) value.resize(place);
      break;
    case kAppend:
      value.append(bytes);
      break;
    case kRemove:
      rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case kReplace:
      value = bytes;
      break;
    case kRenameKey:
      key.replace(1, std::string::npos, bytes);
      break;
    default:
      rows.emplace_back(key.substr(0, 1).append(bytes), value);
  }
}

RowList Changed(RowList rows, std::string_view changes) {
  while (changes.size() >= 4 && !rows.empty()) {
    const auto byte = [changes](size_t at) { return static_cast<uint8_t>(changes[at]); };
    const std::string_view bytes = changes.substr(4, byte(3));
    Change(byte(1) % kWays, byte(2), bytes, rows, byte(0) % rows.size());
    changes.remove_prefix(4 + bytes.size());
  }
  return rows;
}

void Fill(const RowList& rows, MemoryStore& store) {
  CheckpointBatch batch;
  for (const auto& [key, value] : rows) batch.Put(key, value);
  Require(store.Write(batch).ok(), "a store in memory");
}

// A process up to its restore. Null: it refused, with words.
std::unique_ptr<Worker> Restored(MemoryStore& store) {
  RulesAtStart chosen;
  absl::Status status = ChooseRules(&store, kTwoRules, chosen);
  std::unique_ptr<Worker> worker;
  if (status.ok()) {
    const std::vector<OutputRoute> routes(chosen.set->channels().size());
    worker = std::make_unique<Worker>(OptionsOfADay(), std::move(chosen.set), routes, &store);
    status = worker->Restore().status();
  }
  if (status.ok()) return worker;
  Require(!status.message().empty(), "a refusal has words");
  if (absl::IsDataLoss(status)) {
    Require(status.message().find("checkpoint row ") == 0, "a refusal names the row");
  }
  return nullptr;
}

void Evaluate(Worker& worker) {
  World& world = worker.world();
  for (uint32_t id = 0; id < world.positions.size(); ++id) {
    const auto decisions = worker.evaluator().DecideAll(PositionId(id));
    for (const Decision& decision : decisions) Require(decision.sellable >= 0, "never below zero");
  }
}

// All of the world over the rows that it was read from.
void Rewrite(World& world, MemoryStore& store) {
  for (uint32_t id = 0; id < world.positions.size(); ++id) {
    world.positions.MarkDirty(PositionId(id));
  }
  for (Store& one : world.stores) {
    world.MarkDirty(one);
    one.ring_saved_next = one.state.ring.first();
  }
  CheckpointMeta meta;
  meta.partitions_total = kPartitions;
  ReferenceDelta none;
  CheckpointBatch batch;
  CheckpointGatherer(world).Gather(meta, {}, none, batch);
  Require(store.Write(batch).ok(), "a store in memory");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const RowList& rows = *new RowList(RowsOfADay());
  MemoryStore store;
  Fill(Changed(rows, {reinterpret_cast<const char*>(data), size}), store);
  const std::unique_ptr<Worker> worker = Restored(store);
  if (worker == nullptr) {
    Require(size != 0, "what nobody changed is taken");
    return 0;
  }
  const Lines before = Describe(worker->world());
  Evaluate(*worker);
  Rewrite(worker->world(), store);
  const std::unique_ptr<Worker> again = Restored(store);
  Require(again != nullptr, "what was restored can be written and read");
  const Lines difference = Difference(before, Describe(again->world()));
  for (const std::string& line : difference) std::fprintf(stderr, "%s\n", line.c_str());
  Require(difference.empty(), "the same world");
  return 0;
}
