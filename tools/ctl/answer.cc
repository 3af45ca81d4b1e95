#include "ctl/answer.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "base/percent.h"

namespace shelf::ctl {

int Fail(const absl::Status& status, std::ostream& err) {
  err << "shelfctl: " << std::string(status.message()) << '\n';
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
      return kExitNotFound;
    case absl::StatusCode::kInvalidArgument:
      return kExitUsage;
    case absl::StatusCode::kUnavailable:
      return kExitUnreachable;
    default:
      return kExitFailed;
  }
}

std::string Encoded(const std::string& part) {
  std::string text;
  AppendPercentEncoded(part, text);
  return text;
}

std::string UserName() {
  const char* const user = std::getenv("USER");
  if (user != nullptr && *user != '\0') return user;
  const passwd* const entry = ::getpwuid(::geteuid());  // cron and containers set no $USER
  return entry != nullptr ? entry->pw_name : "shelfctl";
}

int ShowAnswer(const Common& common, const absl::StatusOr<Json>& answer, Show show,
               std::ostream& out, std::ostream& err) {
  if (!answer.ok()) return Fail(answer.status(), err);
  if (common.json) {
    out << answer->dump(2) << '\n';
    return kExitOk;
  }
  // The daemon may be of another version than we are.
  try {
    show(*answer, out);
  } catch (const Json::exception& error) {
    return Fail(absl::InternalError(absl::StrCat("the daemon answered in another form (",
                                                 error.what(), "); see it with --output json")),
                err);
  }
  return kExitOk;
}

}  // namespace shelf::ctl
