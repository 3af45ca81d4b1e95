#include "state/rocks_store.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>

#include "state/rows_of.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using shelf::CheckpointStore;
using shelf::RowList;
using shelf::RowsOf;
using shelf::TempDir;
using shelf::WriteAll;

namespace {

std::unique_ptr<CheckpointStore> Open(const std::string& folder) {
  auto opened = shelf::OpenRocksStore({folder, {}, nullptr});
  REQUIRE(opened.ok());
  return *std::move(opened);
}

absl::Status OpenWith(const std::string& name, const std::string& value) {
  const TempDir dir;
  return shelf::OpenRocksStore({dir.Inside("state"), {{name, value}}, nullptr}).status();
}

bool Says(const absl::Status& status, const std::string& words) {
  return status.ToString().find(words) != std::string::npos;
}

// While it lives no file of this process can grow beyond `bytes`: a disk that is full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit full = before_;
    full.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &full);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_;
};

// Another process that holds the lock of a state folder, as a running daemon would.
class OtherProcess {
 public:
  explicit OtherProcess(const std::string& lock_file) {
    std::array<int, 2> ready;
    REQUIRE(pipe(ready.data()) == 0);
    pid_ = fork();
    if (pid_ == 0) {
      struct flock lock = {};
      lock.l_type = F_WRLCK;
      const int file = open(lock_file.c_str(), O_RDWR);
      const char locked = fcntl(file, F_SETLK, &lock) == 0 ? 'y' : 'n';
      if (write(ready[1], &locked, 1) == 1) {
        pause();
      }
      _exit(0);
    }
    char locked = 'n';
    REQUIRE(read(ready[0], &locked, 1) == 1);
    CHECK(locked == 'y');
    close(ready[0]);
    close(ready[1]);
  }
  ~OtherProcess() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;

 private:
  pid_t pid_;
};

}  // namespace

TEST_CASE("a folder that this process has open cannot be opened again", "[state]") {
  const TempDir dir;
  const auto store = Open(dir.Inside("state"));
  const absl::Status second = shelf::OpenRocksStore({dir.Inside("state"), {}, nullptr}).status();
  CHECK(absl::IsFailedPrecondition(second));
  CHECK(Says(second, dir.Inside("state") + " is in use"));
}

TEST_CASE("a folder that another process has open is refused until it ends", "[state]") {
  const TempDir dir;
  const std::string folder = dir.Inside("state");
  Open(folder).reset();
  {
    const OtherProcess daemon(folder + "/LOCK");
    const absl::Status status = shelf::OpenRocksStore({folder, {}, nullptr}).status();
    CHECK(absl::IsFailedPrecondition(status));
    CHECK(Says(status, "in use"));
  }
  CHECK(shelf::OpenRocksStore({folder, {}, nullptr}).ok());
}

TEST_CASE("parents of the state folder are made, and a file in the way is an error", "[state]") {
  const TempDir dir;
  Open(dir.Inside("a/b/state")).reset();
  std::ofstream(dir.Inside("file")) << "x";
  const absl::Status status =
      shelf::OpenRocksStore({dir.Inside("file/state"), {}, nullptr}).status();
  CHECK(absl::IsUnavailable(status));
  CHECK(Says(status, dir.Inside("file/state")));
}

TEST_CASE("raw options of the database, of the rows and of the tables are taken", "[state]") {
  CHECK(OpenWith("max_open_files", "100").ok());
  CHECK(OpenWith("write_buffer_size", "1048576").ok());
  CHECK(OpenWith("compression", "kSnappyCompression").ok());
  CHECK(OpenWith("block_based_table_factory", "{block_size=4096}").ok());
}

TEST_CASE("an unknown raw option is refused by name", "[state]") {
  const absl::Status status = OpenWith("write_bufer_size", "1");
  CHECK(absl::IsInvalidArgument(status));
  CHECK(Says(status, "'write_bufer_size': RocksDB has no such option"));
}

TEST_CASE("a raw option with a bad value is refused by name and value", "[state]") {
  for (const char* name : {"write_buffer_size", "max_open_files"}) {
    const absl::Status status = OpenWith(name, "much");
    CHECK(absl::IsInvalidArgument(status));
    CHECK(Says(status, "'" + std::string(name) + "': bad value 'much'"));
  }
}

TEST_CASE("a raw option that breaks a promise of the checkpoint is refused", "[state]") {
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"comparator", "rocksdb.ReverseBytewiseComparator"},
      {"compaction_style", "kCompactionStyleFIFO"},
      {"wal_recovery_mode", "kSkipAnyCorruptedRecords"},
      {"manual_wal_flush", "true"},
      {"wal_dir", "elsewhere"},
      {"max_background_jobs", "8"}};
  for (const auto& [name, value] : refused) {
    const absl::Status status = OpenWith(name, value);
    CHECK(absl::IsInvalidArgument(status));
    CHECK(Says(status, "'" + name + "'"));
  }
}

TEST_CASE("a full disk fails the write whole; with room again the next write heals the store",
          "[state]") {
  const TempDir dir;
  auto store = Open(dir.Inside("state"));
  REQUIRE(WriteAll(*store, {{"before", "1"}}).ok());
  {
    const FullDisk full(64 << 10);
    CHECK_FALSE(WriteAll(*store, {{"big", std::string(1 << 20, 'x')}, {"small", "1"}}).ok());
    CHECK_FALSE(WriteAll(*store, {{"big", std::string(1 << 20, 'x')}, {"small", "1"}}).ok());
  }
  CHECK(WriteAll(*store, {{"after", "1"}}).ok());
  const RowList expected = {{"after", "1"}, {"before", "1"}};
  CHECK(RowsOf(*store) == expected);
  store.reset();
  store = Open(dir.Inside("state"));
  CHECK(RowsOf(*store) == expected);
}

TEST_CASE("a log torn in the middle of a batch loses that batch whole and nothing before",
          "[state]") {
  const TempDir dir;
  auto store = Open(dir.Inside("state"));
  REQUIRE(WriteAll(*store, {{"a", "1"}}).ok());
  REQUIRE(WriteAll(*store, {{"a", "2"}, {"b", std::string(1000, 'x')}}).ok());
  store.reset();
  for (const auto& file : std::filesystem::directory_iterator(dir.path() / "state")) {
    if (file.path().extension() == ".log" && file.file_size() > 0) {
      std::filesystem::resize_file(file.path(), file.file_size() - 10);
    }
  }
  CHECK(RowsOf(*Open(dir.Inside("state"))) == RowList{{"a", "1"}});
}

TEST_CASE("a damaged state is an error and not an empty store", "[state]") {
  const TempDir dir;
  auto store = Open(dir.Inside("state"));
  REQUIRE(WriteAll(*store, {{"a", "1"}}).ok());
  REQUIRE(store->CopyTo(dir.Inside("copy")).ok());
  store.reset();
  std::ofstream(dir.Inside("copy/CURRENT")) << "MANIFEST-999999\n";
  const absl::Status status = shelf::OpenRocksStoreReadOnly(dir.Inside("copy")).status();
  CHECK_FALSE(status.ok());
  CHECK(Says(status, "the state in " + dir.Inside("copy") + " cannot be opened: "));
}

TEST_CASE("a folder is read without being changed, and a reader's copy has all rows", "[state]") {
  const TempDir dir;
  REQUIRE(WriteAll(*Open(dir.Inside("state")), {{"a", "1"}, {"b", "2"}}).ok());
  const auto reader = shelf::OpenRocksStoreReadOnly(dir.Inside("state"));
  REQUIRE(reader.ok());
  CHECK(RowsOf(**reader).size() == 2);
  CHECK(absl::IsFailedPrecondition(WriteAll(**reader, {{"c", "3"}})));
  REQUIRE((*reader)->CopyTo(dir.Inside("copy")).ok());
  const auto copy = shelf::OpenRocksStoreReadOnly(dir.Inside("copy"));
  REQUIRE(copy.ok());
  CHECK(RowsOf(**copy) == RowList{{"a", "1"}, {"b", "2"}});
}

TEST_CASE("reading where no checkpoint is says so and makes nothing", "[state]") {
  const TempDir dir;
  CHECK(absl::IsNotFound(shelf::OpenRocksStoreReadOnly(dir.Inside("none")).status()));
  CHECK_FALSE(std::filesystem::exists(dir.Inside("none")));
}

TEST_CASE("a copy opens as a state to go on from", "[state]") {
  const TempDir dir;
  const auto store = Open(dir.Inside("state"));
  REQUIRE(WriteAll(*store, {{"a", "1"}}).ok());
  REQUIRE(store->CopyTo(dir.Inside("copy")).ok());
  const auto restored = Open(dir.Inside("copy"));
  REQUIRE(WriteAll(*restored, {{"b", "2"}}).ok());
  CHECK(RowsOf(*restored) == RowList{{"a", "1"}, {"b", "2"}});
  CHECK(RowsOf(*store) == RowList{{"a", "1"}});
}

TEST_CASE("what RocksDB complains of reaches the log", "[state]") {
  const TempDir dir;
  std::string log;
  auto opened = shelf::OpenRocksStore(
      {dir.Inside("state"), {}, [&log](const std::string& words) { log += words + "\n"; }});
  REQUIRE(opened.ok());
  {
    const FullDisk full(64 << 10);
    CHECK_FALSE(WriteAll(**opened, {{"big", std::string(1 << 20, 'x')}}).ok());
    CHECK_FALSE(WriteAll(**opened, {{"big", std::string(1 << 20, 'x')}}).ok());
  }
  opened->reset();
  CHECK_FALSE(log.empty());
}
