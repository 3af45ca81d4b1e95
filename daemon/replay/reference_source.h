// The recorded reference data as a Source, let through as far as the ticks have named it: so it
// reaches the worker before the tick that brings it into force, and not earlier than it must.
// THREAD: one owner.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/source.h"
#include "replay/record_file.h"

namespace shelf {

class ReferenceSource final : public Source {
 public:
  explicit ReferenceSource(std::unique_ptr<RecordFileReader> file) : file_(std::move(file)) {}

  // Records up to and with this offset may come.
  void LetThrough(int64_t offset) { through_ = std::max(through_, offset); }
  int64_t through() const { return through_; }

  absl::Status Poll(int wait_ms, size_t records_max, std::vector<Record>& out) override;
  // What is let through is all that there is.
  int64_t EndSeen(int32_t partition) const override;

  const RecordFileReader& file() const { return *file_; }

 private:
  struct Owned {
    Record record;
    std::string key, value;
  };

  std::unique_ptr<RecordFileReader> file_;
  const Record* next_ = nullptr;  // read and not given yet
  bool ended_ = false;
  int64_t through_ = -1;
  std::vector<Owned> given_;  // reused; what the last Poll gave
};

}  // namespace shelf
