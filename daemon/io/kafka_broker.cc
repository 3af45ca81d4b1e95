#include "io/kafka_broker.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "io/kafka_client.h"
// librdkafka wants rdkafka.h before it.
#include <librdkafka/rdkafka_mock.h>

namespace shelf {
namespace {

using SteadyClock = std::chrono::steady_clock;
using MockCluster =
    std::unique_ptr<rd_kafka_mock_cluster_t, FreedBy<rd_kafka_mock_cluster_destroy>>;

constexpr int kStopSeenWithinMs = 100;
// syslog's number. Below it librdkafka remarks that the client of the mock has no broker to go to.
constexpr char kLogWarnings[] = "4";

std::string FileIn(const std::string& state_dir, const char* name) {
  return (std::filesystem::path(state_dir) / name).string();
}

absl::Status SystemError(const std::string& what, int error) {
  return absl::UnavailableError(absl::StrCat(what, ": ", std::generic_category().message(error)));
}

// A file descriptor, closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() { Close(); }

  void Close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }

 private:
  int fd_;
};

// Held for as long as the broker lives; the kernel lets go of it however the broker dies.
absl::StatusOr<Descriptor> LockState(const std::string& state_dir) {
  const std::string path = FileIn(state_dir, "broker.lock");
  Descriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!lock.open()) return SystemError(path, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return SystemError(path, errno);
  return absl::AlreadyExistsError(absl::StrCat("another broker holds ", path));
}

// When the process was started, in clock ticks since boot, which tells it from a later one with the
// same number. -1: there is no such process, or it is dead and only not reaped yet.
int64_t StartTicks(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  // The second field is the program's name in brackets and may itself hold brackets and spaces.
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return -1;
  const std::vector<std::string> fields =
      absl::StrSplit(text.substr(name_end + 1), ' ', absl::SkipEmpty());
  constexpr size_t kState = 0;
  constexpr size_t kStartTime = 19;
  int64_t ticks = -1;
  if (fields.size() <= kStartTime || fields[kState] == "Z" || fields[kState] == "X") return -1;
  return absl::SimpleAtoi(fields[kStartTime], &ticks) ? ticks : -1;
}

bool PortAnswers(const std::string& bootstrap) {
  const size_t colon = bootstrap.rfind(':');
  uint32_t port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(bootstrap.substr(colon + 1), &port)) {
    return false;
  }
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval patience = {1, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

absl::Status WriteBrokerFile(const std::string& state_dir, const EmbeddedBroker& broker) {
  const nlohmann::json told = {{"pid", broker.pid},
                               {"start_ticks", StartTicks(broker.pid)},
                               {"bootstrap", broker.bootstrap},
                               {"started_ms", broker.started_ms}};
  const std::string path = FileIn(state_dir, "broker.json");
  const std::string unfinished = path + ".tmp";
  std::ofstream file(unfinished, std::ios::trunc);
  file << told.dump() << '\n';
  file.close();
  if (!file || ::rename(unfinished.c_str(), path.c_str()) != 0) return SystemError(path, errno);
  return absl::OkStatus();
}

struct BrokerFile {
  EmbeddedBroker broker;
  int64_t start_ticks = -1;
};

absl::StatusOr<BrokerFile> ReadBrokerFile(const std::string& state_dir) {
  const std::string path = FileIn(state_dir, "broker.json");
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("no ", path));
  const nlohmann::json told = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  auto number = [&told](const char* name) {
    return told.is_object() && told.contains(name) && told[name].is_number_integer()
               ? told[name].get<int64_t>()
               : int64_t{-1};
  };
  BrokerFile found;
  found.broker.pid = static_cast<pid_t>(number("pid"));
  found.broker.started_ms = number("started_ms");
  found.start_ticks = number("start_ticks");
  if (found.broker.pid <= 0 || found.start_ticks < 0 || !told.contains("bootstrap") ||
      !told["bootstrap"].is_string()) {
    return absl::NotFoundError(absl::StrCat(path, " names no broker"));
  }
  found.broker.bootstrap = told["bootstrap"].get<std::string>();
  return found;
}

absl::Status CreateTopics(rd_kafka_mock_cluster_t* cluster,
                          const std::vector<EmbeddedTopic>& topics) {
  constexpr int kReplicas = 1;
  for (const EmbeddedTopic& topic : topics) {
    const rd_kafka_resp_err_t error =
        rd_kafka_mock_topic_create(cluster, topic.name.c_str(), topic.partitions, kReplicas);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return KafkaError(error, absl::StrCat("cannot make topic ", topic.name));
    }
  }
  return absl::OkStatus();
}

int64_t NowMs() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

// Everything the child needs, made before the fork: after it, in a process that had threads, only
// async-signal-safe calls are allowed.
struct Launch {
  std::string program;
  std::string state_dir;
  std::string log_path;
};

constexpr int kLifelineFd = 3;

// Puts standard input, output and error, and `lifeline` as kLifelineFd, in place, and lets nothing
// else of the daemon through: a RocksDB lock or a socket in the broker would outlive its owner.
bool ArrangeDescriptors(const Launch& launch, int lifeline) {
  const int null = ::open("/dev/null", O_RDONLY);
  const int log = ::open(launch.log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  // Above the numbers that are about to be overwritten.
  constexpr int kClear = 10;
  const int kept = ::fcntl(lifeline, F_DUPFD, kClear);
  if (null < 0 || log < 0 || kept < 0) return false;
  const int log_kept = ::fcntl(log, F_DUPFD, kClear);
  if (log_kept < 0 || ::dup2(null, STDIN_FILENO) < 0) return false;
  if (::dup2(log_kept, STDOUT_FILENO) < 0 || ::dup2(log_kept, STDERR_FILENO) < 0) return false;
  if (::dup2(kept, kLifelineFd) < 0) return false;
  return ::close_range(kLifelineFd + 1, ~0U, 0) == 0;
}

void RestoreSignals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGCHLD}) ::signal(signal, SIG_DFL);
}

// The child of the fork. A second fork gives the broker to init, so that nobody has to wait for it.
[[noreturn]] void BecomeBroker(const Launch& launch, int lifeline) {
  if (::setsid() < 0) ::_exit(1);
  const pid_t grandchild = ::fork();
  if (grandchild != 0) ::_exit(grandchild < 0 ? 1 : 0);
  RestoreSignals();
  if (!ArrangeDescriptors(launch, lifeline) || ::chdir("/") != 0) ::_exit(1);
  const char* const arguments[] = {launch.program.c_str(), "broker", "--state",
                                   launch.state_dir.c_str(), nullptr};
  ::execv(launch.program.c_str(), const_cast<char* const*>(arguments));
  static constexpr char kWords[] = "cannot start the broker's program\n";
  [[maybe_unused]] const ssize_t told = ::write(STDERR_FILENO, kWords, sizeof(kWords) - 1);
  ::_exit(1);
}

// Starts the broker. The descriptor returned reaches its end when the broker has died.
absl::StatusOr<Descriptor> Spawn(const Launch& launch) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return SystemError("pipe", errno);
  Descriptor watch(ends[0]);
  Descriptor lifeline(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return SystemError("fork", errno);
  if (child == 0) BecomeBroker(launch, lifeline.get());
  lifeline.Close();
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return watch;
}

absl::StatusOr<EmbeddedBroker> WaitForBroker(const Launch& launch, const Descriptor& watch,
                                             int deadline_ms) {
  constexpr int kLookEveryMs = 10;
  const auto deadline = SteadyClock::now() + std::chrono::milliseconds(deadline_ms);
  bool died = false;
  while (true) {
    absl::StatusOr<EmbeddedBroker> found = FindEmbeddedBroker(launch.state_dir);
    if (found.ok()) return found;
    // One more look was due after the death: two daemons may have started a broker at once.
    if (died) {
      return absl::UnavailableError(
          absl::StrCat("the embedded broker ended at once; see ", launch.log_path));
    }
    if (SteadyClock::now() >= deadline) {
      return absl::DeadlineExceededError(
          absl::StrCat("no embedded broker after ", deadline_ms, " ms; see ", launch.log_path));
    }
    pollfd end = {watch.get(), POLLIN, 0};
    died = ::poll(&end, 1, kLookEveryMs) > 0;
  }
}

absl::Status MakeStateDir(const std::string& state_dir) {
  std::error_code error;
  std::filesystem::create_directories(state_dir, error);
  return error ? SystemError(state_dir, error.value()) : absl::OkStatus();
}

}  // namespace

absl::Status RunEmbeddedBroker(const EmbeddedBrokerOptions& options,
                               const std::atomic<bool>& stop) {
  if (absl::Status status = MakeStateDir(options.state_dir); !status.ok()) return status;
  const absl::StatusOr<Descriptor> lock = LockState(options.state_dir);
  if (!lock.ok()) return lock.status();

  // The mock cluster lives in a client, which itself never connects anywhere.
  absl::StatusOr<KafkaConf> conf = MakeKafkaConf({}, {{"log_level", kLogWarnings}});
  if (!conf.ok()) return conf.status();
  absl::StatusOr<KafkaClient> client = MakeKafkaClient(RD_KAFKA_PRODUCER, *std::move(conf));
  if (!client.ok()) return client.status();
  const MockCluster cluster(rd_kafka_mock_cluster_new(client->get(), /*broker_cnt=*/1));
  if (cluster == nullptr) return absl::UnavailableError("librdkafka made no mock cluster");
  if (absl::Status made = CreateTopics(cluster.get(), options.topics); !made.ok()) return made;

  const EmbeddedBroker self = {::getpid(), rd_kafka_mock_cluster_bootstraps(cluster.get()),
                               NowMs()};
  if (absl::Status told = WriteBrokerFile(options.state_dir, self); !told.ok()) return told;
  while (!stop.load()) rd_kafka_poll(client->get(), kStopSeenWithinMs);
  ::unlink(FileIn(options.state_dir, "broker.json").c_str());
  return absl::OkStatus();
}

absl::StatusOr<EmbeddedBroker> FindEmbeddedBroker(const std::string& state_dir) {
  absl::StatusOr<BrokerFile> file = ReadBrokerFile(state_dir);
  if (!file.ok()) return file.status();
  const EmbeddedBroker& broker = file->broker;
  if (StartTicks(broker.pid) != file->start_ticks) {
    return absl::NotFoundError(absl::StrCat("the broker of ", state_dir, " is dead"));
  }
  if (!PortAnswers(broker.bootstrap)) {
    return absl::NotFoundError(absl::StrCat("nothing answers at ", broker.bootstrap));
  }
  return broker;
}

absl::StatusOr<EmbeddedBroker> StartEmbeddedBroker(const std::string& program_path,
                                                   const std::string& state_dir, int deadline_ms) {
  if (absl::StatusOr<EmbeddedBroker> live = FindEmbeddedBroker(state_dir); live.ok()) return live;
  if (absl::Status status = MakeStateDir(state_dir); !status.ok()) return status;
  // The broker works in "/", so that it holds no folder.
  std::error_code error;
  const Launch launch = {
      std::filesystem::absolute(program_path, error).string(),
      std::filesystem::absolute(state_dir, error).string(),
      FileIn(std::filesystem::absolute(state_dir, error).string(), "broker.log")};
  if (error) return SystemError(state_dir, error.value());
  const absl::StatusOr<Descriptor> watch = Spawn(launch);
  if (!watch.ok()) return watch.status();
  return WaitForBroker(launch, *watch, deadline_ms);
}

}  // namespace shelf
