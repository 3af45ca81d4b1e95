#include "ctl/top.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "ctl/admin_client.h"
#include "ctl/funnel_poller.h"
#include "ctl/screen.h"
#include "ctl/top_render.h"
#include "ctl/top_watch.h"

namespace shelf::ctl {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A daemon that needs longer for its status is worth a "no answer".
constexpr milliseconds kStatusMax{2000};

int64_t NowMs() { return absl::ToUnixMillis(absl::Now()); }

// The signals that end a watch are taken where it waits, so that no picture is cut in two.
class EndSignals {
 public:
  EndSignals() {
    std::signal(SIGPIPE, SIG_IGN);  // a daemon may die while it is asked
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }
  ~EndSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  EndSignals(const EndSignals&) = delete;
  EndSignals& operator=(const EndSignals&) = delete;

  // True: one came within `wait`.
  bool Await(milliseconds wait) const {
    const int64_t ms = std::max<int64_t>(0, wait.count());
    const timespec time{.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1'000'000};
    return sigtimedwait(&signals_, nullptr, &time) > 0;
  }

 private:
  sigset_t signals_;
  sigset_t before_;
};

class TopRun {
 public:
  TopRun(const Common& common, const TopOptions& options, std::ostream& out)
      : options_(options),
        json_(common.json),
        out_(out),
        screen_(out, STDOUT_FILENO, options.colours),
        client_(common.admin, kStatusMax),
        funnels_(common.admin, options.every),
        watch_(common.admin, NowMs()) {}

  void Run(const EndSignals& signals) {
    const steady_clock::time_point start = steady_clock::now();
    const steady_clock::time_point end = options_.duration.has_value()
                                             ? start + *options_.duration
                                             : steady_clock::time_point::max();
    for (steady_clock::time_point due = start; out_.good();) {
      Ask();
      Show();
      const steady_clock::time_point now = steady_clock::now();
      if (now >= end) return;
      // Pictures that a slow answer left out are not made good in a burst.
      due = std::max(due + options_.every, now);
      if (signals.Await(std::chrono::ceil<milliseconds>(std::min(due, end) - now))) return;
    }
  }

  bool ever_answered() const { return watch_.ever_answered(); }

 private:
  void Ask() {
    status_ = client_.Get("/v1/status");
    absl::StatusOr<StatusFigures> figures =
        status_.ok() ? ReadStatus(*status_) : absl::StatusOr<StatusFigures>(status_.status());
    if (figures.ok()) {
      watch_.Answered(NowMs(), *std::move(figures));
    } else {
      watch_.Unanswered(std::string(figures.status().message()));
    }
    if (std::optional<absl::StatusOr<Json>> funnel = funnels_.Take(); funnel.has_value()) {
      TakeFunnel(*std::move(funnel));
    }
  }

  void TakeFunnel(absl::StatusOr<Json> funnel) {
    absl::StatusOr<FunnelFigures> figures =
        funnel.ok() ? ReadFunnel(*funnel) : absl::StatusOr<FunnelFigures>(funnel.status());
    if (!figures.ok()) {
      watch_.NotCounted(std::string(figures.status().message()));
      return;
    }
    watch_.Counted(*std::move(figures));
    funnel_ = *std::move(funnel);
  }

  void Show() {
    if (json_) {
      out_ << AnswersJson().dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
    } else if (options_.redraw) {
      screen_.Draw(Block(watch_.At(NowMs()), screen_.columns()));
    } else if (options_.blocks) {
      for (const Row& row : Block(watch_.At(NowMs()), ScreenSize().columns))
        out_ << row.text << '\n';
      out_ << std::endl;
    } else {
      out_ << Line(watch_.At(NowMs())) << std::endl;
    }
  }

  Json AnswersJson() const {
    Json answers{{"time_ms", NowMs()}};
    if (status_.ok()) {
      answers["status"] = *status_;
    } else {
      answers["error"] = std::string(status_.status().message());
    }
    answers["funnel"] = funnel_;
    return answers;
  }

  const TopOptions options_;
  const bool json_;
  std::ostream& out_;
  Screen screen_;
  const AdminClient client_;
  FunnelPoller funnels_;
  Watch watch_;
  absl::StatusOr<Json> status_ = absl::UnavailableError("not asked yet");
  Json funnel_;  // the newest; null: none yet
};

}  // namespace

int Top(const Common& common, const TopOptions& options, std::ostream& out, std::ostream& err) {
  // Before the poller's thread, which then never gets a signal.
  const EndSignals signals;
  TopRun run(common, options, out);
  run.Run(signals);
  if (!out.good()) {
    err << "shelfctl: the output takes no more\n";
    return kExitFailed;
  }
  if (run.ever_answered()) return kExitOk;
  err << "shelfctl: no daemon ever answered at " << common.admin << '\n';
  return kExitUnreachable;
}

}  // namespace shelf::ctl
