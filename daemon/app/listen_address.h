// Where the admin port listens.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace shelf {

struct ListenAddress {
  std::string host;
  int port = 0;
};

// host:port, an IPv6 host in brackets. InvalidArgument: it is none.
absl::StatusOr<ListenAddress> ParseListenAddress(const std::string& listen);

// Every address that the host's name stands for is a loopback address.
bool IsLoopbackHost(const std::string& host);

}  // namespace shelf
