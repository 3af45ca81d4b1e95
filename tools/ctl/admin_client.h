// Asks a running daemon's admin port.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace shelf::ctl {

using Json = nlohmann::ordered_json;

class AdminClient {
 public:
  // `address`: host:port.
  explicit AdminClient(std::string address) : address_(std::move(address)) {}

  // `target`: path and query, percent-encoded. Unavailable: nothing listens there or it does not
  // answer in time; NotFound and InvalidArgument in the daemon's words; Internal: anything else.
  absl::StatusOr<Json> Get(const std::string& target) const;
  absl::StatusOr<Json> Post(const std::string& target) const;

  const std::string& address() const { return address_; }

 private:
  const std::string address_;
};

}  // namespace shelf::ctl
