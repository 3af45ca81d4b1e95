// backup.json.
#include "app/backup.h"
#include "nlohmann/json.hpp"

namespace shelf {
namespace {

using Json = nlohmann::ordered_json;

// `into` as it was when `json` has no such number.
template <typename Number>
bool Read(const Json& json, const char* name, Number& into) {
  if (!json.contains(name) || !json[name].is_number_integer()) return false;
  into = json[name].get<Number>();
  return true;
}

bool ReadInput(const Json& json, std::map<int32_t, int64_t>& input_next) {
  if (!json.contains("input") || !json["input"].is_array()) return false;
  for (const Json& place : json["input"]) {
    int32_t partition = 0;
    int64_t next = 0;
    if (!place.is_object() || !Read(place, "partition", partition) ||
        !Read(place, "next_offset", next)) {
      return false;
    }
    input_next[partition] = next;
  }
  return true;
}

bool ReadFiles(const Json& json, std::map<std::string, int64_t>& files) {
  if (!json.contains("files") || !json["files"].is_object()) return false;
  for (const auto& [name, bytes] : json["files"].items()) {
    if (!bytes.is_number_integer()) return false;
    files[name] = bytes.get<int64_t>();
  }
  return true;
}

}  // namespace

std::string BackupToJson(const BackupInfo& info) {
  Json input = Json::array();
  for (const auto& [partition, next] : info.checkpoint.input_next) {
    input.push_back({{"partition", partition}, {"next_offset", next}});
  }
  const Json json = {{"made_ms", info.made_ms},
                     {"instance", info.instance},
                     {"incarnation", info.checkpoint.incarnation},
                     {"format", info.checkpoint.format},
                     {"log_time_ms", info.checkpoint.time_ms},
                     {"partitions", info.checkpoint.partitions_total},
                     {"reference_next", info.checkpoint.reference_next},
                     {"input", std::move(input)},
                     {"files", info.files}};
  return json.dump(2) + "\n";
}

absl::StatusOr<BackupInfo> BackupFromJson(const std::string& text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  BackupInfo info;
  CheckpointSummary& checkpoint = info.checkpoint;
  const bool whole = json.is_object() && Read(json, "made_ms", info.made_ms) &&
                     Read(json, "incarnation", checkpoint.incarnation) &&
                     Read(json, "format", checkpoint.format) &&
                     Read(json, "log_time_ms", checkpoint.time_ms) &&
                     Read(json, "partitions", checkpoint.partitions_total) &&
                     Read(json, "reference_next", checkpoint.reference_next) &&
                     ReadInput(json, checkpoint.input_next) && ReadFiles(json, info.files) &&
                     json.contains("instance") && json["instance"].is_string();
  if (!whole) return absl::InvalidArgumentError("not the description of a backup");
  info.instance = json["instance"].get<std::string>();
  return info;
}

}  // namespace shelf
