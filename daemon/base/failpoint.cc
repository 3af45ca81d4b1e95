#include "base/failpoint.h"

#if SHELFD_FAILPOINTS

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <string>

#include "absl/strings/numbers.h"

namespace shelf {
namespace {

int64_t dies_at = 0;  // which pass
std::atomic<int64_t> passes{0};

int PrintNames() {
  for (const std::string_view name : kFailpoints) {
    std::printf("%.*s\n", static_cast<int>(name.size()), name.data());
  }
  return 0;
}

int Refuse(const char* text) {
  std::fprintf(stderr,
               "SHELFD_FAILPOINT=%s: not NAME:PASS; its names are printed with "
               "SHELFD_FAILPOINT=list\n",
               text);
  return 2;
}

}  // namespace

std::optional<int> ArmFailpoint(const char* text) {
  const std::string_view words = text != nullptr ? text : "";
  if (words.empty()) return std::nullopt;
  if (words == "list") return PrintNames();
  const size_t colon = std::min(words.find(':'), words.size());
  const auto* const found =
      std::find(kFailpoints.begin(), kFailpoints.end(), words.substr(0, colon));
  const std::string pass(words.substr(std::min(colon + 1, words.size())));
  if (found == kFailpoints.end() || !absl::SimpleAtoi(pass, &dies_at) || dies_at < 1) {
    return Refuse(text);
  }
  failpoint::armed = static_cast<size_t>(found - kFailpoints.begin());
  return std::nullopt;
}

void failpoint::Count() {
  if (++passes != dies_at) return;
  const std::string_view name = kFailpoints[armed];
  std::fprintf(stderr, "killed at failpoint %.*s, pass %lld\n", static_cast<int>(name.size()),
               name.data(), static_cast<long long>(dies_at));
  std::raise(SIGKILL);
}

}  // namespace shelf

#else

namespace shelf {

std::optional<int> ArmFailpoint(const char* /*text*/) { return std::nullopt; }

}  // namespace shelf

#endif
