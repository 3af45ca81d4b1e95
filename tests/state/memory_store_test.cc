#include "state/memory_store.h"

#include "state/rows_of.h"
#include "support/catch.h"

using shelf::MemoryStore;
using shelf::RowList;
using shelf::RowsOf;
using shelf::WriteAll;

TEST_CASE("a memory store fails as often as it is told, and leaves nothing of those writes",
          "[state]") {
  MemoryStore store;
  store.FailNextWrites(2, absl::ResourceExhaustedError("disk full"));
  CHECK(WriteAll(store, {{"a", "1"}}) == absl::ResourceExhaustedError("disk full"));
  CHECK(WriteAll(store, {{"b", "1"}}) == absl::ResourceExhaustedError("disk full"));
  CHECK(RowsOf(store).empty());
  CHECK(store.writes() == 0);
  CHECK(WriteAll(store, {{"c", "1"}}).ok());
  CHECK(RowsOf(store) == RowList{{"c", "1"}});
  CHECK(store.writes() == 1);
  CHECK(store.rows() == 1);
}

TEST_CASE("a copy that was never made cannot be opened", "[state]") {
  CHECK(absl::IsNotFound(MemoryStore().OpenCopy("nowhere").status()));
}
