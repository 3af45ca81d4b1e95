#include "ctl/admin_client.h"

#include <httplib.h>

#include <chrono>

#include "absl/strings/str_cat.h"

namespace shelf::ctl {
namespace {

constexpr std::chrono::seconds kConnectMax{2};
constexpr std::chrono::seconds kAnswerMax{30};  // a copy of a large state takes its time

httplib::Client Connect(const std::string& address) {
  httplib::Client client(address);
  client.set_connection_timeout(kConnectMax);
  client.set_read_timeout(kAnswerMax);
  return client;
}

absl::StatusCode CodeOf(int http) {
  switch (http) {
    case 200:
      return absl::StatusCode::kOk;
    case 400:
      return absl::StatusCode::kInvalidArgument;
    case 404:
      return absl::StatusCode::kNotFound;
    case 503:
      return absl::StatusCode::kUnavailable;
    default:
      return absl::StatusCode::kInternal;
  }
}

absl::StatusOr<Json> Read(const httplib::Result& result, const std::string& address) {
  if (!result) {
    return absl::UnavailableError(
        absl::StrCat("no daemon answers at ", address, ": ", httplib::to_string(result.error())));
  }
  Json body = Json::parse(result->body, nullptr, /*allow_exceptions=*/false);
  if (body.is_discarded()) {
    return absl::InternalError(absl::StrCat("what answers at ", address, " is no shelfd"));
  }
  const absl::StatusCode code = CodeOf(result->status);
  if (code == absl::StatusCode::kOk) return body;
  if (!body.is_object()) body = Json::object();
  return absl::Status(code, body.value("error", absl::StrCat("HTTP status ", result->status)));
}

}  // namespace

absl::StatusOr<Json> AdminClient::Get(const std::string& target) const {
  httplib::Client client = Connect(address_);
  return Read(client.Get(target), address_);
}

absl::StatusOr<Json> AdminClient::Post(const std::string& target) const {
  httplib::Client client = Connect(address_);
  return Read(client.Post(target), address_);
}

}  // namespace shelf::ctl
