#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "agent/input_file.h"
#include "agent/send_parts.h"
#include "nlohmann/json.hpp"

namespace shelf::agent {
namespace {

using Json = nlohmann::json;

// Rises when the same rows would make other events: an older agent's interrupted run is then
// refused instead of continued with other content.
constexpr int kEventsVersion = 1;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

Json FileJson(const FileIdentity& file) { return {{"bytes", file.bytes}, {"crc32", file.crc32}}; }

// What the rows mean, whichever of them are sent.
Json MeaningJson(const SendOptions& options, const FileIdentity& file) {
  return {{"kind", std::string(KindName(options.kind))},
          {"file", FileJson(file)},
          {"topic", options.topic},
          {"source", options.source},
          {"columns", options.file.columns.columns},
          {"set", options.file.columns.constants},
          {"reason", static_cast<int>(options.rows.reason)}};
}

Json SortedSkus(const StockRowOptions& rows) {
  std::vector<std::string> skus(rows.thousandths_skus.begin(), rows.thousandths_skus.end());
  std::sort(skus.begin(), skus.end());
  return skus;
}

Json EventsJson(const SendOptions& options, const FileIdentity& file) {
  Json json = MeaningJson(options, file);
  json["version"] = kEventsVersion;
  json["rows"] = {options.file.row_first, options.file.row_last};
  json["delimiter"] = std::string(1, options.file.delimiter);
  json["sign"] = options.rows.sign;
  json["decimal_sign"] = std::string(1, options.rows.decimal_sign);
  json["timezone"] = options.rows.timezone;
  json["time_shift_ms"] = options.rows.time_shift_ms;
  json["thousandths_skus"] = SortedSkus(options.rows);
  json["time"] = options.time;
  json["complete_through"] = options.complete_through;
  json["claims"] = options.claims;
  json["all_stores"] = options.all_stores;
  // Only when given: runs that an older agent began without it go on.
  if (!options.only_stores.empty()) json["only_stores"] = options.only_stores;
  if (!options.skip_stores.empty()) json["skip_stores"] = options.skip_stores;
  return json;
}

std::string ForPeople(const SendOptions& options) {
  if (options.kind == Kind::kHeartbeats) return absl::StrCat("heartbeats of ", options.source);
  const FileOptions& file = options.file;
  const bool to_end = file.row_last == std::numeric_limits<int64_t>::max();
  return absl::StrCat(std::string(KindName(options.kind)), " of ", options.source, " from ",
                      file.path, ", rows ", file.row_first, " to ",
                      to_end ? "the end" : std::to_string(file.row_last));
}

}  // namespace

absl::StatusOr<Run> DescribeRun(const SendOptions& options) {
  absl::StatusOr<FileIdentity> file = FileIdentity();
  if (options.kind != Kind::kHeartbeats) file = IdentifyFile(options.file.path);
  if (!file.ok()) return file.status();
  const bool once = options.kind == Kind::kMovements;
  return Run{.source = options.source,
             .fingerprint = Dump(EventsJson(options, *file)),
             .description = ForPeople(options),
             .once_key = once ? Dump(MeaningJson(options, *file)) : std::string(),
             .row_first = options.file.row_first,
             .row_last = options.file.row_last};
}

}  // namespace shelf::agent
