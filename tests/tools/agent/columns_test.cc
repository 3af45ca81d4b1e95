#include "agent/columns.h"

#include <string>
#include <vector>

#include "support/catch.h"

using shelf::agent::ColumnOptions;
using shelf::agent::Columns;
using shelf::agent::ColumnSpec;
using shelf::agent::CsvRow;
using shelf::agent::IsUtf8;

namespace {

const std::vector<ColumnSpec> kSpecs = {
    {"store", true, false}, {"name", false, false}, {"path", false, true}};

CsvRow Row(std::vector<std::string_view> fields) {
  CsvRow row;
  row.fields = std::move(fields);
  return row;
}

std::string ErrorOf(const ColumnOptions& options, std::vector<std::string_view> header) {
  return std::string(Columns::Resolve(kSpecs, options, header).status().message());
}

}  // namespace

TEST_CASE("a column is found under its own name or the one it is mapped to", "[agent]") {
  const std::vector<std::string_view> header = {"name", "shop"};
  const auto columns = Columns::Resolve(kSpecs, {{{"store", "shop"}}, {}}, header);
  REQUIRE(columns.ok());
  const CsvRow row = Row({"  Corner ", "12"});
  CHECK(columns->Get(0, row) == "12");
  CHECK(columns->Get(1, row) == "Corner");
  CHECK_FALSE(columns->Has(2));
  CHECK(columns->Get(2, row).empty());
}

TEST_CASE("a constant stands in for a column", "[agent]") {
  const std::vector<std::string_view> header = {"store", "name"};
  const auto columns = Columns::Resolve(kSpecs, {{}, {{"name", "same"}}}, header);
  REQUIRE(columns.ok());
  CHECK(columns->Get(1, Row({"12", "other"})) == "same");
}

TEST_CASE("a list comes from one column with bars or from several columns", "[agent]") {
  const std::vector<std::string_view> header = {"store", "path", "a", "b", "c"};
  std::vector<std::string_view> values;
  const CsvRow row = Row({"1", "x | y||z", "one|still one", "", "two"});

  const auto barred = Columns::Resolve(kSpecs, {}, header);
  barred->GetList(2, row, values);
  CHECK(values == std::vector<std::string_view>{"x", "y", "z"});

  const auto joined = Columns::Resolve(kSpecs, {{{"path", "a+b+c"}}, {}}, header);
  joined->GetList(2, row, values);
  CHECK(values == std::vector<std::string_view>{"one|still one", "two"});
}

TEST_CASE("a wrong name is an error that lists what there is", "[agent]") {
  CHECK(ErrorOf({{{"shop", "a"}}, {}}, {"a"}) ==
        "'shop' is no column of this kind; there are: store, name, path");
  CHECK(ErrorOf({{{"store", "x"}}, {}}, {"a", "b"}) == "the file has no column 'x'; it has: a, b");
  CHECK(ErrorOf({}, {"a", "b"}) == "the file has no column 'store'; it has: a, b");
  CHECK(ErrorOf({}, {"store", "store"}) ==
        "the file has two columns 'store'; it has: store, store");
  CHECK(ErrorOf({{{"store", "a+b"}}, {}}, {"a", "b"}) ==
        "the file has no column 'a+b'; it has: a, b");
}

TEST_CASE("UTF-8 is told from what only looks like it", "[agent]") {
  CHECK(IsUtf8("plain, \xD0\xBC\xD0\xBE\xD0\xBB\xD0\xBE\xD0\xBA\xD0\xBE, \xF0\x9F\xA5\x9B"));
  CHECK_FALSE(IsUtf8("\xEC\xEE\xEB\xEE\xEA\xEE"));  // Windows-1251
  CHECK_FALSE(IsUtf8("\xC0\xAF"));                  // overlong
  CHECK_FALSE(IsUtf8("\xED\xA0\x80"));              // surrogate
  CHECK_FALSE(IsUtf8("\xF4\x90\x80\x80"));          // above U+10FFFF
  CHECK_FALSE(IsUtf8("cut \xE2\x82"));
}
