// rejected.csv: the rows that could not be used, for a person to repair and send again.
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
  // Removes the file of the run before; a new one is made at the first row.
  RejectFile(std::string path, std::string source_file);

  // Columns file, line, reason, row; the last is the row as it was, separated by commas.
  void Add(const CsvRow& row, std::string_view reason);

  // Internal: a row could not be written.
  absl::Status Close();

 private:
  const std::string path_;
  const std::string source_file_;
  std::ofstream out_;
  bool used_ = false;
};

}  // namespace shelf::agent
