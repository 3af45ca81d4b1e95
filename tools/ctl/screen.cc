#include "ctl/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace shelf::ctl {
namespace {

constexpr char kClearToLineEnd[] = "\x1b[K";
constexpr char kClearBelow[] = "\x1b[J";
constexpr char kBoldRed[] = "\x1b[1;31m";
constexpr char kPlain[] = "\x1b[0m";

}  // namespace

ScreenSize SizeOf(int fd) {
  ScreenSize size;
  winsize window{};
  if (::ioctl(fd, TIOCGWINSZ, &window) != 0) return size;
  if (window.ws_col > 0) size.columns = window.ws_col;
  if (window.ws_row > 0) size.rows = window.ws_row;
  return size;
}

bool CanRedraw(int fd, const char* term) {
  return ::isatty(fd) == 1 && term != nullptr && *term != '\0' && std::string_view(term) != "dumb";
}

std::string Frame(const std::vector<Row>& rows, size_t drawn, bool colours) {
  std::string frame = drawn > 0 ? absl::StrCat("\x1b[", drawn, "A\r") : std::string();
  for (const Row& row : rows) {
    const bool coloured = row.alarm && colours;
    absl::StrAppend(&frame, coloured ? kBoldRed : "", row.text, coloured ? kPlain : "",
                    kClearToLineEnd, "\n");
  }
  return frame + kClearBelow;
}

void Screen::Draw(std::vector<Row> rows) {
  // A cursor cannot go above the terminal's first row, and it stands below the block.
  const size_t rows_max = SizeOf(fd_).rows - 1;
  if (rows.size() > rows_max) rows.resize(rows_max);
  out_ << Frame(rows, drawn_, colours_) << std::flush;
  drawn_ = rows.size();
}

}  // namespace shelf::ctl
