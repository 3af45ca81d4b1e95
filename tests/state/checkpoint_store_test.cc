// What every CheckpointStore does: the same table of behaviour over both.
#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "state/memory_store.h"
#include "state/rocks_store.h"
#include "state/rows_of.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using shelf::CheckpointBatch;
using shelf::CheckpointStore;
using shelf::MemoryStore;
using shelf::RowList;
using shelf::RowsOf;
using shelf::TempDir;
using shelf::WriteAll;

namespace {

class InMemory {
 public:
  CheckpointStore& store() { return store_; }
  void Restart() {}
  std::string Folder(const std::string& name) { return name; }
  std::unique_ptr<CheckpointStore> OpenCopy(const std::string& folder) {
    auto copy = store_.OpenCopy(folder);
    REQUIRE(copy.ok());
    return *std::move(copy);
  }

 private:
  MemoryStore store_;
};

class OnRocks {
 public:
  OnRocks() { Restart(); }
  CheckpointStore& store() { return *store_; }
  void Restart() {
    store_.reset();
    auto opened = shelf::OpenRocksStore({dir_.Inside("state"), {}, nullptr});
    REQUIRE(opened.ok());
    store_ = *std::move(opened);
  }
  std::string Folder(const std::string& name) { return dir_.Inside(name); }
  std::unique_ptr<CheckpointStore> OpenCopy(const std::string& folder) {
    auto copy = shelf::OpenRocksStoreReadOnly(folder);
    REQUIRE(copy.ok());
    return *std::move(copy);
  }

 private:
  TempDir dir_;
  std::unique_ptr<CheckpointStore> store_;
};

// Every row of the batch says the number of the batch.
absl::Status WriteNumbered(CheckpointStore& store, int number) {
  CheckpointBatch batch;
  for (int row = 0; row < 100; ++row) {
    batch.Put("row/" + std::to_string(row), std::to_string(number));
  }
  return store.Write(batch);
}

}  // namespace

TEMPLATE_TEST_CASE("a new store is empty", "[state]", InMemory, OnRocks) {
  TestType under_test;
  CHECK(RowsOf(under_test.store()).empty());
}

TEMPLATE_TEST_CASE("rows survive a restart, with the last value and without the deleted", "[state]",
                   InMemory, OnRocks) {
  TestType under_test;
  REQUIRE(WriteAll(under_test.store(), {{"c", "3"}, {"a", "0"}, {"b", "2"}, {"a", "1"}}).ok());
  REQUIRE(WriteAll(under_test.store(), {{"b", std::nullopt}, {"d", ""}}).ok());
  under_test.Restart();
  CHECK(RowsOf(under_test.store()) == RowList{{"a", "1"}, {"c", "3"}, {"d", ""}});
}

TEMPLATE_TEST_CASE("a scan visits the rows of its prefix only, ascending by unsigned bytes",
                   "[state]", InMemory, OnRocks) {
  TestType under_test;
  REQUIRE(WriteAll(under_test.store(), {{"p\xff\xff", "5"},
                                        {"o\xff", "0"},
                                        {"p\x7f", "3"},
                                        {"q", "6"},
                                        {"p", "1"},
                                        {"p\x80", "4"},
                                        {"p\x01", "2"}})
              .ok());
  CHECK(RowsOf(under_test.store(), "p") ==
        RowList{{"p", "1"}, {"p\x01", "2"}, {"p\x7f", "3"}, {"p\x80", "4"}, {"p\xff\xff", "5"}});
  CHECK(RowsOf(under_test.store(), "p\xff").size() == 1);
  CHECK(RowsOf(under_test.store(), "x").empty());
}

TEMPLATE_TEST_CASE("a scan stops at the visitor's first error and returns it", "[state]", InMemory,
                   OnRocks) {
  TestType under_test;
  REQUIRE(WriteAll(under_test.store(), {{"a", "1"}, {"b", "2"}, {"c", "3"}}).ok());
  std::string seen;
  const absl::Status status =
      under_test.store().Scan("", [&seen](std::string_view key, std::string_view) {
        seen += key;
        return key == "b" ? absl::DataLossError("torn") : absl::OkStatus();
      });
  CHECK(status == absl::DataLossError("torn"));
  CHECK(seen == "ab");
}

TEMPLATE_TEST_CASE("a copy keeps the rows of its moment", "[state]", InMemory, OnRocks) {
  TestType under_test;
  REQUIRE(WriteAll(under_test.store(), {{"a", "1"}}).ok());
  const std::string folder = under_test.Folder("deep/down/copy");
  REQUIRE(under_test.store().CopyTo(folder).ok());
  REQUIRE(WriteAll(under_test.store(), {{"a", "2"}, {"b", "2"}}).ok());
  CHECK(RowsOf(*under_test.OpenCopy(folder)) == RowList{{"a", "1"}});
  CHECK(RowsOf(under_test.store()) == RowList{{"a", "2"}, {"b", "2"}});
}

TEMPLATE_TEST_CASE("a copy never writes into a folder that is there", "[state]", InMemory,
                   OnRocks) {
  TestType under_test;
  const std::string folder = under_test.Folder("copy");
  REQUIRE(under_test.store().CopyTo(folder).ok());
  CHECK(absl::IsAlreadyExists(under_test.store().CopyTo(folder)));
}

TEMPLATE_TEST_CASE("a copy made while batches are written ends between two of them", "[state]",
                   InMemory, OnRocks) {
  TestType under_test;
  REQUIRE(WriteNumbered(under_test.store(), 0).ok());
  std::atomic<bool> enough = false;
  absl::Status written;
  std::thread writer([&] {
    for (int number = 1; !enough && written.ok(); ++number) {
      written = WriteNumbered(under_test.store(), number);
    }
  });
  for (const char* name : {"first", "second", "third"}) {
    CHECK(under_test.store().CopyTo(under_test.Folder(name)).ok());
  }
  enough = true;
  writer.join();
  CHECK(written.ok());
  for (const char* name : {"first", "second", "third"}) {
    const RowList rows = RowsOf(*under_test.OpenCopy(under_test.Folder(name)));
    REQUIRE(rows.size() == 100);
    for (const auto& [key, value] : rows) {
      CHECK(value == rows.front().second);
    }
  }
}
