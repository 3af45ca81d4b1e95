// The rule sets that were taken, the newest last, with their texts: which was in force when, by
// whom and from where. In the checkpoint, so that a restart goes on with what was in force, and a
// tick of the log finds the set that it names.
// THREAD: the worker's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "state/checkpoint_store.h"
#include "state/rules_rows.h"

namespace shelf {

class RulesHistory {
 public:
  // Of those before the newest two, the oldest go when either bound is passed.
  static constexpr size_t kRecordsMax = 100;
  static constexpr size_t kTextBytesMax = size_t{64} << 20;

  // Its number, which `record` does not have yet.
  uint32_t Add(RulesRecord record);
  // A partition goes by the set from `now` on; kept when it is the first.
  void NoteInForce(std::string_view hash, PartitionTime now);

  const std::deque<RulesRecord>& records() const { return records_; }
  // The newest of that hash; null: not known (any more). Valid until the next Add.
  const RulesRecord* Find(std::string_view hash) const;

  // The text of the configured file that was taken last, by its hash. While the file says the same,
  // a set that was given otherwise stands.
  const std::string& taken_from_file() const { return taken_from_file_; }
  void set_taken_from_file(std::string hash) { taken_from_file_ = std::move(hash); }

  // Every partition goes by the newest set and nothing of it is left to be swept.
  bool settled() const { return settled_; }
  void set_settled(bool settled) { settled_ = settled; }

  // Appends what changed since the last call. Written: the checkpoint with it is on disk.
  void Gather(CheckpointBatch& batch);
  void Written() { written_through_ = gathered_through_; }
  // The record of that number is on disk.
  bool IsWritten(uint32_t number) const { return number <= written_through_; }

  // What a checkpoint holds; empty where it holds none. DataLoss names the row that cannot be read.
  static absl::StatusOr<RulesHistory> Read(CheckpointStore& store);

 private:
  RulesRecord* FindRecord(std::string_view hash);
  void DropBeyondBounds();

  std::deque<RulesRecord> records_;
  size_t text_bytes_ = 0;
  uint32_t last_number_ = 0;
  std::string taken_from_file_;
  bool settled_ = false;

  std::set<uint32_t> changed_, dropped_;  // since the last Gather
  uint32_t gathered_through_ = 0;
  uint32_t written_through_ = 0;
};

}  // namespace shelf
