#include "state/checkpoint_writer.h"

#include <condition_variable>
#include <mutex>
#include <string>

#include "state/memory_store.h"
#include "state/rows_of.h"
#include "support/catch.h"

using shelf::CheckpointBatch;
using shelf::CheckpointWriter;
using shelf::MemoryStore;
using shelf::RowList;
using shelf::RowsOf;

namespace {

// Its writes wait while the cork is in.
class CorkedStore : public MemoryStore {
 public:
  absl::Status Write(CheckpointBatch& batch) override {
    std::unique_lock lock(mutex_);
    uncorked_.wait(lock, [this] { return !corked_; });
    return MemoryStore::Write(batch);
  }
  void Cork(bool corked) {
    const std::lock_guard lock(mutex_);
    corked_ = corked;
    uncorked_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable uncorked_;
  bool corked_ = false;
};

void SubmitOne(CheckpointWriter& writer, const std::string& key, const std::string& value) {
  CheckpointBatch batch;
  batch.Put(key, value);
  writer.Submit(batch);
}

}  // namespace

TEST_CASE("the writer is busy, without a result, until the store has written", "[state]") {
  CorkedStore store;
  store.Cork(true);
  CheckpointWriter writer(store);
  CHECK(writer.idle());
  SubmitOne(writer, "k", "v");
  CHECK_FALSE(writer.idle());
  CHECK_FALSE(writer.TakeResult().has_value());
  CHECK(store.rows() == 0);
  store.Cork(false);
  writer.Finish();
  CHECK(writer.idle());
  CHECK(RowsOf(store) == RowList{{"k", "v"}});
}

TEST_CASE("a result is given once", "[state]") {
  MemoryStore store;
  CheckpointWriter writer(store);
  CHECK_FALSE(writer.TakeResult().has_value());
  SubmitOne(writer, "k", "v");
  writer.Finish();
  CHECK(writer.TakeResult() == absl::OkStatus());
  CHECK_FALSE(writer.TakeResult().has_value());
}

TEST_CASE("submitting gives an empty batch back, and later batches win", "[state]") {
  MemoryStore store;
  CheckpointWriter writer(store);
  CheckpointBatch batch;
  for (int i = 0; i < 50; ++i) {
    batch.Put("last", std::to_string(i));
    batch.Put("row/" + std::to_string(i), "");
    writer.Submit(batch);
    REQUIRE(batch.empty());
    writer.Finish();
    REQUIRE(writer.TakeResult() == absl::OkStatus());
  }
  CHECK(store.writes() == 50);
  CHECK(store.rows() == 51);
  CHECK(RowsOf(store, "last") == RowList{{"last", "49"}});
}

TEST_CASE("rows of a failed batch go with the next one, whose values win", "[state]") {
  MemoryStore store;
  CheckpointWriter writer(store);
  store.FailNextWrites(2, absl::ResourceExhaustedError("disk full"));
  CheckpointBatch batch;
  batch.Put("only-first", "1");
  batch.Put("both", "1");
  writer.Submit(batch);
  writer.Finish();
  CHECK(writer.TakeResult() == absl::ResourceExhaustedError("disk full"));
  CHECK(writer.kept_bytes() > 0);
  SubmitOne(writer, "both", "2");
  writer.Finish();
  const size_t kept = writer.kept_bytes();
  CHECK(writer.TakeResult() == absl::ResourceExhaustedError("disk full"));
  CHECK(RowsOf(store).empty());

  batch.Put("both", "3");
  writer.Submit(batch);
  CHECK(batch.empty());
  writer.Finish();
  CHECK(writer.TakeResult() == absl::OkStatus());
  CHECK(writer.kept_bytes() == 0);
  CHECK(kept > 0);
  CHECK(store.writes() == 1);
  CHECK(RowsOf(store) == RowList{{"both", "3"}, {"only-first", "1"}});
}

TEST_CASE("what is kept of failed batches does not grow with the retries", "[state]") {
  MemoryStore store;
  CheckpointWriter writer(store);
  store.FailNextWrites(100, absl::UnavailableError("no disk"));
  SubmitOne(writer, "k", "v");
  writer.Finish();
  const size_t kept = writer.kept_bytes();
  for (int i = 0; i < 20; ++i) {
    SubmitOne(writer, "k", "w");
    writer.Finish();
  }
  CHECK(writer.kept_bytes() == kept);
}

TEST_CASE("the destructor finishes the batch under way", "[state]") {
  CorkedStore store;
  store.Cork(true);
  {
    CheckpointWriter writer(store);
    SubmitOne(writer, "k", "v");
    store.Cork(false);
  }
  CHECK(RowsOf(store) == RowList{{"k", "v"}});
}

TEST_CASE("finishing with nothing under way returns at once", "[state]") {
  MemoryStore store;
  CheckpointWriter writer(store);
  writer.Finish();
  CHECK(store.writes() == 0);
}
