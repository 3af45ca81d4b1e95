// Asks a running daemon's admin port.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace httplib {
class Client;
}

namespace shelf::ctl {

using Json = nlohmann::ordered_json;

class AdminClient {
 public:
  // A copy of a large state takes its time.
  static constexpr std::chrono::milliseconds kAnswerMax{30'000};
  // A funnel over tens of millions of positions, in slices, too.
  static constexpr std::chrono::milliseconds kFunnelMax{300'000};

  // `address`: host:port. An answer may take so long.
  explicit AdminClient(std::string address, std::chrono::milliseconds answer_max = kAnswerMax)
      : address_(std::move(address)), answer_max_(answer_max) {}

  // `target`: path and query, percent-encoded. Unavailable: nothing listens there or it does not
  // answer in time; NotFound and InvalidArgument in the daemon's words; Internal: anything else.
  absl::StatusOr<Json> Get(const std::string& target) const;
  absl::StatusOr<Json> Post(const std::string& target, const std::string& body = {}) const;

  // Cuts off the answer that another thread waits for, which gets Unavailable. A question that is
  // just being asked may be missed: abort again until it returns. THREAD: any.
  void Abort() const;

  const std::string& address() const { return address_; }

 private:
  template <typename Question>
  absl::StatusOr<Json> Ask(const Question& question) const;

  const std::string address_;
  const std::chrono::milliseconds answer_max_;
  mutable std::mutex mutex_;
  mutable httplib::Client* asking_ = nullptr;  // protected by mutex_
};

}  // namespace shelf::ctl
