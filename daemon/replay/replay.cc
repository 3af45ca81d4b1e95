#include "replay/replay.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "decode/decode.h"
#include "loop/tag.h"
#include "replay/funnels.h"
#include "replay/judge.h"
#include "replay/labels.h"
#include "replay/log_merge.h"
#include "replay/offers.h"
#include "replay/report_maker.h"

namespace shelf {
namespace {

constexpr size_t kBatchMax = 1000;
constexpr int64_t kSeriesPoints = 240;
constexpr int64_t kTellEvery = 100'000;

class Comparison {
 public:
  explicit Comparison(ReplayPlan plan)
      : plan_(std::move(plan)), offers_(PartitionTime{plan_.count_from_ms}) {
    const int64_t from_ms = std::max(plan_.info.from_ms, plan_.count_from_ms);
    funnels_ = std::make_unique<Funnels>(from_ms, plan_.info.to_ms);
    series_step_ms_ = std::max<int64_t>(1000, (plan_.info.to_ms - from_ms) / kSeriesPoints);
  }

  absl::StatusOr<Report> Run() {
    if (absl::Status status = Open(); !status.ok()) return status;
    while (const Record* record = log_->Next()) {
      if (absl::Status status = Take(*record); !status.ok()) return status;
      if (++records_ % kTellEvery != 0) continue;
      plan_.progress(records_, now_ms_);
      if (!plan_.keep_on()) return absl::CancelledError("asked to stop");
    }
    if (absl::Status status = Flush(); !status.ok()) return status;
    judge_->Finish();
    return MakeReport({.info = plan_.info,
                       .sides = Sides(),
                       .labels = labels_,
                       .offers = offers_,
                       .judge = *judge_,
                       .funnels = *funnels_,
                       .differences_max = plan_.differences_max,
                       .records = records_,
                       .rules = std::move(spans_),
                       .series = std::move(series_),
                       .damages = log_->Damages()});
  }

 private:
  absl::Status Open();
  absl::Status Take(const Record& record);
  absl::Status TakeTick(const Record& record);
  absl::Status TakeJudged(const Record& record);
  absl::Status Flush();
  void Keep(const Record& record);
  void BeginPartition(int32_t partition);
  void NoteTime(Partition& partition);
  void NoteRules(const Partition& partition);
  bool Begins() const;
  void Said(size_t side, const OutRecord& record);
  void SetOffer(size_t side, PositionId id, ChannelId channel);
  uint64_t Refused() const;
  std::array<Side*, kSides> Sides() const { return {sides_[0].get(), sides_[1].get()}; }
  World& world(size_t side) { return sides_[side]->world(); }

  // A record of the batch, with its bytes.
  struct Kept {
    Record record;
    std::string key, value;
  };

  ReplayPlan plan_;
  std::unique_ptr<LogMerge> log_;
  std::array<std::unique_ptr<Side>, kSides> sides_;
  Labels labels_;
  Offers offers_;
  std::unique_ptr<Judge> judge_;
  std::unique_ptr<Funnels> funnels_;
  std::array<std::vector<Label>, kSides> channel_labels_;
  std::array<std::vector<RulesSpan>, kSides> spans_;
  std::vector<SeriesPoint> series_;
  int64_t series_step_ms_ = 1000;
  int64_t records_ = 0;
  int64_t now_ms_ = 0;  // the furthest tick
  Event event_;
  std::vector<std::unique_ptr<Kept>> kept_;  // reused; the first kept_count_ are the batch
  size_t kept_count_ = 0;
  std::vector<Record> batch_;  // reused
};

absl::Status Comparison::Open() {
  auto log = LogMerge::Open(plan_.folder, plan_.info);
  if (!log.ok()) return log.status();
  log_ = std::make_unique<LogMerge>(*std::move(log));
  for (size_t s = 0; s < kSides; ++s) {
    auto side = Side::Open({.folder = plan_.folder}, plan_.info, std::move(plan_.rules[s]),
                           [this, s](const OutRecord& record) { Said(s, record); });
    if (!side.ok()) return side.status();
    sides_[s] = *std::move(side);
  }
  judge_ = std::make_unique<Judge>(Sides(), labels_, offers_);
  return absl::OkStatus();
}

// Documents that tell what was there, and ticks, are handled alone; all others by the batch.
absl::Status Comparison::Take(const Record& record) {
  event_.Clear();
  const bool readable = record.has_value && Decode(record.value, event_) == RejectReason::kNone;
  if (readable && event_.body == Body::kTick) return TakeTick(record);
  if (readable && Judge::Wants(event_)) return TakeJudged(record);
  Keep(record);
  return kept_count_ >= kBatchMax ? Flush() : absl::OkStatus();
}

void Comparison::Keep(const Record& record) {
  if (kept_count_ == kept_.size()) kept_.push_back(std::make_unique<Kept>());
  Kept& kept = *kept_[kept_count_++];
  kept.key.assign(record.key);
  kept.value.assign(record.value);
  kept.record = record;
  kept.record.key = kept.key;
  kept.record.value = kept.value;
}

absl::Status Comparison::Flush() {
  if (kept_count_ == 0) return absl::OkStatus();
  batch_.clear();
  for (size_t i = 0; i < kept_count_; ++i) batch_.push_back(kept_[i]->record);
  kept_count_ = 0;
  for (const auto& side : sides_) {
    if (absl::Status status = side->Take(batch_); !status.ok()) return status;
  }
  SHELF_CHECK(world(0).positions.size() == world(1).positions.size(),
              "the same documents make the same positions");
  return absl::OkStatus();
}

absl::Status Comparison::TakeTick(const Record& record) {
  for (const auto& side : sides_) {
    absl::Status status = side->ReadReferenceThrough(event_.tick_reference_offset);
    if (!status.ok()) return status;
  }
  Keep(record);
  if (absl::Status status = Flush(); !status.ok()) return status;
  Partition* const partition = world(kOldSide).FindPartition(record.partition);
  if (partition != nullptr && partition->live()) NoteTime(*partition);
  return absl::OkStatus();
}

void Comparison::NoteTime(Partition& partition) {
  if (!offers_.begun(partition.id)) BeginPartition(partition.id);
  offers_.Advance(partition.id, partition.now);
  if (partition.now.ms <= now_ms_) return;
  now_ms_ = partition.now.ms;
  NoteRules(partition);
  judge_->PassTime(partition.now);
  if (now_ms_ < plan_.count_from_ms) return;
  while (funnels_->Due(now_ms_)) funnels_->Take(Sides(), labels_);
  if (Begins()) return;
  if (!series_.empty() && now_ms_ < series_.back().time_ms + series_step_ms_) return;
  SeriesPoint& point = series_.emplace_back();
  point.time_ms = now_ms_;
  for (int s = 0; s < kSides; ++s) {
    for (Label c = 0; c < labels_.channels().size(); ++c) {
      point.offered_milli[static_cast<size_t>(s)].push_back(offers_.TotalOf(s, c));
    }
  }
}

// The set of the partition whose time is the furthest: it switches first, and back first.
void Comparison::NoteRules(const Partition& partition) {
  for (size_t s = 0; s < kSides; ++s) {
    const std::string hash =
        absl::BytesToHexString(world(s).FindPartition(partition.id)->rules->set->hash());
    if (!spans_[s].empty() && spans_[s].back().hash == hash) continue;
    spans_[s].push_back({.hash = hash, .from_ms = now_ms_});
  }
}

// At the first tick of all the other partitions' first ticks are still to come: what is offered
// then is a part of what there is.
bool Comparison::Begins() const {
  const bool all = std::all_of(plan_.info.events.begin(), plan_.info.events.end(),
                               [this](const auto& events) { return offers_.begun(events.first); });
  return !all && now_ms_ == offers_.from().ms;
}

// What was offered before is known from the slots; from here on each change is told.
void Comparison::BeginPartition(int32_t partition) {
  offers_.Begin(partition, world(kOldSide).FindPartition(partition)->now);
  for (size_t s = 0; s < kSides; ++s) {
    const auto channels = static_cast<uint16_t>(world(s).channel_names.size());
    for (const StoreId store : world(s).FindPartition(partition)->stores) {
      world(s).StoreOf(store).state.index.ForEach([&](PositionId id) {
        for (uint16_t c = 0; c < channels; ++c) SetOffer(s, id, ChannelId(c));
      });
    }
  }
}

void Comparison::Said(size_t side, const OutRecord& record) {
  const Tag tag = Tag::Unpack(record.tag);
  SetOffer(side, PositionId(tag.value), tag.channel);
}

void Comparison::SetOffer(size_t side, PositionId id, ChannelId channel) {
  World& of_side = world(side);
  const Store& store = of_side.StoreOf(id);
  if (!offers_.begun(store.partition)) return;
  const Slot slot = of_side.positions.SlotOf(id, channel);
  if (!slot.Has(SlotFlags::kPublished)) return;
  const SkuId sku = of_side.positions[id].sku;
  offers_.Set(static_cast<int>(side),
              {.position = id,
               .partition = store.partition,
               .channel = labels_.ChannelOf(of_side, channel, channel_labels_[side]),
               .category = labels_.CategoryOf(of_side, sku)},
              int64_t{slot.sellable} * of_side.ItemOf(sku).step_milli,
              of_side.PartitionOf(store).now);
}

uint64_t Comparison::Refused() const {
  const auto& counts = sides_[kOldSide]->worker().rejects().counts();
  return std::accumulate(counts.begin(), counts.end(), uint64_t{0},
                         [](uint64_t sum, const auto& reason) { return sum + reason.second; });
}

absl::Status Comparison::TakeJudged(const Record& record) {
  if (absl::Status status = Flush(); !status.ok()) return status;
  // The batch's bytes live until the next Keep, and the event's views go with them.
  Keep(record);
  event_.Clear();
  Decode(kept_[0]->record.value, event_);
  judge_->Before(event_);
  const WorkerCounters& counters = sides_[kOldSide]->worker().counters();
  const uint64_t duplicates = counters.duplicates;
  const uint64_t refused = Refused();
  const size_t lines_refused = event_.rejected.size();
  if (absl::Status status = Flush(); !status.ok()) return status;
  const Partition* const partition = world(kOldSide).FindPartition(record.partition);
  const bool counts =
      partition != nullptr && partition->live() && partition->now.ms >= plan_.count_from_ms;
  const bool accepted = counters.duplicates == duplicates && Refused() <= refused + lines_refused;
  judge_->After(event_, counts, accepted);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Report> Replay(ReplayPlan plan) { return Comparison(std::move(plan)).Run(); }

}  // namespace shelf
