// The admin port: HTTP on the loopback address, for shelfctl, supervisors and people.
//
//   GET  /healthz                          the process answers; asks nothing of anyone
//   GET  /readyz                           200 when caught up, else 503
//   GET  /metrics                          for Prometheus, see metrics.h and funnel_keeper.h
//   GET  /v1/status                        see queries.h
//   GET  /v1/stores[?worst=N]              see store_queries.h
//   GET  /v1/funnel[?channel=]             see funnel_turns.h; takes its time
//   GET  /v1/positions/{store}/{sku}       parts percent-encoded
//   GET  /v1/explain?channel=&store=&sku=  see explain.h; may read one record of the log
//   GET  /v1/holds[?store=]                lists that wait for an operator, see hold_queries.h
//   POST /v1/holds/{store}?action=[&by=][&snapshot=]  release or drop; answers when it is in force,
//                                          or after 3 s that it is not yet
//   GET  /v1/rules                         what is in force where, see rules_queries.h
//   GET  /v1/rules/{hash}                  one set with its text; "newest"; "history": all without
//   POST /v1/rules?force=1&by=&source=     the body is a rules file, empty: the configured one is
//                                          read again; answers when it is in force, or after 5 s
//                                          how far it has come
//   GET  /v1/stops[?expired=1]             stop-sales, see stop_queries.h
//   POST /v1/stops?sku=&store=&channel=&for=&why=&by=  places one, see stop_request.h; answers when
//                                          it is in force, or after 3 s how far it has come
//   POST /v1/stops/{id}?action=lift[&by=]
//   POST /v1/copy                          {"path": …}: a consistent copy of the checkpoint, which
//                                          whoever asked removes; leftovers go at the next Start
//
// Answers are JSON; an error is {"error": words} with 400, 403, 404, 500 or 503 (no answer in
// time).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "app/publication_json.h"
#include "loop/worker.h"
#include "state/checkpoint_store.h"

namespace shelf {

struct AdminOptions {
  std::string listen = "127.0.0.1:8711";     // host:port, loopback only; port 0: any free one
  std::string state_dir;                     // copies are made in its folder "copies"
  std::string rules_path = {};               // the configured rules file; empty: built in
  std::optional<int64_t> retention_ms = {};  // of the input topic, for the age of backups
  // How long a question may wait for the worker; of a funnel each slice.
  int64_t answer_ms_max = 5000;
  // How often the funnel is counted for the metrics; 0: never.
  int64_t funnel_interval_ms = 0;
  // Reads what caused a number; empty: its place is told and no more.
  ReadRecord read_record = {};
};

// THREAD: Start and Stop by one owner; requests run on threads of its own and reach the worker
// through Worker::Post.
class AdminServer {
 public:
  // Borrows both, which outlive the server. `store` null: no copies.
  AdminServer(AdminOptions options, Worker& worker, CheckpointStore* store);
  ~AdminServer();  // stops
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  // The worker runs by now. InvalidArgument: the address is no loopback address. Unavailable: it
  // cannot be bound.
  absl::Status Start();
  // After Start.
  int port() const;
  // Questions that wait are answered 503. May be called when the worker no longer runs.
  void Stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace shelf
