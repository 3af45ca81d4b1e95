// The report that docs/operating/replay.md shows is the one that comes out.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "ctl/report_text.h"
#include "replay/replayed_book.h"
#include "support/catch.h"

namespace shelf::ctl {
namespace {

constexpr char kThen[] = R"(version: 1
channels:
  own-site:
    rules:
      - {id: everywhere, safety_stock: {subtract: 1}}
)";
constexpr char kWary[] = R"(version: 1
channels:
  own-site:
    rules:
      - {id: everywhere, safety_stock: {subtract: 1}}
      - {id: fresh, when: {category: Fresh}, safety_stock: {subtract: 3}}
)";

// An afternoon of a small store: of its milk the picker finds less than the record says.
void Afternoon(LogBook& book) {
  constexpr int64_t kHourMs = 3'600'000;
  book.PutStore("0557722");
  book.PutItem("milk", "Fresh");
  book.PutItem("salad", "Fresh");
  book.PutItem("rice", "Dry");
  book.List("0557722", {{"milk", 9}, {"salad", 4}, {"rice", 40}});
  book.Tick();
  book.ReserveLines("0557722", "order-1", {{"milk", 2}, {"rice", 1}}, "own-site");
  book.Tick(kHourMs);
  book.Pick("0557722", "order-1", "milk", 2, 2);
  book.Pick("0557722", "order-1", "rice", 1, 1);
  book.ReserveLines("0557722", "order-2", {{"milk", 5}, {"salad", 2}}, "own-site");
  book.ReserveLines("0557722", "call-7", {{"rice", 2}}, "phone");
  book.Tick(kHourMs);
  book.Pick("0557722", "order-2", "milk", 5, 3);
  book.Pick("0557722", "order-2", "salad", 2, 2);
  book.Count("0557722", "milk", 3);
  book.Tick(kHourMs);
}

std::string SampleOfPage() {
  std::ifstream file(std::filesystem::path(SHELF_DOCS) / "operating/replay.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const size_t heading = page.find("\n## The report\n");
  REQUIRE(heading != std::string::npos);
  const std::string fence = "\n```\n";
  const size_t begin = page.find(fence, heading) + fence.size();
  return page.substr(begin, page.find("```\n", begin) - begin);
}

TEST_CASE("The page of replay shows a report that comes out", "[ctl]") {
  LogBook book(kThen);
  Afternoon(book);
  std::ostringstream out;
  WriteReport(ReplayRules(book, Fixed(kThen), Fixed(kWary)), out);
  CHECK(SampleOfPage() == out.str());
}

}  // namespace
}  // namespace shelf::ctl
