// A block of rows that is drawn over itself on a terminal: the cursor goes up and each row is
// written anew. No alternate screen and no hidden cursor, so whenever it ends the last picture
// stays, with the cursor below it.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "ctl/top_render.h"

namespace shelf::ctl {

struct ScreenSize {
  size_t columns = 80;
  size_t rows = 24;
};

// The terminal on `fd` as it is now; what it does not say is 80 by 24.
ScreenSize SizeOf(int fd);
// `fd` is a terminal that can move its cursor. `term`: $TERM, may be null.
bool CanRedraw(int fd, const char* term);

// Draws `rows` in place of a block of `drawn` rows right above the cursor. In colours an alarm is
// bold red.
std::string Frame(const std::vector<Row>& rows, size_t drawn, bool colours);

class Screen {
 public:
  // `out` writes to the terminal on `fd`, which outlives the screen as `out` does.
  Screen(std::ostream& out, int fd, bool colours) : out_(out), fd_(fd), colours_(colours) {}

  size_t columns() const { return SizeOf(fd_).columns; }
  // As many of the rows as the terminal has room for above the cursor's.
  void Draw(std::vector<Row> rows);

 private:
  std::ostream& out_;
  const int fd_;
  const bool colours_;
  size_t drawn_ = 0;
};

}  // namespace shelf::ctl
