#include "app/admin_server.h"

#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "app/backup_age.h"
#include "app/clock.h"
#include "app/configured_rules.h"
#include "app/explain.h"
#include "app/funnel_keeper.h"
#include "app/funnel_turns.h"
#include "app/hold_queries.h"
#include "app/listen_address.h"
#include "app/metrics.h"
#include "app/queries.h"
#include "app/rules_queries.h"
#include "app/stop_queries.h"
#include "app/stop_request.h"
#include "app/store_queries.h"
#include "app/worker_desk.h"
#include "base/percent.h"
#include "rules/rules_file.h"

namespace shelf {
namespace {

constexpr std::string_view kPositions = "/v1/positions/";
constexpr std::string_view kHolds = "/v1/holds/";
constexpr std::string_view kStops = "/v1/stops/";
constexpr std::string_view kRules = "/v1/rules/";
constexpr size_t kThreads = 4;
// How long an operator's decision may be on its way through the log before we say so.
constexpr int64_t kDecisionMsMax = 3000;
constexpr size_t kBodyBytesMax = kRulesFileBytesMax;  // nothing else that is asked has a body
// How long a rule set may be on its way before we say how far it has come.
constexpr int64_t kRulesMsMax = 5000;

Json BackupJson(const BackupFacts& facts, int64_t now_ms) {
  const BackupVerdict verdict = JudgeBackup(facts, now_ms);
  return {{"age_ms", verdict.age_ms.has_value() ? Json(*verdict.age_ms) : Json()},
          {"retention_ms", facts.retention_ms.has_value() ? Json(*facts.retention_ms) : Json()},
          {"alarm", verdict.alarm}};
}

absl::StatusOr<std::optional<size_t>> WorstParameter(const httplib::Request& request) {
  if (!request.has_param("worst")) return std::nullopt;
  const std::string text = request.get_param_value("worst");
  size_t worst = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), worst);
  if (error != std::errc() || stop != text.data() + text.size() || worst == 0) {
    return absl::InvalidArgumentError("parameter worst is a number of stores, 1 or more");
  }
  return worst;
}

int HttpCode(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return 400;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return 503;
    default:
      return 500;
  }
}

void Reply(const Answer& answer, httplib::Response& response) {
  Json body;
  if (answer.ok()) {
    body = *answer;
  } else {
    response.status = HttpCode(answer.status());
    body["error"] = std::string(answer.status().message());
  }
  std::string text = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.push_back('\n');
  response.set_content(text, "application/json");
}

// Where no handler came to answer.
void ReplyUnhandled(const httplib::Request& request, httplib::Response& response) {
  if (!response.body.empty()) return;
  const bool no_length = response.status == 400 && !request.has_header("Content-Length");
  const char* const words = response.status == 404 ? "there is nothing at this address"
                            : no_length ? "a POST says how long its body is; curl does with -d ''"
                                        : "no request that can be read";
  response.set_content(absl::StrCat("{\"error\":\"", words, "\"}\n"), "application/json");
}

}  // namespace

struct AdminServer::Impl {
  Impl(AdminOptions admin_options, Worker& its_worker, CheckpointStore* its_store)
      : options(std::move(admin_options)),
        desk(its_worker, options.answer_ms_max),
        store(its_store) {}

  void Route();
  void RefuseBrowsers();
  absl::Status Bind(const ListenAddress& address);
  Answer Position(const httplib::Request& request);
  Answer ExplainNumber(const httplib::Request& request);
  Answer Status();
  void TellMetrics(httplib::Response& response);
  Answer Stores(const httplib::Request& request);
  Answer Decide(const httplib::Request& request);
  Answer Place(const httplib::Request& request);
  Answer Lift(const httplib::Request& request);
  Answer Rules(const httplib::Request& request);
  Answer TakeRules(const httplib::Request& request);
  Answer Copy();
  std::filesystem::path CopiesFolder() const {
    return std::filesystem::absolute(std::filesystem::path(options.state_dir) / "copies");
  }

  const AdminOptions options;
  WorkerDesk desk;
  CheckpointStore* const store;
  FunnelTurns funnels{desk.asker()};
  std::atomic<uint64_t> copies_made{0};
  httplib::Server server;
  std::thread listener;
  std::atomic<bool> listened{false};
  int port = 0;
  // Last: its thread asks through all of the above.
  FunnelKeeper keeper{{.interval_ms = options.funnel_interval_ms}, desk.asker()};
};

void AdminServer::Impl::Route() {
  using httplib::Request;
  using httplib::Response;
  server.set_error_handler(ReplyUnhandled);
  server.Get("/healthz", [](const Request&, Response& response) {
    Reply(Json{{"alive", true}}, response);
  });
  server.Get("/readyz", [this](const Request&, Response& response) {
    Reply(desk.Ask([](Worker& its) -> Answer {
      if (!its.caught_up()) return absl::UnavailableError("catching up with the log");
      return Json{{"ready", true}};
    }),
          response);
  });
  server.Get("/metrics", [this](const Request&, Response& response) { TellMetrics(response); });
  server.Get("/v1/status",
             [this](const Request&, Response& response) { Reply(Status(), response); });
  server.Get("/v1/stores", [this](const Request& request, Response& response) {
    Reply(Stores(request), response);
  });
  server.Get("/v1/funnel", [this](const Request& request, Response& response) {
    Reply(funnels.Count(request.get_param_value("channel")), response);
  });
  server.Get(std::string(kPositions) + ".*", [this](const Request& request, Response& response) {
    Reply(Position(request), response);
  });
  server.Get("/v1/explain", [this](const Request& request, Response& response) {
    Reply(ExplainNumber(request), response);
  });
  server.Get("/v1/holds", [this](const Request& request, Response& response) {
    Reply(desk.Ask([store = request.get_param_value("store")](Worker& its) -> Answer {
      return ListHolds(its.world(), store);
    }),
          response);
  });
  server.Post(std::string(kHolds) + ".*", [this](const Request& request, Response& response) {
    Reply(Decide(request), response);
  });
  server.Get("/v1/stops", [this](const Request& request, Response& response) {
    Reply(desk.Ask([all = request.get_param_value("expired") == "1"](Worker& its) -> Answer {
      return ListStops(its.world(), all);
    }),
          response);
  });
  server.Post("/v1/stops", [this](const Request& request, Response& response) {
    Reply(Place(request), response);
  });
  server.Post(std::string(kStops) + ".*", [this](const Request& request, Response& response) {
    Reply(Lift(request), response);
  });
  server.Get("/v1/rules", [this](const Request&, Response& response) {
    Reply(desk.Ask([](Worker& its) -> Answer { return ShowRules(its); }), response);
  });
  server.Get(std::string(kRules) + ".*", [this](const Request& request, Response& response) {
    Reply(Rules(request), response);
  });
  server.Post("/v1/rules", [this](const Request& request, Response& response) {
    Reply(TakeRules(request), response);
  });
  server.Post("/v1/copy", [this](const Request&, Response& response) { Reply(Copy(), response); });
}

// A page in a browser on this machine can send requests here too; only then is there an Origin.
void AdminServer::Impl::RefuseBrowsers() {
  server.set_pre_routing_handler([](const httplib::Request& request, httplib::Response& response) {
    if (!request.has_header("Origin")) return httplib::Server::HandlerResponse::Unhandled;
    response.status = 403;
    response.set_content("{\"error\":\"not for web pages\"}\n", "application/json");
    return httplib::Server::HandlerResponse::Handled;
  });
}

Answer AdminServer::Impl::Position(const httplib::Request& request) {
  // From the target as sent: in `path` an encoded slash looks like one that parts.
  const std::string_view target(request.target);
  const std::string_view path = target.substr(0, target.find('?'));
  std::optional<std::vector<std::string>> parts;
  if (path.substr(0, kPositions.size()) == kPositions) {
    parts = SplitKey(path.substr(kPositions.size()));
  }
  if (!parts.has_value() || parts->size() != 2) {
    return absl::InvalidArgumentError("the path is /v1/positions/{store}/{sku}, percent-encoded");
  }
  return desk.Ask([parts = *std::move(parts)](Worker& its) -> Answer {
    return GetPosition(its, parts[0], parts[1]);
  });
}

Answer AdminServer::Impl::ExplainNumber(const httplib::Request& request) {
  for (const char* name : {"channel", "store", "sku"}) {
    if (!request.has_param(name)) {
      return absl::InvalidArgumentError(absl::StrCat("parameter ", name, " is missing"));
    }
  }
  const KeyNames key{.channel = request.get_param_value("channel"),
                     .store = request.get_param_value("store"),
                     .sku = request.get_param_value("sku")};
  // Shared with a question that is answered when nobody waits for it any more.
  const auto explanation = std::make_shared<absl::StatusOr<Explanation>>();
  const absl::Status asked = desk.AskStatus([key, explanation](Worker& its) {
    *explanation = ExplainKey(its, key);
    return explanation->status();
  });
  if (!asked.ok()) return asked;
  return Complete(*std::move(*explanation), store, options.read_record);
}

Answer AdminServer::Impl::Status() {
  Answer answer = desk.Ask([](Worker& its) -> Answer { return GetStatus(its); });
  if (answer.ok()) {
    (*answer)["state_dir"] = std::filesystem::absolute(options.state_dir).string();
    (*answer)["backup"] =
        BackupJson({NewestBackupMs(options.state_dir), options.retention_ms}, WallMs());
  }
  return answer;
}

void AdminServer::Impl::TellMetrics(httplib::Response& response) {
  const Answer status = desk.Ask([](Worker& its) -> Answer { return GetStatus(its); });
  if (!status.ok()) return Reply(status, response);
  response.set_content(MetricsText(*status, keeper.newest()),
                       "text/plain; version=0.0.4; charset=utf-8");
}

Answer AdminServer::Impl::Stores(const httplib::Request& request) {
  const absl::StatusOr<std::optional<size_t>> worst = WorstParameter(request);
  if (!worst.ok()) return worst.status();
  return desk.Ask([worst = *worst](Worker& its) -> Answer { return ListStores(its, worst); });
}

Answer AdminServer::Impl::Decide(const httplib::Request& request) {
  const std::string_view target(request.target);
  const std::string_view path = target.substr(0, target.find('?'));
  const auto parts = SplitKey(path.substr(kHolds.size()));
  const std::string action = request.get_param_value("action");
  if (!parts.has_value() || parts->size() != 1 || (action != "release" && action != "drop")) {
    return absl::InvalidArgumentError(
        "it is POST /v1/holds/{store}?action=release or drop, with by and snapshot if you like");
  }
  const HoldDecision decision{
      .store = parts->front(),
      .snapshot_id = request.get_param_value("snapshot"),
      .action = action == "release" ? ListAction::kRelease : ListAction::kDrop,
      .by = request.get_param_value("by")};
  return DecideHold(decision, std::min(options.answer_ms_max, kDecisionMsMax), desk.asker());
}

Answer AdminServer::Impl::Place(const httplib::Request& request) {
  const int64_t now_ms = WallMs();
  absl::StatusOr<StopInfo> stop = ReadStopRequest(request.params, now_ms);
  if (!stop.ok()) return stop.status();
  return PlaceStop(*std::move(stop), now_ms, std::min(options.answer_ms_max, kDecisionMsMax),
                   desk.asker());
}

Answer AdminServer::Impl::Lift(const httplib::Request& request) {
  const std::string_view target(request.target);
  const auto parts = SplitKey(target.substr(0, target.find('?')).substr(kStops.size()));
  if (!parts.has_value() || parts->size() != 1 || request.get_param_value("action") != "lift") {
    return absl::InvalidArgumentError("it is POST /v1/stops/{id}?action=lift, with by if you like");
  }
  return LiftStop(parts->front(), request.get_param_value("by"),
                  std::min(options.answer_ms_max, kDecisionMsMax), desk.asker());
}

Answer AdminServer::Impl::Rules(const httplib::Request& request) {
  return desk.Ask([name = request.path.substr(kRules.size())](Worker& its) -> Answer {
    if (name == "history") return RulesHistoryJson(its.world());
    return RulesText(its.world(), name);
  });
}

Answer AdminServer::Impl::TakeRules(const httplib::Request& request) {
  const std::string by = request.get_param_value("by");
  RulesProposal proposal{.text = request.body,
                         .source = request.get_param_value("source"),
                         .by = by,
                         .force = false,
                         .from_file = false};
  if (request.body.empty()) {
    absl::StatusOr<RulesProposal> configured = ConfiguredRules(options.rules_path).Proposal(by);
    if (!configured.ok()) return configured.status();
    proposal = *std::move(configured);
  }
  proposal.force = request.get_param_value("force") == "1";
  return ProposeRules(std::move(proposal), std::min(options.answer_ms_max, kRulesMsMax),
                      desk.asker());
}

Answer AdminServer::Impl::Copy() {
  if (store == nullptr) return absl::FailedPreconditionError("this instance keeps no state");
  const std::string folder = (CopiesFolder() / absl::StrCat(WallMs(), "-", ++copies_made)).string();
  if (absl::Status status = store->CopyTo(folder); !status.ok()) return status;
  return Json{{"path", folder}};
}

absl::Status AdminServer::Impl::Bind(const ListenAddress& address) {
  bool bound = false;
  if (address.port == 0) {
    port = server.bind_to_any_port(address.host);
    bound = port > 0;
  } else {
    port = address.port;
    bound = server.bind_to_port(address.host, port);
  }
  if (bound) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("admin.listen: ", options.listen, " cannot be bound; is another shelfd there?"));
}

AdminServer::AdminServer(AdminOptions options, Worker& worker, CheckpointStore* store)
    : impl_(std::make_unique<Impl>(std::move(options), worker, store)) {}

AdminServer::~AdminServer() { Stop(); }

absl::Status AdminServer::Start() {
  const absl::StatusOr<ListenAddress> address = ParseListenAddress(impl_->options.listen);
  if (!address.ok()) return address.status();
  if (!IsLoopbackHost(address->host)) {
    return absl::InvalidArgumentError(absl::StrCat("admin.listen: ", address->host,
                                                   " is no loopback address: whoever reaches the "
                                                   "admin port sees all stock"));
  }
  // Copies of an earlier life hold on to disk that nobody frees any more.
  std::error_code ignored;
  std::filesystem::remove_all(impl_->CopiesFolder(), ignored);

  httplib::Server& server = impl_->server;
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server.set_keep_alive_max_count(1);  // an idle connection would hold up Stop
  server.set_read_timeout(std::chrono::seconds(2));
  server.set_payload_max_length(kBodyBytesMax);
  // The library's own choice, SO_REUSEPORT, would let two daemons share the port unnoticed.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
  impl_->RefuseBrowsers();
  impl_->Route();
  if (absl::Status status = impl_->Bind(*address); !status.ok()) return status;
  impl_->listener = std::thread([impl = impl_.get()] {
    impl->server.listen_after_bind();
    impl->listened = true;
  });
  // A server that does not listen yet would miss the call of Stop.
  while (!server.is_running() && !impl_->listened) std::this_thread::yield();
  impl_->keeper.Start();
  return absl::OkStatus();
}

int AdminServer::port() const { return impl_->port; }

void AdminServer::Stop() {
  if (!impl_->listener.joinable()) return;
  impl_->desk.Stop();
  impl_->funnels.Stop();
  impl_->keeper.Stop();
  impl_->server.stop();
  impl_->listener.join();
}

}  // namespace shelf
