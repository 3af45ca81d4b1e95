// A backup of a state that nobody runs on, and back. That a running daemon gives one is shown by
// tests/recovery.
#include "app/backup.h"

#include <filesystem>
#include <fstream>
#include <memory>

#include "app/folders.h"
#include "base/bytes.h"
#include "state/rocks_store.h"
#include "state/rows.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using namespace shelf;
using Catch::Contains;

namespace {

namespace fs = std::filesystem;
constexpr int64_t kNowMs = 1'793'599'200'000;

std::unique_ptr<CheckpointStore> Open(const std::string& state_dir) {
  auto store = OpenRocksStore(
      {.folder = (fs::path(state_dir) / kCheckpointFolder).string(), .raw = {}, .log = nullptr});
  REQUIRE(store.ok());
  return *std::move(store);
}

// A checkpoint of incarnation 4 that goes on at offsets 50 and 60.
void WriteState(const std::string& state_dir, uint32_t format = kFormatVersion) {
  CheckpointBatch batch;
  std::string row;
  ByteWriter meta(row);
  meta.Put(format);
  meta.Put(int32_t{2});
  meta.Put(uint64_t{4});
  meta.Put(int64_t{7});
  batch.Put(TextKey(RowKind::kMeta, "checkpoint"), row);
  for (const uint32_t partition : {0U, 1U}) {
    row.clear();
    ByteWriter writer(row);
    writer.Put(int64_t{50} + 10 * partition);
    writer.Put(kNowMs + partition);
    batch.Put(NumberKey(RowKind::kPartition, partition), row);
  }
  REQUIRE(Open(state_dir)->Write(batch).ok());
}

// A state folder, and the folder that its backups go to.
struct Place {
  Place() { WriteState(place.state_dir); }

  absl::Status Backup() const { return MakeBackup(place, backup, kNowMs).status(); }
  absl::Status Restore(bool replace = false) const {
    return RestoreBackup(place, backup, replace, kNowMs).status();
  }
  void LoseState() const { fs::remove_all(fs::path(place.state_dir) / kCheckpointFolder); }

  const TempDir folder;
  // Nobody answers there.
  BackupPlace place = {.instance = "one",
                       .state_dir = folder.Inside("state"),
                       .admin = "127.0.0.1:1",
                       .rocksdb = {}};
  const std::string backup = folder.Inside("backups/monday");
};

}  // namespace

TEST_CASE("a backup says what it is of", "[backup]") {
  const Place at;
  const auto outcome = MakeBackup(at.place, at.backup, kNowMs);
  REQUIRE(outcome.ok());
  std::ifstream file(fs::path(at.backup) / kBackupFile);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto read = BackupFromJson(text);
  REQUIRE(read.ok());
  CHECK(read->made_ms == kNowMs);
  CHECK(read->instance == "one");
  CHECK(read->checkpoint.incarnation == 4);
  CHECK(read->checkpoint.format == kFormatVersion);
  CHECK(read->checkpoint.reference_next == 7);
  CHECK(read->checkpoint.input_next == std::map<int32_t, int64_t>{{0, 50}, {1, 60}});
  CHECK(read->checkpoint.time_ms == kNowMs + 1);
  CHECK(read->files.count("CURRENT") == 1);
  CHECK_THAT(outcome->words, Contains("same disk"));
}

TEST_CASE("a lost state comes back from its backup", "[backup]") {
  const Place at;
  REQUIRE(at.Backup().ok());
  at.LoseState();
  REQUIRE(at.Restore().ok());
  const auto summary = SummarizeCheckpoint(*Open(at.place.state_dir));
  REQUIRE(summary.ok());
  CHECK(summary->incarnation == 4);
  CHECK(summary->input_next.at(1) == 60);
}

TEST_CASE("what comes after a restore leaves the backup as it was", "[backup]") {
  const Place at;
  REQUIRE(at.Backup().ok());
  at.LoseState();
  REQUIRE(at.Restore().ok());
  WriteState(at.place.state_dir);
  at.LoseState();
  CHECK(at.Restore().ok());
}

TEST_CASE("a backup does not go into a folder that is there", "[backup]") {
  const Place at;
  fs::create_directories(at.backup);
  CHECK(absl::IsAlreadyExists(at.Backup()));
  CHECK(fs::is_empty(at.backup));
}

TEST_CASE("a backup that fails leaves nothing behind", "[backup]") {
  const Place at;
  at.LoseState();
  CHECK(absl::IsNotFound(at.Backup()));
  CHECK(fs::is_empty(fs::path(at.backup).parent_path()));
  CHECK_FALSE(fs::exists(fs::path(at.place.state_dir) / kCheckpointFolder));
}

TEST_CASE("a state that somebody holds is neither copied nor replaced", "[backup]") {
  const Place at;
  REQUIRE(at.Backup().ok());
  const auto held = Open(at.place.state_dir);
  CHECK(
      absl::IsFailedPrecondition(MakeBackup(at.place, at.folder.Inside("other"), kNowMs).status()));
  const absl::Status status = at.Restore(/*replace=*/true);
  CHECK(absl::IsFailedPrecondition(status));
  CHECK_THAT(std::string(status.message()), Contains("stop it first"));
}

TEST_CASE("a state that is there stays, or is moved aside by order", "[backup]") {
  const Place at;
  REQUIRE(at.Backup().ok());
  CHECK(absl::IsFailedPrecondition(at.Restore()));
  const auto outcome = RestoreBackup(at.place, at.backup, /*replace=*/true, kNowMs);
  REQUIRE(outcome.ok());
  CHECK_THAT(outcome->words, Contains("checkpoint.replaced-20261102T060000Z"));
  CHECK(fs::exists(fs::path(at.place.state_dir) / "checkpoint.replaced-20261102T060000Z/CURRENT"));
}

TEST_CASE("what a refused start leaves behind is no state", "[backup]") {
  const Place at;
  REQUIRE(at.Backup().ok());
  at.LoseState();
  (void)Open(at.place.state_dir);
  REQUIRE(at.Restore().ok());
  CHECK(SummarizeCheckpoint(*Open(at.place.state_dir)).ok());
}

TEST_CASE("nobody starts while a state is copied or restored", "[backup]") {
  const Place at;
  REQUIRE(at.Backup().ok());
  at.LoseState();
  const auto lock = FolderLock::Take(at.place.state_dir);
  REQUIRE(lock.ok());
  CHECK(absl::IsFailedPrecondition(FolderLock::Take(at.place.state_dir).status()));
  CHECK(absl::IsFailedPrecondition(at.Restore()));
  CHECK(
      absl::IsFailedPrecondition(MakeBackup(at.place, at.folder.Inside("other"), kNowMs).status()));
}

TEST_CASE("a folder's name may end in a slash", "[backup]") {
  const Place at;
  REQUIRE(MakeBackup(at.place, at.backup + "/", kNowMs).ok());
  CHECK(fs::exists(fs::path(at.backup) / kBackupFile));
}

TEST_CASE("a backup opens the state as the daemon does", "[backup]") {
  Place at;
  at.place.rocksdb = {{"no_such_option", "1"}};
  CHECK(absl::IsInvalidArgument(at.Backup()));
}

TEST_CASE("half a backup restores nothing", "[backup]") {
  const Place at;
  REQUIRE(at.Backup().ok());
  at.LoseState();
  const fs::path current = fs::path(at.backup) / kCheckpointFolder / "CURRENT";
  SECTION("a file is gone") { fs::remove(current); }
  SECTION("a file is shorter") { fs::resize_file(current, 1); }
  SECTION("its description is gone") { fs::remove(fs::path(at.backup) / kBackupFile); }
  SECTION("its description is another's") {
    std::ofstream(fs::path(at.backup) / kBackupFile) << "{}";
  }
  const absl::Status status = at.Restore();
  CHECK(absl::IsInvalidArgument(status));
  CHECK_THAT(std::string(status.message()), Contains("no whole backup"));
  CHECK_FALSE(fs::exists(fs::path(at.place.state_dir) / kCheckpointFolder));
}

TEST_CASE("another instance's backup is refused", "[backup]") {
  Place at;
  REQUIRE(at.Backup().ok());
  at.LoseState();
  at.place.instance = "two";
  const absl::Status status = at.Restore();
  CHECK(absl::IsFailedPrecondition(status));
  CHECK_THAT(std::string(status.message()), Contains("instance one, this is two"));
}

TEST_CASE("a backup of a newer format is refused", "[backup]") {
  const Place at;
  WriteState(at.place.state_dir, kFormatVersion + 1);
  REQUIRE(at.Backup().ok());
  at.LoseState();
  CHECK_THAT(std::string(at.Restore().message()), Contains("use the newer shelfd"));
}
