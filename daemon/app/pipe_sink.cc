#include "app/pipe_sink.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "loop/json.h"
#include "nlohmann/json.hpp"
#include "shelf/v1/availability.pb.h"
#include "shelf/v1/request.pb.h"

namespace shelf {
namespace {

using Json = nlohmann::ordered_json;

// `text` as a JSON string; what is no UTF-8 in it is replaced.
std::string Quoted(std::string_view text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string_view NameOf(Topic topic) {
  switch (topic) {
    case Topic::kAvailability:
      return "availability";
    case Topic::kLocations:
      return "locations";
    case Topic::kRequests:
      return "stock-requests";
    default:
      return "stock-rejects";
  }
}

template <typename Message>
void ProtobufToJson(std::string_view bytes, std::string& json) {
  Message message;
  SHELF_CHECK(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
              "the worker writes what it means");
  ToJson(message, json);
}

}  // namespace

void PipeSink::SetInput(const PipeRecord* input, int64_t line_number) {
  input_ = input;
  line_number_ = line_number;
}

bool PipeSink::TrySend(const OutRecord& record) {
  std::string_view value = record.value;
  if (record.topic == Topic::kRejects) {
    WriteReject(record);
  } else {
    if (record.topic == Topic::kLocations) {
      ProtobufToJson<v1::LocationState>(record.value, json_);
      value = json_;
    } else if (record.topic == Topic::kRequests) {
      ProtobufToJson<v1::ResyncRequest>(record.value, json_);
      value = json_;
    } else {
      SHELF_CHECK(record.topic == Topic::kAvailability, "the pipe writes no ticks and no starts");
    }
    out_ << R"({"topic":")" << NameOf(record.topic) << R"(","key":)" << Quoted(record.key)
         << R"(,"value":)" << value << "}\n";
  }
  Delivery& delivery = delivered_.emplace_back();
  delivery.topic = record.topic;
  delivery.offset = offsets_[static_cast<size_t>(record.topic)]++;
  delivery.tag = record.tag;
  return true;
}

void PipeSink::WriteReject(const OutRecord& record) {
  out_ << R"({"topic":"stock-rejects","key":)" << Quoted(record.key) << R"(,"value":)"
       << (input_ != nullptr ? std::string_view(input_->value_json) : "null") << R"(,"headers":{)";
  std::string_view separator;
  for (const auto& [name, value] : record.headers) {
    out_ << separator << Quoted(name) << ':'
         << (name == "detail" ? Quoted(DetailOf(value)) : Quoted(value));
    separator = ",";
  }
  out_ << "}}\n";
}

// A value that is no message reached the worker as bytes that say nothing; the parser said more.
std::string PipeSink::DetailOf(std::string_view said) const {
  if (input_ == nullptr || input_->trouble.empty()) return std::string(said);
  const std::string_view reason = said.substr(0, said.find(':'));
  return absl::StrCat(absl::string_view(reason.data(), reason.size()), ": input line ",
                      line_number_, ": ", input_->trouble);
}

void PipeSink::RefuseLine(std::string_view line, std::string_view detail, int64_t time_ms) {
  out_ << R"({"topic":"stock-rejects","key":null,"value":)" << Quoted(line)
       << R"(,"headers":{"reason":"malformed","detail":)" << Quoted(detail) << R"(,"time":")"
       << time_ms << "\"}}\n";
}

void PipeSink::Drain(int /*wait_ms*/, std::vector<Delivery>& out) {
  out.insert(out.end(), std::make_move_iterator(delivered_.begin()),
             std::make_move_iterator(delivered_.end()));
  delivered_.clear();
}

}  // namespace shelf
