#include "ctl/admin_client.h"

#include <httplib.h>

#include <chrono>

#include "absl/strings/str_cat.h"

namespace shelf::ctl {
namespace {

constexpr std::chrono::seconds kConnectMax{2};

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

template <typename Question>
absl::StatusOr<Json> AdminClient::Ask(const Question& question) const {
  httplib::Client client(address_);
  client.set_connection_timeout(kConnectMax);
  client.set_read_timeout(answer_max_);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    asking_ = &client;
  }
  const httplib::Result result = question(client);
  const std::lock_guard<std::mutex> lock(mutex_);
  asking_ = nullptr;
  return Read(result, address_);
}

absl::StatusOr<Json> AdminClient::Get(const std::string& target) const {
  return Ask([&](httplib::Client& client) { return client.Get(target); });
}

absl::StatusOr<Json> AdminClient::Post(const std::string& target, const std::string& body) const {
  return Ask([&](httplib::Client& client) {
    return client.Post(target, body, "application/octet-stream");
  });
}

void AdminClient::Abort() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (asking_ != nullptr) asking_->stop();
}

}  // namespace shelf::ctl
