#include "replay/recording.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"

namespace shelf {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;
constexpr int64_t kInfoBytesMax = int64_t{16} << 20;

std::string Hex(const std::string& bytes) { return absl::BytesToHexString(bytes); }

Json PartitionToJson(const RecordedPartition& partition) {
  return {{"first", partition.first}, {"next", partition.next}, {"records", partition.records}};
}

RecordedPartition PartitionFromJson(const Json& json) {
  return {.first = json.at("first"), .next = json.at("next"), .records = json.at("records")};
}

RecordingInfo InfoFrom(const Json& json) {
  RecordingInfo info;
  info.made_ms = json.at("made_ms");
  info.stock_events = json.at("topics").at("stock_events");
  info.reference = json.at("topics").at("reference");
  info.partitions_total = json.at("partitions_total");
  info.ring_bytes_max_per_store = json.at("ring").at("bytes_max_per_store");
  info.ring_age_max_ms = json.at("ring").at("age_max_ms");
  info.has_state = json.at("has_state");
  info.complete = json.at("complete");
  info.incarnation = json.at("incarnation");
  info.from_ms = json.at("from_ms");
  info.to_ms = json.at("to_ms");
  for (const Json& one : json.at("stock_events")) {
    info.events[one.at("partition")] = PartitionFromJson(one);
  }
  info.of_reference = PartitionFromJson(json.at("reference"));
  for (const Json& one : json.at("rules")) {
    info.rules.push_back({.hash = absl::HexStringToBytes(one.at("hash").get<std::string>()),
                          .first_ms = one.at("first_ms"),
                          .has_text = one.at("has_text")});
  }
  return info;
}

absl::Status Failed(const std::string& path) {
  const std::string words = std::error_code(errno, std::generic_category()).message();
  return absl::InternalError(absl::StrCat(path, ": ", words));
}

}  // namespace

std::string RecordingToJson(const RecordingInfo& info) {
  Json json = {{"format", kFormat},
               {"made_ms", info.made_ms},
               {"topics", {{"stock_events", info.stock_events}, {"reference", info.reference}}},
               {"partitions_total", info.partitions_total},
               {"ring",
                {{"bytes_max_per_store", info.ring_bytes_max_per_store},
                 {"age_max_ms", info.ring_age_max_ms}}},
               {"has_state", info.has_state},
               {"complete", info.complete},
               {"incarnation", info.incarnation},
               {"from_ms", info.from_ms},
               {"to_ms", info.to_ms},
               {"stock_events", Json::array()},
               {"reference", PartitionToJson(info.of_reference)},
               {"rules", Json::array()}};
  for (const auto& [id, partition] : info.events) {
    Json one = PartitionToJson(partition);
    one["partition"] = id;
    json["stock_events"].push_back(std::move(one));
  }
  for (const RecordedRules& rules : info.rules) {
    json["rules"].push_back(
        {{"hash", Hex(rules.hash)}, {"first_ms", rules.first_ms}, {"has_text", rules.has_text}});
  }
  return json.dump(2) + "\n";
}

absl::StatusOr<RecordingInfo> RecordingFromJson(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    const int format = json.at("format");
    if (format > kFormat) {
      return absl::FailedPreconditionError(
          absl::StrCat("the recording has format ", format, ", this version reads ", kFormat));
    }
    return InfoFrom(json);
  } catch (const Json::exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat("no description of a recording: ", error.what()));
  }
}

std::string EventsFile(const std::string& folder, int32_t partition) {
  return (fs::path(folder) / absl::StrFormat("events-%05d.zst", partition)).string();
}
std::string ReferenceFile(const std::string& folder) {
  return (fs::path(folder) / "reference.zst").string();
}
std::string RulesFileOf(const std::string& folder, const std::string& hash) {
  return (fs::path(folder) / "rules" / (Hex(hash) + ".yaml")).string();
}
std::string StateFolder(const std::string& folder) { return (fs::path(folder) / "state").string(); }

absl::StatusOr<std::string> ReadSmallFile(const std::string& path, int64_t bytes_max) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return absl::NotFoundError(absl::StrCat(path, " cannot be read"));
  const auto size = static_cast<int64_t>(file.tellg());
  if (size > bytes_max) {
    return absl::ResourceExhaustedError(
        absl::StrCat(path, " is longer than ", bytes_max, " bytes"));
  }
  std::string text(static_cast<size_t>(std::max<int64_t>(size, 0)), '\0');
  file.seekg(0);
  file.read(text.data(), size);
  if (!file) return absl::NotFoundError(absl::StrCat(path, " cannot be read"));
  return text;
}

absl::Status ReplaceFile(const std::string& path, const std::string& content) {
  const std::string beside = path + ".new";
  const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return Failed(beside);
  const bool written =
      ::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
      ::fsync(file) == 0;
  absl::Status failed = written ? absl::OkStatus() : Failed(beside);
  ::close(file);
  if (!failed.ok()) return failed;
  return std::rename(beside.c_str(), path.c_str()) == 0 ? absl::OkStatus() : Failed(path);
}

absl::StatusOr<RecordingInfo> ReadRecordingInfo(const std::string& folder) {
  const auto text = ReadSmallFile((fs::path(folder) / kRecordingFile).string(), kInfoBytesMax);
  if (absl::IsNotFound(text.status())) {
    return absl::NotFoundError(absl::StrCat("no recording in ", folder, ": ", kRecordingFile,
                                            " is not there; `shelfctl record --out` makes one"));
  }
  if (!text.ok()) return text.status();
  return RecordingFromJson(*text);
}

}  // namespace shelf
