// The loop: one thread that owns its partitions and all their state. It polls stock events and
// reference data, applies them, evaluates what changed, publishes what differs, and checkpoints.
// The same worker runs over Kafka, over memory in tests, and under `shelfd pipe`.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "decode/event.h"
#include "io/sink.h"
#include "io/source.h"
#include "loop/checkpoint.h"
#include "loop/evaluator.h"
#include "loop/foreign_records.h"
#include "loop/list_decision.h"
#include "loop/messages.h"
#include "loop/missing_topics.h"
#include "loop/outbox.h"
#include "loop/publisher.h"
#include "loop/reference_writer.h"
#include "loop/rejects.h"
#include "loop/rules_reload.h"
#include "loop/sweeps.h"
#include "loop/world.h"
#include "position/apply.h"
#include "state/checkpoint_writer.h"

namespace shelf {

struct WorkerOptions {
  WorldOptions world;
  std::string input_topic = "stock-events";
  // Names of the topics that availability goes to: offsets are kept by name.
  std::map<Topic, std::string> availability_topics = {{Topic::kAvailability, "availability"}};
  size_t batch_records_max = 5000;
  size_t outbox_keys_max = 200'000;  // above: no intake until the outbox has drained
  size_t in_flight_max = 10'000;
  // Rejects that are not acknowledged, and what they hold; above either, no intake. One record more
  // may come on top.
  size_t rejects_max = 1000;
  size_t rejects_bytes_max = size_t{64} << 20;
  int64_t checkpoint_interval_ms = 1000;  // at least 500
  int64_t tick_interval_ms = 1000;
  int64_t beacon_interval_ms = 30'000;
  // `shelfd pipe` and tests: what was decided goes out after a tick's due timers only.
  bool publish_on_ticks_only = false;
  // `shelfd pipe`: ticks come with the input; none are written.
  bool writes_ticks = true;
  // Without a store too the journal of publications is kept, in memory: of each key its newest.
  bool keeps_journal = false;
  // Of the rule set that the worker begins with, when the checkpoint does not know it: for people.
  std::string rules_source = "built in";
  // The brake on mass zeroing by a new rule set, 0 … 1.
  double rules_zero_share_max = 0.3;
  // Where the availability of a channel goes that a later rule set adds. Null: kAvailability.
  std::function<OutputRoute(const std::string& channel)> route_of;
  // For tests; every worker of one log must have the same.
  int64_t sweep_positions_per_tick = kSweepPositionsPerTick;
};

struct WorkerCounters {
  uint64_t records = 0, lines = 0, ticks = 0, duplicates = 0;
  uint64_t lists_held = 0;       // lists that had to wait for an operator
  uint64_t reserved_beyond = 0;  // reservations of more than there was
  uint64_t checkpoints = 0, checkpoints_failed = 0;
  uint64_t outputs_cut = 0;   // times that an output's log was found cut off or made anew
  uint64_t foreign_keys = 0;  // said again since somebody else had written them
};

// A worker's life. It never goes back; a restart is a new worker.
//
//   kNew --Restore()--> kRestored --Begin()--> kRunning
//
// Within kRunning each partition catches up on its own: nothing of it is published until the
// owner's own first tick, appended at its start, comes back from the log.
enum class WorkerState : uint8_t { kNew, kRestored, kRunning };

// What the start protocol learnt from the broker before the first event.
struct StartFacts {
  uint64_t incarnation = 1;
  // Keys found in the output topics past the checkpointed offsets, by input partition.
  std::vector<std::pair<int32_t, KeyNames>> written_since = {};
  // Input partitions whose output log begins after the checkpoint knew it: all their keys again.
  std::vector<int32_t> outputs_cut = {};
  // Where each output partition's log ended then.
  std::map<OutputPartition, int64_t> output_ends = {};
  // Where the logs begin, for partitions and reference data that nothing was restored of.
  std::map<int32_t, int64_t> input_starts = {};
  int64_t reference_start = 0;
  // The reference source begins at the log's begin, though there is a state: it may hold records
  // whose removal the topic has forgotten. What ReadReferenceThrough does not meet is removed.
  bool reference_anew = false;
  // Where the input partitions ended before our first tick: what stands below was there before us,
  // also a tick that bears our number, from a log whose start records were made anew.
  std::map<int32_t, int64_t> input_ends = {};
  // No catch-up: `shelfd pipe` and tests that start from nothing.
  bool caught_up = false;
  // The log is a recording: a partition goes live with its first tick, whoever's it is.
  bool any_tick_is_ours = false;
};

// Channels of keys in the outputs that neither the checkpoint nor the rules know: rules were lost
// with the disk that brought them.
struct StrayChannels {
  std::vector<std::string> retired;  // since the start: their keys are said to be zero
  // No place was left for them. Their keys are in the checkpoint until a later start has one.
  std::vector<std::string> beyond;
  size_t keys_beyond = 0;
};

class Worker {
 public:
  // `store` may be null (pipe): then nothing is kept. `outputs` by channel of the rule set.
  Worker(WorkerOptions options, std::unique_ptr<RuleSet> rules, std::vector<OutputRoute> outputs,
         CheckpointStore* store);
  ~Worker();

  // Reads the checkpoint. kNew -> kRestored.
  absl::StatusOr<CheckpointMeta> Restore();
  // Takes the partitions over. The sources and the sink outlive the worker; `reference` starts at
  // the restored meta's reference_next and may be null. kRestored -> kRunning.
  void Begin(const StartFacts& facts, const std::vector<int32_t>& partitions, Source& events,
             Source* reference, Sink& sink);

  // By partition: a part of its log is gone for good, and it goes on at this offset; see
  // loop/loss.h. Durable when it returns ok, so before anything is published by it. After Begin,
  // before the first record.
  absl::Status AcceptLoss(const std::map<int32_t, int64_t>& begins);

  // Reads reference data up to and with `last_offset`, so that it is at hand before the first
  // event; it comes into force with the ticks. Unavailable after `turns_max` waits of 100 ms
  // without a record.
  absl::Status ReadReferenceThrough(int64_t last_offset, int turns_max);

  // One turn of the loop. `wall_ms`: Unix ms by the caller's clock, for ticks and the checkpoint's
  // pace alone. Waits at most `wait_ms` for input. An error is the environment's and final: the
  // process ends and starts again from its last checkpoint.
  absl::Status RunOnce(int64_t wall_ms, int wait_ms);

  // Handles one record as if polled. For pipe, which feeds line by line.
  void Handle(const Record& record);
  void HandleReference(std::string_view key, std::optional<std::string_view> value,
                       const Record& record);
  // Sends what is decided, as a tick does.
  void Publish();

  // What somebody else may have written to the outputs while we run (a predecessor that was thought
  // dead): `ends` are where their logs ended at some moment before. Returns what has to be read of
  // them, TakeForeign takes what was found. Until then no checkpoint goes past it. What is not
  // taken is named again.
  std::vector<OutputSpan> SawOutputEnds(const std::map<OutputPartition, int64_t>& ends);
  // Says the keys again that were found. Where it was a successor who wrote, the next turn ends
  // with FailedPrecondition.
  void TakeForeign(const ForeignRecords& found);

  const StrayChannels& stray_channels() const { return strays_; }

  // Proposes a rule set: validated at once, see rules_reload.h for its way into force and for what
  // became of it. Its number; Unavailable: another is being saved.
  absl::StatusOr<uint32_t> ProposeRules(RulesProposal proposal);
  const RulesReload& rules_reload() const { return rules_reload_; }
  // A set that ticks of the log may name, loaded with world().channel_names as the channels before:
  // for a recording, whose checkpoint need not hold it. After Restore.
  void KnowRules(std::unique_ptr<RuleSet> rules);

  // Writes a checkpoint of all that is done and waits for it. For a clean stop.
  absl::Status Stop();

  // Appends an operator's decision to the log; as AppendListDecision.
  absl::Status Decide(const HoldDecision& decision) {
    return AppendListDecision(decision, world_, *sink_);
  }

  // Runs `ask` on the worker's thread between two turns. THREAD: any. The worker must be running;
  // what is still queued when it ends is dropped.
  void Post(std::function<void(Worker&)> ask);

  World& world() { return world_; }
  Evaluator& evaluator() { return evaluator_; }
  const Rejects& rejects() const { return *rejects_; }
  const Outbox& outbox() const { return outbox_; }
  // For operators' own records.
  ReferenceWriter& reference_writer() { return *reference_writer_; }
  const Publisher& publisher() const { return *publisher_; }
  const WorkerCounters& counters() const { return counters_; }
  uint64_t incarnation() const { return versions_->incarnation(); }
  // A checkpoint is being written.
  bool checkpointing() const { return writer_ != nullptr && !writer_->idle(); }
  // Every owned partition's own tick has come back.
  bool caught_up() const;
  // Nothing waits: outbox, rejects and ticks are acknowledged.
  bool idle() const;
  // Stores, or positions whose time has come, wait to be evaluated in the next ticks.
  bool sweeping() const;

 private:
  void TakeDeliveries(int wait_ms);
  void NoteFailure(const Delivery& delivery);
  absl::Status PollReference(int wait_ms);
  void TakeReference(const Record& record);
  absl::Status RemoveUnmetReference();
  bool IntakeOpen() const;
  bool Accepts(const Record& record, Partition& partition, RejectReason decoded);
  void HandleEvent(const Record& record, Partition& partition, RejectReason decoded);
  void Answer(const Record& record, Store& store, int source, const ApplyResult& result);
  void Reevaluate(Store& store, Partition& partition, const ApplyResult& result);
  void HandleDecision(const Record& record, Partition& partition, RejectReason decoded);
  void HandleTick(const Record& record, Partition& partition);
  void TakeTickRules(Partition& partition, bool is_ours);
  void SweepForRules(Partition& partition);
  void NoteRulesAtStart();
  void StepRules();
  void AddRoutes();
  bool RulesAreSettled() const;
  void PutInForce(std::string_view key, std::optional<std::string_view> value,
                  const Record& record);
  void PassStoresTime(Partition& partition);
  void RunDue(Partition& partition, bool all_lags);
  void GoLive(Partition& partition);
  void SayAgain(Partition& partition);
  void SayKeyAgain(const KeyNames& names, ChannelId channel, Partition& partition);
  std::map<std::string, size_t> StrayKeys() const;
  void RetireStrays();
  void AlignRules(Partition& partition);
  void SayAllAgain(Partition& partition);
  void ApplyReferenceThrough(int64_t offset);
  void NoteReferenceChange(const ReferenceChange& change, bool printed_changed);
  Store* StoreNamed(std::string_view name);
  void NoteStoreChange(std::string_view name, bool printed_changed);
  void NoteItemChange(const ReferenceChange& change, bool printed_changed);
  void SayAgainOrLater(PositionId id, const Partition& partition);
  void NoteListingChange(const ReferenceChange& change);
  void NoteStopChange(const ReferenceChange& change);
  // What is being handled.
  Cause CauseOf(const Partition& partition) const {
    return {.offset = partition.next_offset, .kind = why_, .reference_offset = why_reference_};
  }
  void RefuseLines(const Record& record, const Partition& partition);
  absl::Status Checkpoint(int64_t wall_ms);
  void TakeCheckpoint();
  void RunPosted();

  const WorkerOptions options_;
  std::vector<OutputRoute> outputs_;  // by ChannelId
  CheckpointStore* const store_;

  World world_;
  Outbox outbox_;
  Evaluator evaluator_;
  Sweeps sweeps_;
  RulesReload rules_reload_;
  std::unique_ptr<Versions> versions_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<Rejects> rejects_;
  std::unique_ptr<ReferenceWriter> reference_writer_;
  std::unique_ptr<Beacon> beacon_;
  std::unique_ptr<Requests> requests_;
  std::unique_ptr<Ticker> ticker_;
  Source* events_ = nullptr;
  Source* reference_ = nullptr;
  Sink* sink_ = nullptr;

  WorkerState state_ = WorkerState::kNew;
  WorkerCounters counters_;
  StrayChannels strays_;
  CauseKind why_ = CauseKind::kRecord;  // of what is evaluated now
  int64_t why_reference_ = -1;
  MissingTopics missing_;
  bool any_tick_is_ours_ = false;
  int64_t wall_ms_ = 0;   // of the turn
  absl::Status failure_;  // of a delivery that trying again cannot mend
  CheckpointMeta meta_;
  CheckpointGatherer gatherer_;
  std::unique_ptr<CheckpointWriter> writer_;
  CheckpointBatch checkpoint_;
  int64_t last_checkpoint_ms_ = INT64_MIN;
  bool changed_since_checkpoint_ = false;
  bool checkpoint_due_ = false;

  // Reference records read and not in force yet: a tick has to name their offset.
  struct PendingReference {
    int64_t offset;
    std::string key;
    std::optional<std::string> value;
  };
  std::deque<PendingReference> reference_pending_;
  size_t reference_pending_bytes_ = 0;
  int64_t reference_seen_ = -1;
  // While the topic is read anew: the keys met so far.
  std::optional<absl::flat_hash_set<std::string>> reference_met_;
  ReferenceDelta reference_delta_;

  // Reused between records.
  Event event_;
  std::vector<PositionId> touched_;
  std::vector<Record> batch_;  // borrowed from events_ until it is polled again
  size_t handled_ = 0;         // how many of batch_ are done
  std::vector<Record> reference_batch_;
  std::vector<Delivery> deliveries_;

  std::mutex posted_mutex_;
  std::vector<std::function<void(Worker&)>> posted_;
};

}  // namespace shelf
