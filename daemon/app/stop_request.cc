#include "app/stop_request.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/ids.h"
#include "base/nearest_name.h"
#include "decode/utf8.h"
#include "rules/values.h"

namespace shelf {
namespace {

constexpr size_t kSlugBytesMax = 24;
// Longer is a slip of the pen, or meant as "until lifted".
constexpr int64_t kStopMsMax = int64_t{10} * 366 * 24 * 3'600'000;

const std::array<std::string, 9> kParameters = {"sku",   "store", "channel", "all", "for",
                                                "until", "why",   "by",      "id"};

absl::Status Bad(absl::string_view name, absl::string_view words) {
  return absl::InvalidArgumentError(absl::StrCat("parameter ", name, ": ", words));
}

absl::Status CheckText(absl::string_view name, const std::string& text, size_t bytes_max) {
  if (!IsUtf8(text)) return Bad(name, "not UTF-8");
  if (text.size() <= bytes_max) return absl::OkStatus();
  return Bad(name, absl::StrCat(text.size(), " bytes, at most ", bytes_max));
}

absl::StatusOr<int64_t> AfterNow(const std::string& text, int64_t now_ms) {
  const std::optional<int64_t> span_ms = ParseDurationMs(text);
  if (!span_ms.has_value() || *span_ms <= 0 || *span_ms > kStopMsMax) {
    return Bad("for", absl::StrCat("'", text,
                                   "' is no span of time such as 30m, 4h or 2d, at most "
                                   "ten years"));
  }
  return now_ms + *span_ms;
}

absl::StatusOr<int64_t> AtTime(const std::string& text, int64_t now_ms) {
  absl::Time at;
  std::string why;
  if (!absl::ParseTime(absl::RFC3339_full, text, &at, &why)) {
    return Bad("until", absl::StrCat("'", text,
                                     "' is no time with its zone, such as 2026-11-24T08:00:00Z or "
                                     "2026-11-24T08:00:00+01:00"));
  }
  const int64_t at_ms = absl::ToUnixMillis(at);
  if (at_ms <= now_ms) return Bad("until", absl::StrCat("'", text, "' is past"));
  if (at_ms - now_ms > kStopMsMax) return Bad("until", "more than ten years ahead");
  return at_ms;
}

class Parameters {
 public:
  explicit Parameters(const std::multimap<std::string, std::string>& given) : given_(given) {}

  absl::Status Check() const {
    for (const auto& [name, value] : given_) {
      if (std::find(kParameters.begin(), kParameters.end(), name) == kParameters.end()) {
        const std::string nearest = NearestName(name, kParameters);
        return Bad(name, nearest.empty()
                             ? "there is no such"
                             : absl::StrCat("there is no such; did you mean ", nearest, "?"));
      }
      if (given_.count(name) > 1) return Bad(name, "said twice");
    }
    return absl::OkStatus();
  }

  std::string Get(const char* name) const {
    const auto found = given_.find(name);
    return found == given_.end() ? "" : found->second;
  }

 private:
  const std::multimap<std::string, std::string>& given_;
};

absl::StatusOr<int64_t> Expiry(const Parameters& parameters, int64_t now_ms) {
  const std::string span = parameters.Get("for");
  const std::string until = parameters.Get("until");
  if (!span.empty() && !until.empty()) return Bad("until", "for says when it ends already");
  if (!span.empty()) return AfterNow(span, now_ms);
  if (!until.empty()) return AtTime(until, now_ms);
  return 0;
}

absl::Status CheckScope(const StopInfo& stop, bool all) {
  const bool none = stop.sku.empty() && stop.store.empty() && stop.channel.empty();
  if (none && !all) {
    return absl::InvalidArgumentError(
        "what is stopped? name a sku, a store or a channel; all=1 stops everything everywhere");
  }
  if (!none && all) return Bad("all", "the stop names what it is about");
  return absl::OkStatus();
}

absl::Status CheckWords(const StopInfo& stop) {
  absl::Status status = CheckText("sku", stop.sku, kSkuBytesMax);
  status.Update(CheckText("store", stop.store, kStoreBytesMax));
  status.Update(CheckText("channel", stop.channel, kSkuBytesMax));
  status.Update(CheckText("id", stop.id, kStopIdBytesMax));
  status.Update(CheckText("by", stop.by, kStopWordsBytesMax));
  status.Update(CheckText("why", stop.reason, kStopWordsBytesMax));
  if (stop.reason.empty()) status.Update(Bad("why", "missing: it stands in every explanation"));
  if (stop.by.empty()) status.Update(Bad("by", "missing: whom do people ask?"));
  return status;
}

// Small letters and digits; what else there is, as one hyphen.
std::string Slug(std::string_view text) {
  std::string slug;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      slug.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    } else if (!slug.empty() && slug.back() != '-') {
      slug.push_back('-');
    }
    if (slug.size() == kSlugBytesMax) break;
  }
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug;
}

}  // namespace

std::string MadeStopId(const StopInfo& stop, int64_t now_ms) {
  std::string about;
  for (const std::string* part : {&stop.sku, &stop.store, &stop.channel}) {
    if (about.empty()) about = Slug(*part);
  }
  if (about.empty()) about = "all";
  const std::string when =
      absl::FormatTime("%Y%m%d-%H%M%S", absl::FromUnixMillis(now_ms), absl::UTCTimeZone());
  return absl::StrCat(when, "-", about);
}

absl::StatusOr<StopInfo> ReadStopRequest(const std::multimap<std::string, std::string>& given,
                                         int64_t now_ms) {
  const Parameters parameters(given);
  if (absl::Status status = parameters.Check(); !status.ok()) return status;
  StopInfo stop;
  stop.id = parameters.Get("id");
  stop.sku = parameters.Get("sku");
  stop.store = parameters.Get("store");
  stop.channel = parameters.Get("channel");
  stop.by = parameters.Get("by");
  stop.reason = parameters.Get("why");
  absl::Status status = CheckScope(stop, parameters.Get("all") == "1");
  status.Update(CheckWords(stop));
  const absl::StatusOr<int64_t> expires_at_ms = Expiry(parameters, now_ms);
  status.Update(expires_at_ms.status());
  if (!status.ok()) return status;
  stop.expires_at_ms = *expires_at_ms;
  return stop;
}

}  // namespace shelf
