#include "ctl/screen.h"

#include <fcntl.h>
#include <unistd.h>

#include "support/catch.h"

using namespace shelf::ctl;

TEST_CASE("the first block is written where the cursor is, the next over it", "[ctl]") {
  const std::vector<Row> rows = {{"one", false}, {"two", false}};
  CHECK(Frame(rows, 0, false) == "one\x1b[K\ntwo\x1b[K\n\x1b[J");
  CHECK(Frame(rows, 2, false) == "\x1b[2A\rone\x1b[K\ntwo\x1b[K\n\x1b[J");
}

TEST_CASE("an alarm is coloured only where colours are wanted", "[ctl]") {
  const std::vector<Row> rows = {{"gone", true}};
  CHECK(Frame(rows, 0, true) == "\x1b[1;31mgone\x1b[0m\x1b[K\n\x1b[J");
  CHECK(Frame(rows, 0, false) == "gone\x1b[K\n\x1b[J");
}

TEST_CASE("what is no terminal, or a dumb one, is not drawn over", "[ctl]") {
  const int file = ::open("/dev/null", O_WRONLY);
  REQUIRE(file >= 0);
  CHECK(!CanRedraw(file, "xterm"));
  CHECK(SizeOf(file).columns == 80);
  ::close(file);
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE(terminal >= 0);
  CHECK(CanRedraw(terminal, "xterm"));
  CHECK(!CanRedraw(terminal, "dumb"));
  CHECK(!CanRedraw(terminal, ""));
  CHECK(!CanRedraw(terminal, nullptr));
  ::close(terminal);
}
