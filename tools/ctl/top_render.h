// A picture of `shelfctl top` as text. Pure.
#pragma once

#include <string>
#include <vector>

#include "ctl/top_watch.h"

namespace shelf::ctl {

struct Row {
  std::string text;    // at most `columns` characters, no control characters, no line end
  bool alarm = false;  // worth the eye: drawn so that it stands out where the terminal can
  friend bool operator==(const Row&, const Row&) = default;
};

// For a terminal: at most 20 rows of at most `columns` characters, and 18 while no channel is held
// back by more than five stages. Channels that find no room are named in a last row.
std::vector<Row> Block(const Picture& picture, size_t columns);

// For everything else: one line, of any length, without a line end.
std::string Line(const Picture& picture);

}  // namespace shelf::ctl
