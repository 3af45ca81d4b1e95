#include "app/listen_address.h"

#include <netdb.h>
#include <netinet/in.h>

#include <charconv>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace shelf {
namespace {

bool IsLoopback(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
  }
  if (address.sa_family == AF_INET6) {
    return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
  }
  return false;
}

}  // namespace

absl::StatusOr<ListenAddress> ParseListenAddress(const std::string& listen) {
  const size_t colon = listen.rfind(':');
  ListenAddress address;
  if (colon != std::string::npos) {
    address.host = listen.substr(0, colon);
    const char* const end = listen.data() + listen.size();
    const auto [stop, error] = std::from_chars(listen.data() + colon + 1, end, address.port);
    if (error != std::errc() || stop != end || address.port < 0 || address.port > 65535) {
      address.host.clear();
    }
  }
  if (address.host.size() > 2 && address.host.front() == '[' && address.host.back() == ']') {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  if (address.host.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("admin.listen: ", listen, " is no host:port"));
  }
  return address;
}

bool IsLoopbackHost(const std::string& host) {
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, nullptr, &found) != 0) return false;
  bool all = found != nullptr;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    all = all && IsLoopback(*at->ai_addr);
  }
  ::freeaddrinfo(found);
  return all;
}

}  // namespace shelf
