// A file that is there whole or not at all: it is written beside its place and moved there at the
// end.
#pragma once

#include <fstream>
#include <ostream>
#include <string>

#include "absl/status/status.h"

namespace shelf::ctl {

class WholeFile {
 public:
  explicit WholeFile(std::string path) : path_(std::move(path)), part_(path_ + ".part") {}
  // Without a Commit that went well nothing of it is left, and what stood in its place still does.
  ~WholeFile();
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  // Internal when it cannot be written there.
  absl::Status Open();
  std::ostream& stream() { return stream_; }
  absl::Status Commit();

 private:
  const std::string path_, part_;
  std::ofstream stream_;
  bool begun_ = false;
};

}  // namespace shelf::ctl
