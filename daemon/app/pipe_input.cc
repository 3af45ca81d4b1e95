#include "app/pipe_input.h"

#include <google/protobuf/util/json_util.h>

#include <charconv>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "shelf/v1/reference.pb.h"
#include "shelf/v1/stock_event.pb.h"

namespace shelf {
namespace {

using Json = nlohmann::ordered_json;
using google::protobuf::Message;

constexpr std::string_view kNoMessage = "\xff";
// Both JSON libraries go down by recursion; no message of ours is deeper than seven.
constexpr int kDepthMax = 64;

bool TooDeep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kDepthMax) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

absl::StatusOr<Json> ParseObject(std::string_view line) {
  if (TooDeep(line)) {
    return absl::InvalidArgumentError(
        absl::StrCat("objects within one another, more than ", kDepthMax, " deep"));
  }
  try {
    Json object = Json::parse(line);
    if (!object.is_object()) return absl::InvalidArgumentError("no JSON object");
    return object;
  } catch (const Json::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("no JSON: ", error.what()));
  }
}

// Null for a key whose kind the topic does not have: the worker says so.
std::unique_ptr<Message> ReferenceMessage(std::string_view key) {
  const std::string_view kind = key.substr(0, key.find('/'));
  if (kind == "store") return std::make_unique<v1::Store>();
  if (kind == "item") return std::make_unique<v1::Item>();
  if (kind == "listing") return std::make_unique<v1::Listing>();
  if (kind == "stop") return std::make_unique<v1::StopSale>();
  return nullptr;
}

absl::Status ReadTimestamp(const Json& member, int64_t& ms) {
  if (member.is_number_integer()) {
    ms = member.get<int64_t>();
    return absl::OkStatus();
  }
  if (member.is_string()) {  // as proto3 JSON writes int64
    const auto& text = member.get_ref<const std::string&>();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
    if (error == std::errc() && end == text.data() + text.size()) return absl::OkStatus();
  }
  return absl::InvalidArgumentError("timestamp is no whole number of milliseconds");
}

absl::Status ReadEnvelope(const Json& object, PipeRecord& record) {
  const auto topic = object.find("topic");
  if (topic == object.end() || !topic->is_string()) {
    return absl::InvalidArgumentError("topic is missing, or no string");
  }
  const auto& name = topic->get_ref<const std::string&>();
  record.reference = name == "reference";
  if (!record.reference && name != "stock-events") {
    return absl::InvalidArgumentError(
        absl::StrCat("topic \"", name, "\" is neither stock-events nor reference"));
  }
  const auto key = object.find("key");
  if (key != object.end() && !key->is_null()) {
    if (!key->is_string()) return absl::InvalidArgumentError("key is no string");
    record.key = key->get<std::string>();
  }
  if (!object.contains("value")) return absl::InvalidArgumentError("value is missing");
  const auto timestamp = object.find("timestamp");
  if (timestamp == object.end() || timestamp->is_null()) return absl::OkStatus();
  return ReadTimestamp(*timestamp, record.timestamp_ms);
}

void ReadValue(PipeRecord& record) {
  const std::unique_ptr<Message> message =
      record.reference ? ReferenceMessage(record.key) : std::make_unique<v1::StockEvent>();
  record.value.emplace();
  if (message == nullptr) return;
  const auto status = google::protobuf::util::JsonStringToMessage(record.value_json, message.get());
  if (status.ok()) {
    message->SerializeToString(&*record.value);
    return;
  }
  record.value = kNoMessage;
  record.trouble = absl::StrCat("the value is no ", message->GetDescriptor()->name(), ": ",
                                std::string(status.message()));
}

}  // namespace

absl::StatusOr<PipeRecord> ReadPipeLine(std::string_view line) {
  const absl::StatusOr<Json> object = ParseObject(line);
  if (!object.ok()) return object.status();
  PipeRecord record;
  if (absl::Status status = ReadEnvelope(*object, record); !status.ok()) return status;
  const Json& value = object->at("value");
  record.value_json = value.dump();
  if (!value.is_null()) ReadValue(record);
  return record;
}

}  // namespace shelf
