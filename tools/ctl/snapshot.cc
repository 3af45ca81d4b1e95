#include "ctl/snapshot.h"

#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ctl/csv.h"
#include "ctl/explanations.h"
#include "loop/checkpoint.h"
#include "rules/stage.h"
#include "state/rows.h"

namespace shelf::ctl {
namespace {

namespace fs = std::filesystem;

absl::Status Unreadable(std::string_view key) {
  return absl::DataLossError(
      absl::StrCat("checkpoint row ", absl::CHexEscape(absl::string_view(key.data(), key.size())),
                   " cannot be read"));
}

bool SameFolder(const std::string& a, const std::string& b) {
  std::error_code error;
  return fs::equivalent(a, b, error) && !error;
}

absl::StatusOr<CheckpointFolder> AskForCopy(const AdminClient& client) {
  const absl::StatusOr<Json> answer = client.Post("/v1/copy");
  if (!answer.ok()) return answer.status();
  return CheckpointFolder(answer->value("path", std::string()), /*is_copy=*/true);
}

// The checkpoint of a state folder; a copy or a backup is one itself.
CheckpointFolder FolderIn(const std::string& state_dir) {
  std::error_code ignored;
  const fs::path inside = fs::path(state_dir) / kCheckpointFolder;
  const bool is_one =
      !fs::exists(inside, ignored) && fs::exists(fs::path(state_dir) / "CURRENT", ignored);
  return CheckpointFolder(is_one ? state_dir : inside.string(), /*is_copy=*/false);
}

class CsvWriter {
 public:
  CsvWriter(CheckpointStore& store, SnapshotWhat what, std::ostream& out)
      : store_(store), what_(what), out_(out) {}

  absl::StatusOr<uint64_t> Run() {
    for (const auto step : {&CsvWriter::ReadStores, &CsvWriter::ReadSkus, &CsvWriter::ReadChannels,
                            &CsvWriter::WriteRows}) {
      if (absl::Status status = (this->*step)(); !status.ok()) return status;
    }
    return rows_;
  }

 private:
  absl::Status ReadStores() { return ReadNames(RowKind::kStoreName, stores_); }
  absl::Status ReadSkus() { return ReadNames(RowKind::kSkuName, skus_); }

  absl::Status ReadNames(RowKind kind, std::vector<std::string>& names) {
    return store_.Scan(Prefix(kind), [&](std::string_view key, std::string_view value) {
      if (FirstNumber(key) != names.size()) return Unreadable(key);
      names.push_back(CsvField(value));
      return absl::OkStatus();
    });
  }

  absl::Status ReadChannels() {
    const absl::StatusOr<std::vector<SavedChannel>> channels = shelf::ReadChannels(store_);
    if (!channels.ok()) return channels.status();
    for (const SavedChannel& channel : *channels) channels_.push_back(CsvField(channel.name));
    return absl::OkStatus();
  }

  absl::Status WriteRows() {
    const bool positions = what_ == SnapshotWhat::kPositions;
    out_ << (positions ? "store,sku,on_hand_milli\n"
                       : "channel,store,sku,sellable,status,published\n");
    PositionRow row;
    return store_.Scan(Prefix(RowKind::kPosition), [&](std::string_view key,
                                                       std::string_view value) {
      const uint32_t store = FirstNumber(key);
      const uint32_t sku = SecondNumber(key);
      if (store >= stores_.size() || sku >= skus_.size() || !DecodePosition(value, row) ||
          row.slots.size() > channels_.size()) {
        return Unreadable(key);
      }
      if (positions) {
        out_ << stores_[store] << ',' << skus_[sku] << ',' << row.position.on_hand_milli << '\n';
        ++rows_;
      } else {
        WriteSlots(row, stores_[store], skus_[sku]);
      }
      return absl::OkStatus();
    });
  }

  void WriteSlots(const PositionRow& row, const std::string& store, const std::string& sku) {
    for (size_t c = 0; c < row.slots.size(); ++c) {
      const PositionRow::ChannelSlot& slot = row.slots[c];
      out_ << channels_[c] << ',' << store << ',' << sku << ',' << slot.sellable << ','
           << StatusName(static_cast<Status>(slot.flags & SlotFlags::kStatusMask)) << ','
           << ((slot.flags & SlotFlags::kPublished) != 0 ? 1 : 0) << '\n';
      ++rows_;
    }
  }

  CheckpointStore& store_;
  const SnapshotWhat what_;
  std::ostream& out_;
  std::vector<std::string> stores_, skus_, channels_;  // as CSV fields
  uint64_t rows_ = 0;
};

}  // namespace

CheckpointFolder::CheckpointFolder(CheckpointFolder&& other) noexcept
    : path_(std::move(other.path_)), is_copy_(std::exchange(other.is_copy_, false)) {}

CheckpointFolder::~CheckpointFolder() {
  std::error_code ignored;
  if (is_copy_ && !path_.empty()) fs::remove_all(path_, ignored);
}

absl::StatusOr<CheckpointFolder> FindCheckpoint(const AdminClient& client,
                                                const std::string& state_dir) {
  if (state_dir.empty()) {
    absl::StatusOr<CheckpointFolder> copy = AskForCopy(client);
    if (absl::IsUnavailable(copy.status())) {
      return absl::UnavailableError(absl::StrCat(
          copy.status().message(), "; without a daemon say --state DIR to read its folder"));
    }
    return copy;
  }
  const absl::StatusOr<Json> status = client.Get("/v1/status");
  const bool its_own =
      status.ok() && SameFolder(status->value("state_dir", std::string()), state_dir);
  if (its_own) return AskForCopy(client);
  return FolderIn(state_dir);
}

absl::StatusOr<uint64_t> WriteCsv(CheckpointStore& store, SnapshotWhat what, std::ostream& out) {
  if (what == SnapshotWhat::kExplanations) return WriteExplanations(store, out);
  return CsvWriter(store, what, out).Run();
}

}  // namespace shelf::ctl
