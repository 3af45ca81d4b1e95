#include <algorithm>
#include <limits>
#include <utility>

#include "base/check.h"
#include "state/checkpoint_store.h"

namespace shelf {
namespace {

uint32_t KeyBytes(std::string_view key) {
  SHELF_CHECK(!key.empty() && key.size() <= std::numeric_limits<uint32_t>::max(),
              "a row needs a key of 1 byte to 4 GiB");
  return static_cast<uint32_t>(key.size());
}

uint32_t ValueBytes(std::string_view value) {
  SHELF_CHECK(value.size() <= std::numeric_limits<uint32_t>::max(), "a value above 4 GiB");
  return static_cast<uint32_t>(value.size());
}

}  // namespace

void CheckpointBatch::Put(std::string_view key, std::string_view value) {
  rows_.push_back({buffer_.size(), KeyBytes(key), ValueBytes(value), false});
  buffer_.append(key).append(value);
}

void CheckpointBatch::Delete(std::string_view key) {
  rows_.push_back({buffer_.size(), KeyBytes(key), 0, true});
  buffer_.append(key);
}

void CheckpointBatch::Clear() {
  buffer_.clear();
  rows_.clear();
}

void CheckpointBatch::Append(const CheckpointBatch& later) {
  const uint64_t moved_by = buffer_.size();
  buffer_ += later.buffer_;
  rows_.reserve(rows_.size() + later.rows_.size());
  for (Row row : later.rows_) {
    row.at += moved_by;
    rows_.push_back(row);
  }
}

void CheckpointBatch::DropSuperseded() {
  CheckpointBatch kept;
  VisitSorted([&kept](std::string_view key, std::string_view value) {
    if (value.data() == nullptr) {
      kept.Delete(key);
    } else {
      kept.Put(key, value);
    }
  });
  std::swap(*this, kept);
}

void CheckpointBatch::VisitSorted(
    const std::function<void(std::string_view key, std::string_view value)>& visit) {
  const std::string_view buffer = buffer_;
  const auto key_of = [buffer](const Row& row) { return buffer.substr(row.at, row.key_bytes); };
  std::sort(rows_.begin(), rows_.end(), [&key_of](const Row& a, const Row& b) {
    const int order = key_of(a).compare(key_of(b));
    // Keys are not empty, so the place in the buffer tells which row came later.
    return order != 0 ? order < 0 : a.at < b.at;
  });
  for (size_t i = 0; i < rows_.size(); ++i) {
    const Row& row = rows_[i];
    if (i + 1 < rows_.size() && key_of(rows_[i + 1]) == key_of(row)) {
      continue;
    }
    visit(key_of(row), row.deleted ? std::string_view()
                                   : buffer.substr(row.at + row.key_bytes, row.value_bytes));
  }
}

}  // namespace shelf
