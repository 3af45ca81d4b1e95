// Loaded before the C library (LD_PRELOAD), it makes the disk under one folder full, unreadable or
// slow, or lets the process die in the middle of what it asks of it. The program knows nothing of
// it.
//
//   FAULTY_DISK_FOLDER   files below are on this disk; absolute, without a link in it
//   FAULTY_DISK_CONTROL  a file that holds a Control, which the test writes at any time (disk.py)
//
// Only the calls are covered with which RocksDB works on its files.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace {

using Word = std::atomic<int64_t>;

// As in disk.py, field by field.
struct Control {
  Word room;        // bytes until it is full; below 0: no bound
  Word readable;    // reads until they fail with EIO; below 0: no bound
  Word slow_ms;     // how long each write and sync waits
  Word dies_at;     // a Moment
  Word dies_after;  // how often that moment passes before
  Word refused;     // counts what was done: writes refused or cut,
  Word unread;      // reads failed,
  Word slowed;      // writes and syncs delayed
};

enum Moment : int64_t {
  kNever,
  kWalWrite,       // half of it is written
  kWalSync,        // before
  kTableWrite,     // half
  kManifestWrite,  // half
  kRename,         // before CURRENT names another manifest
  kRenamed,        // and after
};

const char* const kMomentNames[] = {
    "", "wal-write", "wal-sync", "table-write", "manifest-write", "rename", "renamed"};

const char* folder = nullptr;
Control* control = nullptr;

__attribute__((constructor)) void ReadEnvironment() {
  folder = std::getenv("FAULTY_DISK_FOLDER");
  const char* const path = std::getenv("FAULTY_DISK_CONTROL");
  if (folder == nullptr || path == nullptr) return;
  const int file = open(path, O_RDWR | O_CLOEXEC);
  void* const mapped = mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (file < 0 || mapped == MAP_FAILED) {
    dprintf(STDERR_FILENO, "%s cannot be mapped: %s\n", path, std::strerror(errno));
    std::abort();
  }
  close(file);
  control = static_cast<Control*>(mapped);
}

// Of a file on our disk; empty for all others.
class Path {
 public:
  explicit Path(int file) {
    if (control == nullptr) return;
    char link[64];
    std::snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
    const ssize_t length = readlink(link, path_, sizeof(path_) - 1);
    path_[length < 0 || std::strncmp(path_, folder, std::strlen(folder)) != 0 ? 0 : length] = '\0';
  }

  bool is_ours() const { return path_[0] != '\0'; }
  bool EndsWith(const char* end) const {
    const size_t all = std::strlen(path_), part = std::strlen(end);
    return all >= part && std::strcmp(path_ + all - part, end) == 0;
  }
  bool Contains(const char* part) const { return std::strstr(path_, part) != nullptr; }

 private:
  char path_[PATH_MAX] = "";
};

bool IsTime(Moment moment) {
  return control->dies_at == moment && control->dies_after.fetch_sub(1) == 0;
}

[[noreturn]] void Die(Moment moment) {
  dprintf(STDERR_FILENO, "killed at the disk's %s\n", kMomentNames[moment]);
  for (;;) syscall(SYS_kill, getpid(), SIGKILL);
}

void Wait() {
  const int64_t ms = control->slow_ms;
  if (ms <= 0) return;
  ++control->slowed;
  const timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1'000'000};
  nanosleep(&time, nullptr);
}

Moment WriteMoment(const Path& path) {
  if (path.EndsWith(".log")) return kWalWrite;
  if (path.EndsWith(".sst")) return kTableWrite;
  return path.Contains("/MANIFEST-") ? kManifestWrite : kNever;
}

// How many of the bytes fit; -1 when none do.
ssize_t TakeRoom(size_t bytes) {
  const int64_t room = control->room;
  if (room < 0) return static_cast<ssize_t>(bytes);
  if (bytes <= static_cast<size_t>(room)) {
    control->room = room - static_cast<int64_t>(bytes);
    return static_cast<ssize_t>(bytes);
  }
  ++control->refused;
  control->room = 0;
  if (room > 0) return room;
  errno = ENOSPC;
  return -1;
}

// `write` writes so many of the bytes.
template <typename Write>
ssize_t WriteOn(int file, size_t bytes, const Write& write) {
  const Path path(file);
  if (!path.is_ours()) return write(bytes);
  Wait();
  const Moment moment = WriteMoment(path);
  if (moment != kNever && IsTime(moment)) {
    write(bytes / 2);
    Die(moment);
  }
  const ssize_t fit = TakeRoom(bytes);
  return fit < 0 ? fit : write(static_cast<size_t>(fit));
}

int SyncOn(int file, long call) {
  const Path path(file);
  if (path.is_ours()) {
    Wait();
    if (path.EndsWith(".log") && IsTime(kWalSync)) Die(kWalSync);
  }
  return static_cast<int>(syscall(call, file));
}

bool FailsToRead(int file) {
  if (control == nullptr || control->readable < 0 || !Path(file).is_ours()) return false;
  if (control->readable > 0) {
    --control->readable;
    return false;
  }
  ++control->unread;
  errno = EIO;
  return true;
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* from, size_t bytes) {
  return WriteOn(file, bytes, [&](size_t count) { return syscall(SYS_write, file, from, count); });
}

ssize_t pwrite(int file, const void* from, size_t bytes, off_t at) {
  return WriteOn(file, bytes,
                 [&](size_t count) { return syscall(SYS_pwrite64, file, from, count, at); });
}

int fallocate(int file, int mode, off_t at, off_t bytes) {
  if (Path(file).is_ours() && control->room >= 0 && bytes > control->room) {
    errno = ENOSPC;
    return -1;
  }
  return static_cast<int>(syscall(SYS_fallocate, file, mode, at, bytes));
}

int fsync(int file) { return SyncOn(file, SYS_fsync); }
int fdatasync(int file) { return SyncOn(file, SYS_fdatasync); }

ssize_t read(int file, void* to, size_t bytes) {
  return FailsToRead(file) ? -1 : syscall(SYS_read, file, to, bytes);
}

ssize_t pread(int file, void* to, size_t bytes, off_t at) {
  return FailsToRead(file) ? -1 : syscall(SYS_pread64, file, to, bytes, at);
}

size_t fread_unlocked(void* to, size_t size, size_t count, FILE* file) {
  using Read = size_t (*)(void*, size_t, size_t, FILE*);
  static const auto next = reinterpret_cast<Read>(dlsym(RTLD_NEXT, "fread_unlocked"));
  return FailsToRead(fileno(file)) ? 0 : next(to, size, count, file);
}

int rename(const char* from, const char* to) noexcept {
  const bool is_current = control != nullptr &&
                          std::strncmp(to, folder, std::strlen(folder)) == 0 &&
                          std::strstr(to, "/CURRENT") != nullptr;
  if (is_current && IsTime(kRename)) Die(kRename);
  const auto result = static_cast<int>(syscall(SYS_rename, from, to));
  if (is_current && IsTime(kRenamed)) Die(kRenamed);
  return result;
}

}  // extern "C"
