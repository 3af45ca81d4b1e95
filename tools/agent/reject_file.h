// rejected.csv: the rows that could not be used, for a person to repair and send again. It grows
// from run to run until that person takes it away; a run that is repeated adds its rows again.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "agent/csv_reader.h"

namespace shelf::agent {

class RejectFile {
 public:
  // Touches nothing before the first row. A file above kBytesMax then makes room: it becomes
  // PATH.old, in place of the one before.
  static constexpr uint64_t kBytesMax = uint64_t{64} << 20;
  RejectFile(std::string path, std::string source_file);

  // Columns file, line, reason, row; the last is the row as it was, separated by commas.
  void Add(const CsvRow& row, std::string_view reason);

  // Internal: a row could not be written.
  absl::Status Close();

 private:
  void Open();

  const std::string path_;
  const std::string source_file_;
  std::ofstream out_;
  bool used_ = false;
};

}  // namespace shelf::agent
