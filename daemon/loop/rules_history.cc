#include "loop/rules_history.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "state/rows.h"

namespace shelf {
namespace {

constexpr std::string_view kRulesRow = "rules";

absl::Status Unreadable(std::string_view key) {
  return absl::DataLossError(absl::StrCat(
      "checkpoint row ", absl::CHexEscape(absl::string_view(key.data(), key.size())),
      " cannot be read: restore a backup, or move the state folder away to build it from the log"));
}

}  // namespace

uint32_t RulesHistory::Add(RulesRecord record) {
  record.number = ++last_number_;
  changed_.insert(record.number);
  text_bytes_ += record.text.size();
  records_.push_back(std::move(record));
  DropBeyondBounds();
  return last_number_;
}

void RulesHistory::DropBeyondBounds() {
  while (records_.size() > kRecordsMax || (text_bytes_ > kTextBytesMax && records_.size() > 2)) {
    const RulesRecord& oldest = records_.front();
    text_bytes_ -= oldest.text.size();
    changed_.erase(oldest.number);
    dropped_.insert(oldest.number);
    records_.pop_front();
  }
}

RulesRecord* RulesHistory::FindRecord(std::string_view hash) {
  const auto found = std::find_if(records_.rbegin(), records_.rend(),
                                  [&](const RulesRecord& record) { return record.hash == hash; });
  return found == records_.rend() ? nullptr : &*found;
}

const RulesRecord* RulesHistory::Find(std::string_view hash) const {
  return const_cast<RulesHistory*>(this)->FindRecord(hash);
}

void RulesHistory::NoteInForce(std::string_view hash, PartitionTime now) {
  RulesRecord* const record = FindRecord(hash);
  if (record == nullptr || record->in_force.ms != 0) return;
  record->in_force = now;
  changed_.insert(record->number);
}

void RulesHistory::Gather(CheckpointBatch& batch) {
  std::string row;
  for (const uint32_t number : dropped_) batch.Delete(NumberKey(RowKind::kRules, number));
  dropped_.clear();
  for (const RulesRecord& record : records_) {
    if (!changed_.contains(record.number)) continue;
    row.clear();
    EncodeRules(record, row);
    batch.Put(NumberKey(RowKind::kRules, record.number), row);
  }
  changed_.clear();
  gathered_through_ = last_number_;
  row.clear();
  ByteWriter writer(row);
  writer.PutString(taken_from_file_);
  writer.Put(static_cast<uint8_t>(settled_));
  batch.Put(TextKey(RowKind::kMeta, kRulesRow), row);
}

absl::StatusOr<RulesHistory> RulesHistory::Read(CheckpointStore& store) {
  RulesHistory history;
  absl::Status status =
      store.Scan(Prefix(RowKind::kRules), [&](std::string_view key, std::string_view value) {
        RulesRecord& record = history.records_.emplace_back();
        if (!DecodeRules(value, record)) return Unreadable(key);
        record.number = history.last_number_ = FirstNumber(key);
        history.text_bytes_ += record.text.size();
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  history.gathered_through_ = history.written_through_ = history.last_number_;
  status = store.Scan(TextKey(RowKind::kMeta, kRulesRow),
                      [&](std::string_view key, std::string_view value) {
                        ByteReader reader(value);
                        history.taken_from_file_ = std::string(reader.GetString());
                        history.settled_ = reader.Get<uint8_t>() != 0;
                        return reader.done() ? absl::OkStatus() : Unreadable(key);
                      });
  if (!status.ok()) return status;
  return history;
}

}  // namespace shelf
