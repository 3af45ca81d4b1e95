// What the steps of a plan do to the daemon, its disk and its broker.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/murmur2.h"
#include "base/percent.h"
#include "loop/checkpoint.h"
#include "sim/universe.h"

namespace shelf::sim {

void Universe::Do(const Step& step) {
  switch (step.kind) {
    case StepKind::kStoreAway:
      return network_.StoreIsAway(step.store, now_ms_ + step.amount);
    case StepKind::kSlow:
      return network_.StoreIsSlow(step.store, step.amount, now_ms_ + step.more);
    case StepKind::kPace:
      pace_ms_ = step.amount;
      return;
    case StepKind::kKill:
      kill_.Arm(step.amount, step.salt % 2 == 0);
      killed_for_ms_ = step.more;
      return;
    case StepKind::kStop:
      return StopDaemon(step.more);
    case StepKind::kStall:
      return Stall(step);
    case StepKind::kClock:
      daemon_clock_ms_ = step.amount;
      return;
    case StepKind::kForeign:
      return Foreign(step);
    case StepKind::kDiskSlow:
      disk_slow_until_ms_ = now_ms_ + step.amount;
      return;
    case StepKind::kDiskFull:
      disk_full_until_ms_ = now_ms_ + step.amount;
      return;
    case StepKind::kBackup:
      copies_.push_back(disk_->Copy());
      return;
    case StepKind::kDiskLost:
      return LoseDisk(step);
    case StepKind::kBrokerAway:
      return BrokerGoes(step.amount);
    case StepKind::kAnswersLate:
      answers_late_until_ms_ = now_ms_ + step.amount;
      return;
    case StepKind::kSendsFail:
      if (daemon_ != nullptr) daemon_->broker().FailNext(static_cast<int>(step.amount));
      return;
    case StepKind::kProducerLost:
      if (daemon_ != nullptr) daemon_->broker().LoseProducer();
      return;
    case StepKind::kCompact:
      return Compact();
    case StepKind::kRetention:
      return Retain();
    case StepKind::kPutStore:
      return PutStore(step.store, step.salt);
    case StepKind::kPutItem:
      return PutItem(step.sku, step.salt);
    case StepKind::kDropItem:
      return DropItem(step.sku);
    case StepKind::kListing:
      return PutListing(step);
    case StepKind::kStopSale:
      return PutStop(step);
    case StepKind::kReload:
      ++checker_.totals().reloads;
      rules_file_ = rules_[static_cast<size_t>(step.amount) % rules_.size()];
      if (daemon_ != nullptr) daemon_->ReloadFile(rules_file_);
      return;
    case StepKind::kLook:
      if (daemon_ != nullptr) checker_.CompareStock(daemon_->worker().world());
      return;
    default:
      return agents_[step.store].Do(step, now_ms_);
  }
}

// The checker listens to whoever owns the outputs.
ProcessEars Universe::Ears() {
  return {.polled =
              [this](const std::vector<Record>& events) {
                if (!sleeper_turns_) checker_.Polled(events);
              },
          .offered =
              [this](const OutRecord& record) {
                if (!sleeper_turns_) checker_.Offered(record, daemon_->worker().world());
              },
          .taken =
              [this](const OutRecord& record) {
                if (!sleeper_turns_) checker_.Taken(record);
              },
          .delivered =
              [this](const Delivery& delivery) {
                if (!sleeper_turns_) checker_.Delivered(delivery);
              }};
}

// Throws Killed, as every turn of it may.
void Universe::StartDaemon() {
  if (now_ms_ < daemon_back_ms_ || now_ms_ < broker_back_ms_) return;
  daemon_ = std::make_unique<Process>(plan_, log_, disk_, kill_, Ears());
  ++checker_.totals().starts;
  checker_.ProcessBegins(static_cast<uint64_t>(log_.HighWatermark("shelfd-starts", 0)));
  Say("the daemon starts");
  const absl::Status status = daemon_->Start(rules_file_);
  if (!status.ok()) {
    checker_.Fail(
        absl::StrCat("start: the daemon does not start: ", std::string(status.message())));
  }
}

void Universe::DaemonDies(int64_t back_in_ms) {
  Say("the daemon is killed");
  daemon_.reset();
  daemon_back_ms_ = now_ms_ + back_in_ms;
}

void Universe::StopDaemon(int64_t back_in_ms) {
  if (daemon_ == nullptr || now_ms_ < disk_full_until_ms_) return;
  disk_slow_until_ms_ = 0;
  try {
    const absl::Status status = daemon_->Stop();
    if (!status.ok()) checker_.Fail(absl::StrCat("stop: ", std::string(status.message())));
  } catch (const Killed&) {
    ++checker_.totals().kills;
  }
  DaemonDies(back_in_ms);
}

// Its disk is another machine's from here on, as it was. What it has sent and not got through lies
// in its producer until it wakes up.
void Universe::Stall(const Step& step) {
  if (daemon_ == nullptr || sleeper_ != nullptr || now_ms_ < broker_back_ms_) return;
  ++checker_.totals().stalls;
  daemon_->broker().Disconnect();
  stalling_ = true;
  for (uint64_t turns = step.salt % 4; turns > 0 && daemon_ != nullptr && !failed(); --turns) {
    Turn(500);
  }
  stalling_ = false;
  if (daemon_ == nullptr) return;
  disk_ = disk_->Copy();
  sleeper_ = std::move(daemon_);
  sleeper_wakes_ms_ = now_ms_ + step.amount;
  sleeper_turns_left_ = static_cast<int>(step.salt / 4 % 5) + 1;
  daemon_back_ms_ = now_ms_ + 1000;
}

void Universe::LoseDisk(const Step& step) {
  const bool from_copy = step.amount > 0 && !copies_.empty();
  if (!from_copy && (plan_.forgets && Trimmed())) return;
  ++checker_.totals().disks_lost;
  if (from_copy) ++checker_.totals().restored;
  if (daemon_ != nullptr) DaemonDies(1000);
  disk_ = from_copy ? std::shared_ptr<Disk>(copies_.back()->Copy()) : std::make_shared<Disk>();
}

bool Universe::Trimmed() const {
  for (int32_t p = 0; p < plan_.partitions; ++p) {
    if (log_.LowWatermark("stock-events", p) > 0) return true;
  }
  return false;
}

void Universe::Foreign(const Step& step) {
  if (log_.HighWatermark("shelfd-starts", 0) == 0) return;
  ++checker_.totals().foreign;
  v1::Availability record;
  record.set_channel(plan_.names.channels[step.salt % plan_.names.channels.size()]);
  record.set_location(plan_.names.stores[step.store]);
  record.set_sku(plan_.names.skus[step.sku]);
  record.set_sellable(step.amount);
  log_.Append("availability", PartitionOf(record.location(), plan_.partitions),
              JoinKey({record.channel(), record.location(), record.sku()}),
              record.SerializeAsString());
}

void Universe::Compact() {
  for (int32_t p = 0; p < plan_.partitions; ++p) {
    log_.Compact("availability", p);
    log_.Compact("locations", p);
  }
  log_.Compact("reference", 0);
}

void Universe::Retain() {
  if (!plan_.forgets || sleeper_ != nullptr) return;
  std::vector<int64_t> needed = StoredOffsets(plan_, rules_file_, *disk_);
  for (const auto& copy : copies_) {
    const std::vector<int64_t> of_copy = StoredOffsets(plan_, rules_file_, *copy);
    for (size_t p = 0; p < needed.size(); ++p) needed[p] = std::min(needed[p], of_copy[p]);
  }
  for (int32_t p = 0; p < plan_.partitions; ++p) {
    log_.TrimBefore("stock-events", p, needed[static_cast<size_t>(p)]);
  }
}

void Universe::BrokerGoes(int64_t ms) {
  ++checker_.totals().outages;
  broker_back_ms_ = now_ms_ + ms;
  if (daemon_ != nullptr) daemon_->broker().Disconnect();
}

void Universe::BrokerTroubles() {
  if (daemon_ == nullptr) return;
  if (now_ms_ >= broker_back_ms_ && !stalling_) daemon_->broker().Connect();
  if (now_ms_ < answers_late_until_ms_) {
    daemon_->broker().cork();
  } else {
    daemon_->broker().uncork();
  }
}

void Universe::DiskTroubles() {
  const bool slow = now_ms_ < disk_slow_until_ms_;
  disk_->set_slow(slow);
  disk_->set_full(now_ms_ < disk_full_until_ms_);
  if (slow || !disk_->holds()) return;
  ++checker_.totals().checkpoints_held;
  disk_->LetGo(/*done=*/true);
  if (daemon_ != nullptr) daemon_->AwaitDisk();
}

}  // namespace shelf::sim
