#include "replay/side.h"

#include <limits>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "loop/rules_at_start.h"
#include "state/rocks_store.h"
#include "state/rows.h"

namespace shelf {
namespace {

// Checkpoints go nowhere; taking one now and then lets go of what waits for it.
constexpr int64_t kForgetEveryMs = 600'000;
constexpr int kReferenceTurnsMax = 3;

WorkerOptions OptionsOf(const SideOptions& options, const RecordingInfo& info) {
  WorkerOptions made;
  made.world.partitions_total = info.partitions_total;
  made.world.ring_bytes_max_per_store = static_cast<size_t>(info.ring_bytes_max_per_store);
  made.world.ring_age_max_ms = info.ring_age_max_ms;
  made.input_topic = info.stock_events;
  made.outbox_keys_max = std::numeric_limits<size_t>::max();
  made.in_flight_max = std::numeric_limits<size_t>::max();
  made.batch_records_max = std::numeric_limits<size_t>::max();
  made.checkpoint_interval_ms = kForgetEveryMs;
  made.publish_on_ticks_only = options.publish_on_ticks_only;
  made.writes_ticks = false;
  made.keeps_journal = options.keeps_journal;
  return made;
}

StartFacts FactsOf(const RecordingInfo& info) {
  StartFacts facts;
  facts.incarnation = info.incarnation;
  facts.reference_start = info.of_reference.first;
  facts.any_tick_is_ours = true;
  for (const auto& [id, partition] : info.events) facts.input_starts[id] = partition.first;
  return facts;
}

std::vector<int32_t> PartitionsOf(const SideOptions& options, const RecordingInfo& info) {
  if (!options.partitions.empty()) return options.partitions;
  std::vector<int32_t> all;
  for (const auto& [id, partition] : info.events) all.push_back(id);
  return all;
}

}  // namespace

// The recording's state, which stays as it is; rows of the journal that come are kept in memory.
// THREAD: between two turns, and by the checkpoint thread within one.
class Side::Store final : public CheckpointStore {
 public:
  // Without its rules it is a state in which only the first set was ever in force.
  Store(std::unique_ptr<CheckpointStore> state, bool with_rules, bool keeps_journal)
      : state_(std::move(state)), with_rules_(with_rules), keeps_journal_(keeps_journal) {}

  absl::Status Write(CheckpointBatch& batch) override {
    if (!keeps_journal_) return absl::OkStatus();
    const std::lock_guard<std::mutex> lock(mutex_);
    batch.VisitSorted([this](std::string_view key, std::string_view value) {
      if (key.starts_with(Prefix(RowKind::kPublication))) journal_[std::string(key)] = value;
    });
    return absl::OkStatus();
  }
  absl::Status Scan(
      std::string_view prefix,
      const std::function<absl::Status(std::string_view, std::string_view)>& visit) override {
    if (!with_rules_ && IsOfRules(prefix)) return absl::OkStatus();
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto from = journal_.lower_bound(prefix);
    const bool newer = from != journal_.end() && from->first.starts_with(prefix);
    if (!newer) return state_->Scan(prefix, visit);
    absl::Status status;
    for (auto row = from; status.ok() && row != journal_.end(); ++row) {
      if (!row->first.starts_with(prefix)) break;
      status = visit(row->first, row->second);
    }
    return status;
  }
  absl::Status CopyTo(const std::string& /*folder*/) override {
    return absl::UnimplementedError("a replay's state is not copied");
  }

 private:
  static bool IsOfRules(std::string_view prefix) {
    return prefix.starts_with(Prefix(RowKind::kRules)) ||
           prefix == TextKey(RowKind::kMeta, "rules");
  }

  const std::unique_ptr<CheckpointStore> state_;
  const bool with_rules_;
  const bool keeps_journal_;
  std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> journal_;  // protected by mutex_
};

// Gives what Take was given.
class Side::Batch final : public Source {
 public:
  void Set(std::span<const Record> records) { records_ = records; }

  absl::Status Poll(int /*wait_ms*/, size_t /*records_max*/, std::vector<Record>& out) override {
    out.assign(records_.begin(), records_.end());
    records_ = {};
    return absl::OkStatus();
  }

 private:
  std::span<const Record> records_;
};

// Acknowledges at once, and tells the listener of availability.
class Side::Echo final : public Sink {
 public:
  explicit Echo(Listener listener) : listener_(std::move(listener)) {}

  bool TrySend(const OutRecord& record) override {
    if (record.topic == Topic::kAvailability) listener_(record);
    Delivery& delivery = delivered_.emplace_back();
    delivery.topic = record.topic;
    delivery.partition = record.partition;
    delivery.offset = next_[{record.topic, record.partition}]++;
    delivery.tag = record.tag;
    return true;
  }
  void Drain(int /*wait_ms*/, std::vector<Delivery>& out) override {
    out.insert(out.end(), delivered_.begin(), delivered_.end());
    delivered_.clear();
  }

 private:
  const Listener listener_;
  std::map<std::pair<Topic, int32_t>, int64_t> next_;
  std::vector<Delivery> delivered_;
};

Side::Side() = default;
Side::~Side() = default;

absl::StatusOr<std::unique_ptr<Side>> Side::Open(const SideOptions& options,
                                                 const RecordingInfo& info, SideRules rules,
                                                 Listener listener) {
  std::unique_ptr<Side> side(new Side());
  if (info.has_state) {
    auto state = OpenRocksStoreReadOnly(StateFolder(options.folder));
    if (!state.ok()) return state.status();
    side->store_ =
        std::make_unique<Store>(*std::move(state), rules.as_recorded, options.keeps_journal);
    if (absl::Status status = side->ChooseFirstRules(rules); !status.ok()) return status;
  }
  auto reference = RecordFileReader::Open(ReferenceFile(options.folder));
  if (!reference.ok()) return reference.status();
  side->reference_ = std::make_unique<ReferenceSource>(*std::move(reference));
  absl::Status status = side->Begin(options, info, std::move(rules), std::move(listener));
  if (!status.ok()) return status;
  return side;
}

absl::Status Side::ChooseFirstRules(SideRules& rules) {
  if (!rules.as_recorded) return absl::OkStatus();
  RulesAtStart chosen;
  absl::Status status = ChooseRules(store_.get(), rules.first->text(), chosen);
  if (status.ok()) rules.first = std::move(chosen.set);
  return status;
}

absl::Status Side::KnowRules(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    std::vector<RulesMessage> messages;
    auto set = RuleSet::Load(text, messages, world().channel_names);
    if (set == nullptr) {
      return absl::FailedPreconditionError(
          absl::StrCat("rules of the recording cannot be used: ", messages.front().text));
    }
    worker_->KnowRules(std::move(set));
  }
  return absl::OkStatus();
}

CheckpointStore* Side::store() { return store_.get(); }

absl::Status Side::Begin(const SideOptions& options, const RecordingInfo& info, SideRules rules,
                         Listener listener) {
  events_ = std::make_unique<Batch>();
  sink_ = std::make_unique<Echo>(std::move(listener));
  const std::vector<OutputRoute> routes(rules.first->channels().size(),
                                        OutputRoute{Topic::kAvailability, /*json=*/false});
  worker_ = std::make_unique<Worker>(OptionsOf(options, info), std::move(rules.first), routes,
                                     store_.get());
  const absl::StatusOr<CheckpointMeta> meta = worker_->Restore();
  if (!meta.ok()) return meta.status();
  if (absl::Status status = KnowRules(rules.texts); !status.ok()) return status;
  worker_->Begin(FactsOf(info), PartitionsOf(options, info), *events_, reference_.get(), *sink_);
  return absl::OkStatus();
}

absl::Status Side::ReadReferenceThrough(int64_t offset) {
  if (offset <= reference_->through()) return absl::OkStatus();
  reference_->LetThrough(offset);
  return worker_->ReadReferenceThrough(offset, kReferenceTurnsMax);
}

absl::Status Side::Take(std::span<const Record> records) {
  events_->Set(records);
  const uint64_t wanted = worker_->counters().records + records.size();
  const int64_t wall_ms = records.empty() ? 0 : records.back().timestamp_ms;
  do {
    if (absl::Status status = worker_->RunOnce(wall_ms, 0); !status.ok()) return status;
  } while (worker_->counters().records < wanted);
  return absl::OkStatus();
}

}  // namespace shelf
