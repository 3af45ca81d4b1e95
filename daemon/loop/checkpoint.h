// The world to rows and back. A checkpoint is one atomic batch: what changed since the last one,
// with the input and output offsets it is the effect of.
// THREAD: the worker's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "loop/publisher.h"
#include "loop/world.h"
#include "state/checkpoint_store.h"

namespace shelf {

// What a checkpoint holds beside the world.
struct CheckpointMeta {
  int32_t partitions_total = 0;
  uint64_t incarnation = 0;                    // of the process that wrote it
  bool has_incarnation = false;                // false: nothing was ever written here
  int64_t reference_next = 0;                  // first reference record not in the tables
  std::map<OutputPartition, int64_t> outputs;  // offset after our newest acknowledged record
};

// Names of output topics. Rows hold names: a Topic of a channel is its place among the channels,
// which another rules file changes.
using OutputTopics = std::map<Topic, std::string>;

// Reference records applied since the last checkpoint, by key; nullopt = removed.
using ReferenceDelta = std::map<std::string, std::optional<std::string>>;

// Appends everything that changed and takes the marks of change off.
class CheckpointGatherer {
 public:
  explicit CheckpointGatherer(World& world) : world_(world) {}

  // `topics`: names of the topics in meta.outputs.
  void Gather(const CheckpointMeta& meta, const OutputTopics& topics, ReferenceDelta& reference,
              CheckpointBatch& batch);
  // What was restored is not written again.
  void Restored();

 private:
  void GatherNames(CheckpointBatch& batch);
  void GatherMeta(const CheckpointMeta& meta, const OutputTopics& topics, CheckpointBatch& batch);
  void GatherChannels(CheckpointBatch& batch);
  void GatherPartitions(CheckpointBatch& batch);
  void GatherStores(CheckpointBatch& batch);
  void GatherRing(Store& store, CheckpointBatch& batch);
  void GatherPositions(CheckpointBatch& batch);

  World& world_;
  uint32_t store_names_saved_ = 0;
  uint32_t sku_names_saved_ = 0;
  std::string row_;  // reused
};

// Reads the meta rows alone. DataLoss when they cannot be read; FailedPrecondition for a format
// that this version does not read. Offsets of topics that are not in `topics` are left out.
absl::StatusOr<CheckpointMeta> ReadMeta(CheckpointStore& store, const OutputTopics& topics);

// The channels that the positions' rows have slots of, in their order, and where each one's
// availability went. DataLoss when the row cannot be read; none when nothing was ever written.
struct SavedChannel {
  std::string name, topic;
  bool json = false;  // the form of its records; not told before format 4
};
absl::StatusOr<std::vector<SavedChannel>> ReadChannels(CheckpointStore& store);

// Fills an empty world. Slots are matched by channel name; keys that were not clean, and
// those of a channel whose topic is another now, are put into Partition::say_again. DataLoss names
// the row that cannot be read.
absl::Status RestoreWorld(CheckpointStore& store, World& world);

}  // namespace shelf
