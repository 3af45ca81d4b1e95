// What the tests of the stores say often: write these rows, read those.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "state/checkpoint_store.h"

namespace shelf {

using RowList = std::vector<std::pair<std::string, std::string>>;

// Puts each row; nullopt deletes.
inline absl::Status WriteAll(
    CheckpointStore& store,
    const std::vector<std::pair<std::string, std::optional<std::string>>>& rows) {
  CheckpointBatch batch;
  for (const auto& [key, value] : rows) {
    if (value) {
      batch.Put(key, *value);
    } else {
      batch.Delete(key);
    }
  }
  return store.Write(batch);
}

// In the order of the scan; empty when it fails.
inline RowList RowsOf(CheckpointStore& store, std::string_view prefix = "") {
  RowList rows;
  const absl::Status status =
      store.Scan(prefix, [&rows](std::string_view key, std::string_view value) {
        rows.emplace_back(key, value);
        return absl::OkStatus();
      });
  return status.ok() ? rows : RowList{};
}

}  // namespace shelf
