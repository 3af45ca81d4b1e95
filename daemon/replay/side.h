// One run of the production worker over a recording: the loop that decides live decides here, over
// records from a file, and what it would publish goes to a listener.
// THREAD: one owner.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "io/sink.h"
#include "io/source.h"
#include "loop/worker.h"
#include "replay/recording.h"
#include "replay/reference_source.h"
#include "rules/rule_set.h"
#include "state/checkpoint_store.h"

namespace shelf {

struct SideOptions {
  std::string folder;  // of the recording
  // Whose records will come; empty: all of the recording.
  std::vector<int32_t> partitions = {};
  // What a tick decides goes out with the tick, and nothing in between; else as the daemon does,
  // after each batch.
  bool publish_on_ticks_only = false;
  // What was published of each key can be asked for, see loop/journal.h.
  bool keeps_journal = false;
};

// By which rules a side decides.
struct SideRules {
  // From the start, and for good unless `as_recorded`.
  std::unique_ptr<RuleSet> first;
  // The recording's ticks switch to the sets that they name, among these texts and those of the
  // checkpoint; where that says which set was in force, it is the first.
  bool as_recorded = false;
  std::vector<std::string> texts = {};
};

class Side {
 public:
  // Every record of availability, as it is sent. The tag says the key, see loop/tag.h.
  using Listener = std::function<void(const OutRecord& record)>;

  // Opens the state and the reference data of the recording and begins. Errors are those of the
  // files.
  static absl::StatusOr<std::unique_ptr<Side>> Open(const SideOptions& options,
                                                    const RecordingInfo& info, SideRules rules,
                                                    Listener listener);
  ~Side();
  Side(const Side&) = delete;
  Side& operator=(const Side&) = delete;

  // Reference data up to and with the offset is at hand; it comes into force with the tick that
  // names it.
  absl::Status ReadReferenceThrough(int64_t offset);

  // Handles the records, whose bytes live for the call, and publishes.
  absl::Status Take(std::span<const Record> records);

  Worker& worker() { return *worker_; }
  World& world() { return worker_->world(); }
  // Its journal, if it is kept; null: the recording has no state.
  CheckpointStore* store();
  // What of the reference data could not be read; empty: nothing.
  std::string damage() const { return reference_->file().damage(); }

 private:
  class Store;
  class Batch;
  class Echo;
  Side();
  absl::Status ChooseFirstRules(SideRules& rules);
  absl::Status KnowRules(const std::vector<std::string>& texts);
  absl::Status Begin(const SideOptions& options, const RecordingInfo& info, SideRules rules,
                     Listener listener);

  std::unique_ptr<Store> store_;  // null: the recording has no state
  std::unique_ptr<Batch> events_;
  std::unique_ptr<ReferenceSource> reference_;
  std::unique_ptr<Echo> sink_;
  std::unique_ptr<Worker> worker_;
};

}  // namespace shelf
