#include <string>
#include <vector>

#include "state/checkpoint_store.h"
#include "support/catch.h"

using shelf::CheckpointBatch;

namespace {

std::vector<std::string> Visited(CheckpointBatch& batch) {
  std::vector<std::string> seen;
  batch.VisitSorted([&seen](std::string_view key, std::string_view value) {
    seen.push_back(std::string(key) +
                   (value.data() == nullptr ? " gone" : "=" + std::string(value)));
  });
  return seen;
}

}  // namespace

TEST_CASE("rows are visited in byte order, whatever order they came in", "[state]") {
  CheckpointBatch batch;
  batch.Put("b", "2");
  batch.Put(std::string_view("a\xff", 2), "4");
  batch.Put("a", "1");
  batch.Put(std::string_view("a\0z", 3), "3");
  CHECK(Visited(batch) ==
        std::vector<std::string>{"a=1", std::string("a\0z=3", 5), "a\xff=4", "b=2"});
}

TEST_CASE("the last operation on a key wins and is visited once", "[state]") {
  CheckpointBatch batch;
  batch.Put("k", "old");
  batch.Delete("gone");
  batch.Put("back", "1");
  batch.Delete("back");
  batch.Put("back", "2");
  batch.Put("gone", "1");
  batch.Delete("gone");
  batch.Put("k", "new");
  const std::vector<std::string> expected = {"back=2", "gone gone", "k=new"};
  CHECK(Visited(batch) == expected);
  CHECK(Visited(batch) == expected);
}

TEST_CASE("operations after a visit still win over those before it", "[state]") {
  CheckpointBatch batch;
  batch.Put("b", "1");
  batch.Put("a", "1");
  Visited(batch);
  batch.Put("a", "2");
  CHECK(Visited(batch) == std::vector<std::string>{"a=2", "b=1"});
}

TEST_CASE("an empty value is a value, not a deletion", "[state]") {
  CheckpointBatch batch;
  batch.Put("k", "");
  batch.Put("l", std::string_view());
  CHECK(Visited(batch) == std::vector<std::string>{"k=", "l="});
}

TEST_CASE("an appended batch counts as later", "[state]") {
  CheckpointBatch earlier;
  earlier.Put("a", "1");
  earlier.Put("b", "1");
  CheckpointBatch later;
  later.Delete("a");
  later.Put("c", "2");
  earlier.Append(later);
  CHECK(Visited(earlier) == std::vector<std::string>{"a gone", "b=1", "c=2"});
  CHECK(Visited(later) == std::vector<std::string>{"a gone", "c=2"});
}

TEST_CASE("dropping what is superseded keeps the outcome and frees the room", "[state]") {
  CheckpointBatch batch;
  for (int i = 0; i < 100; ++i) {
    batch.Put("k", std::to_string(i));
  }
  batch.Delete("gone");
  const size_t before = batch.bytes();
  batch.DropSuperseded();
  CHECK(batch.rows() == 2);
  CHECK(batch.bytes() < before / 10);
  CHECK(Visited(batch) == std::vector<std::string>{"gone gone", "k=99"});
}

TEST_CASE("a cleared batch is empty", "[state]") {
  CheckpointBatch batch;
  CHECK(batch.empty());
  batch.Put("k", "v");
  CHECK_FALSE(batch.empty());
  CHECK(batch.rows() == 1);
  batch.Clear();
  CHECK(batch.empty());
  CHECK(batch.bytes() == 0);
  CHECK(Visited(batch).empty());
}
