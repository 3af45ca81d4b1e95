#include "sim/apart.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace shelf::sim {
namespace {

constexpr unsigned kSecondsMax = 60;
constexpr std::string_view kMark = "\n--- outcome ---\n";
constexpr size_t kWordsMax = 16'000;  // all of an answer fits into a pipe

static_assert(std::is_trivially_copyable_v<Totals>);

std::string Packed(const Outcome& outcome) {
  std::string packed(kMark);
  packed.append(reinterpret_cast<const char*>(&outcome.log_hash), sizeof(outcome.log_hash));
  packed.append(reinterpret_cast<const char*>(&outcome.totals), sizeof(outcome.totals));
  return packed + outcome.failure.substr(0, kWordsMax);
}

Outcome Unpacked(std::string_view bytes) {
  Outcome outcome;
  std::memcpy(&outcome.log_hash, bytes.data(), sizeof(outcome.log_hash));
  bytes.remove_prefix(sizeof(outcome.log_hash));
  std::memcpy(&outcome.totals, bytes.data(), sizeof(outcome.totals));
  bytes.remove_prefix(sizeof(outcome.totals));
  outcome.failure = bytes;
  return outcome;
}

// The worker and its checkpoint's writer wait for one another all the time: on one core that is a
// switch, on two it is a wake-up over the bus.
void StayOnThisCore() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<size_t>(sched_getcpu()), &cores);
  (void)sched_setaffinity(0, sizeof(cores), &cores);
}

Outcome RunHere(const Plan& plan, bool twice) {
  Outcome outcome = Universe(plan).Run();
  if (!twice || !outcome.failure.empty()) return outcome;
  if (Universe(plan).Run().log_hash != outcome.log_hash) {
    outcome.failure = "twice: another log the second time";
  }
  return outcome;
}

void Write(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(to, bytes.data(), bytes.size());
    if (written <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

std::string ReadAll(int from) {
  std::string bytes;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(from, buffer, sizeof(buffer))) > 0;) {
    bytes.append(buffer, static_cast<size_t>(got));
  }
  return bytes;
}

}  // namespace

Apart::Apart(Plan plan, bool twice) : plan_(std::move(plan)) {
  int ends[2];
  SHELF_CHECK(pipe(ends) == 0, "a pipe");
  std::fflush(nullptr);
  child_ = fork();
  SHELF_CHECK(child_ >= 0, "a process");
  if (child_ == 0) {
    close(ends[0]);
    dup2(ends[1], STDERR_FILENO);  // last words
    alarm(kSecondsMax);
    StayOnThisCore();
    Write(ends[1], Packed(RunHere(plan_, twice)));
    _exit(0);
  }
  close(ends[1]);
  answer_ = ends[0];
}

Apart::Apart(Apart&& other) noexcept
    : plan_(std::move(other.plan_)),
      child_(std::exchange(other.child_, -1)),
      answer_(std::exchange(other.answer_, -1)) {}

Apart::~Apart() {
  if (child_ >= 0) (void)Finish();
}

Outcome Apart::Finish() {
  const std::string said = ReadAll(answer_);
  close(std::exchange(answer_, -1));
  int status = 0;
  waitpid(std::exchange(child_, -1), &status, 0);
  const size_t mark = said.find(kMark);
  if (mark != std::string::npos) {
    return Unpacked(std::string_view(said).substr(mark + kMark.size()));
  }
  Outcome outcome;
  outcome.failure =
      WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM
          ? absl::StrCat("endless: not done after ", kSecondsMax, " s")
          : absl::StrCat("crash: ", said.substr(0, kWordsMax), " (status ", status, ")");
  return outcome;
}

}  // namespace shelf::sim
