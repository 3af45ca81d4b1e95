#include "io/kafka_broker.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "io/kafka_sink.h"
#include "io/kafka_topics.h"
#include "mock_cluster.h"
#include "support/catch.h"

using namespace shelf;

namespace {

constexpr int kDeadlineMs = 20'000;
constexpr char kStateVariable[] = "SHELF_TEST_BROKER_STATE";

class StateDir {
 public:
  StateDir() {
    std::string pattern = (std::filesystem::temp_directory_path() / "shelf-broker-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~StateDir() { std::filesystem::remove_all(path_); }
  StateDir(const StateDir&) = delete;
  StateDir& operator=(const StateDir&) = delete;

  std::string path() const { return path_; }
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A program that takes `broker --state DIR` as the daemon does: this test program, told by its
// environment to run the hidden test below.
std::string WriteProgram(const StateDir& state, const std::string& body) {
  const std::string path = state.File("program");
  std::ofstream(path) << "#!/bin/sh\n" << body;
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
}

std::string BrokerProgram(const StateDir& state) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  return WriteProgram(
      state, std::string(kStateVariable) + "=\"$3\" exec '" + self + "' '[embedded-broker]'\n");
}

std::atomic<bool> stop_asked = false;

// Sends `signal` and waits until the process has ended.
void End(pid_t pid, int signal) {
  const int watch = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  REQUIRE(watch >= 0);
  REQUIRE(::kill(pid, signal) == 0);
  pollfd ended = {watch, POLLIN, 0};
  CHECK(::poll(&ended, 1, kDeadlineMs) == 1);
  ::close(watch);
}

// Kills a broker that a failed test would leave behind.
struct Reaper {
  pid_t pid;
  ~Reaper() { ::kill(pid, SIGKILL); }
};

// Runs a broker in this process for as long as it lives.
class BrokerThread {
 public:
  BrokerThread(const StateDir& state, std::vector<EmbeddedTopic> topics)
      : thread_([this, options = EmbeddedBrokerOptions{state.path(), std::move(topics)}] {
          result_ = RunEmbeddedBroker(options, stop_);
        }) {}
  ~BrokerThread() { static_cast<void>(Stop()); }

  absl::Status Stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    return result_;
  }

 private:
  std::atomic<bool> stop_ = false;
  absl::Status result_;
  std::thread thread_;
};

// The broker that a BrokerThread is about to become; the test's own time limit ends the wait.
EmbeddedBroker WaitFor(const StateDir& state) {
  absl::StatusOr<EmbeddedBroker> found = FindEmbeddedBroker(state.path());
  for (; !found.ok(); found = FindEmbeddedBroker(state.path())) std::this_thread::yield();
  return *found;
}

}  // namespace

TEST_CASE("the broker that the tests below start", "[.][embedded-broker]") {
  const char* state = ::getenv(kStateVariable);
  REQUIRE(state != nullptr);
  ::signal(SIGTERM, [](int) { stop_asked = true; });
  const EmbeddedBrokerOptions options = {state, {{"stock-events", 32}, {"stock-rejects", 1}}};
  REQUIRE(RunEmbeddedBroker(options, stop_asked).ok());
}

TEST_CASE("an embedded broker is found while it runs and leaves no file behind", "[io]") {
  const StateDir state;
  CHECK(absl::IsNotFound(FindEmbeddedBroker(state.path()).status()));
  BrokerThread running(state, {{"events", 8}});
  const EmbeddedBroker broker = WaitFor(state);
  CHECK(broker.pid == ::getpid());
  CHECK(broker.started_ms > 0);

  KafkaOptions options;
  options.brokers = broker.bootstrap;
  auto cluster = KafkaCluster::Open(options);
  REQUIRE(cluster.ok());
  CHECK((*cluster)->PartitionCount("events", kDeadlineMs).value() == 8);

  CHECK(running.Stop().ok());
  CHECK(absl::IsNotFound(FindEmbeddedBroker(state.path()).status()));
  CHECK_FALSE(std::filesystem::exists(state.File("broker.json")));
}

TEST_CASE("a second broker on the same folder is refused", "[io]") {
  const StateDir state;
  BrokerThread running(state, {});
  const EmbeddedBroker first = WaitFor(state);
  const std::atomic<bool> stop = true;
  CHECK(absl::IsAlreadyExists(RunEmbeddedBroker({state.path(), {}}, stop)));
  CHECK(FindEmbeddedBroker(state.path()).value().bootstrap == first.bootstrap);
}

TEST_CASE("what a dead broker left, or somebody else wrote, names no broker", "[io]") {
  const StateDir state;
  const std::string ours = std::to_string(::getpid());
  const std::string words = GENERATE(
      as<std::string>{}, "", "{", "[1]", R"({"pid": 1})", R"({"pid": "1", "bootstrap": 7})",
      // A process that was started at another time than the file says.
      R"({"pid": PID, "start_ticks": 1, "started_ms": 1, "bootstrap": "127.0.0.1:1"})",
      R"({"pid": -1, "start_ticks": 1, "started_ms": 1, "bootstrap": "127.0.0.1:1"})",
      R"({"pid": 2000000000, "start_ticks": 1, "started_ms": 1, "bootstrap": "127.0.0.1:1"})");
  std::string text = words;
  if (const size_t at = text.find("PID"); at != std::string::npos) text.replace(at, 3, ours);
  std::ofstream(state.File("broker.json")) << text;
  CHECK(absl::IsNotFound(FindEmbeddedBroker(state.path()).status()));
}

TEST_CASE("a started broker outlives the killed process that started it and keeps its log",
          "[io]") {
  const StateDir state;
  const std::string program = BrokerProgram(state);
  const pid_t starter = ::fork();
  if (starter == 0) {
    const bool started = StartEmbeddedBroker(program, state.path(), kDeadlineMs).ok();
    if (!started) ::_exit(1);
    ::raise(SIGKILL);
  }
  int status = 0;
  REQUIRE(::waitpid(starter, &status, 0) == starter);
  REQUIRE(WIFSIGNALED(status));

  const auto broker = FindEmbeddedBroker(state.path());
  REQUIRE(broker.ok());
  const Reaper reaper{broker->pid};
  CHECK(::getsid(broker->pid) != ::getsid(0));
  CHECK(::getpgid(broker->pid) != ::getpgid(0));
  CHECK(std::filesystem::exists(state.File("broker.log")));

  KafkaOptions options;
  options.brokers = broker->bootstrap;
  auto sink = KafkaSink::Open(options, {{Topic::kRejects, "stock-rejects"}});
  REQUIRE(sink.ok());
  OutRecord record;
  record.topic = Topic::kRejects;
  REQUIRE((*sink)->TrySend(record));
  REQUIRE((*sink)->Flush(kDeadlineMs).ok());

  // Starting again finds the one that runs.
  const auto again = StartEmbeddedBroker(program, state.path(), kDeadlineMs);
  REQUIRE(again.ok());
  CHECK(again->pid == broker->pid);
  CHECK(again->started_ms == broker->started_ms);
  auto cluster = KafkaCluster::Open(options);
  REQUIRE(cluster.ok());
  CHECK((*cluster)->Watermarks("stock-rejects", 0, kDeadlineMs).value().high == 1);
  CHECK((*cluster)->PartitionCount("stock-events", kDeadlineMs).value() == 32);

  End(broker->pid, SIGTERM);
  CHECK_FALSE(std::filesystem::exists(state.File("broker.json")));
  CHECK_FALSE(FindEmbeddedBroker(state.path()).ok());
}

TEST_CASE("a broker that was killed is not found and a new one takes its place", "[io]") {
  const StateDir state;
  const std::string program = BrokerProgram(state);
  const auto first = StartEmbeddedBroker(program, state.path(), kDeadlineMs);
  REQUIRE(first.ok());
  End(first->pid, SIGKILL);
  CHECK(absl::IsNotFound(FindEmbeddedBroker(state.path()).status()));
  CHECK(std::filesystem::exists(state.File("broker.json")));

  const auto second = StartEmbeddedBroker(program, state.path(), kDeadlineMs);
  REQUIRE(second.ok());
  const Reaper reaper{second->pid};
  CHECK(second->pid != first->pid);
  CHECK(second->started_ms >= first->started_ms);
}

TEST_CASE("a program that ends at once or is not there is told without waiting for the deadline",
          "[io]") {
  const StateDir state;
  constexpr int kNeverMs = 3'600'000;
  const std::string ending = WriteProgram(state, "echo no such command: $1; exit 2\n");
  CHECK(absl::IsUnavailable(StartEmbeddedBroker(ending, state.path(), kNeverMs).status()));
  CHECK(absl::IsUnavailable(
      StartEmbeddedBroker(state.File("absent"), state.path(), kNeverMs).status()));
  std::ifstream log(state.File("broker.log"));
  std::string line;
  REQUIRE(std::getline(log, line));
  CHECK(line == "no such command: broker");
}

TEST_CASE("a program that never becomes a broker is given up at the deadline", "[io]") {
  const StateDir state;
  const std::string idle =
      WriteProgram(state, "echo $$ > '" + state.File("pid") + "'; exec sleep 60\n");
  const absl::Status status = StartEmbeddedBroker(idle, state.path(), 1'000).status();
  CHECK(absl::IsDeadlineExceeded(status));
  CHECK(std::string(status.message()).find("broker.log") != std::string::npos);
  pid_t pid = 0;
  if (std::ifstream(state.File("pid")) >> pid) ::kill(pid, SIGKILL);
}
