#include "loop/foreign_records.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/percent.h"
#include "shelf/v1/availability.pb.h"

namespace shelf {

namespace {

bool Parse(std::string_view value, v1::Availability& record) {
  if (!value.empty() && value.front() == '{') {
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    const auto status = google::protobuf::util::JsonStringToMessage(
        google::protobuf::StringPiece(value.data(), value.size()), &record, options);
    return status.ok();
  }
  return record.ParseFromArray(value.data(), static_cast<int>(value.size()));
}

}  // namespace

std::optional<KeyNames> NamesIn(std::string_view key) {
  auto parts = SplitKey(key);
  if (!parts.has_value() || parts->size() != 3) return std::nullopt;
  return KeyNames{std::move((*parts)[0]), std::move((*parts)[1]), std::move((*parts)[2])};
}

uint64_t VersionOf(std::string_view value, const KeyNames& key) {
  v1::Availability record;
  if (!Parse(value, record)) return 0;
  const bool is_of_key =
      record.channel() == key.channel && record.location() == key.store && record.sku() == key.sku;
  return is_of_key ? record.version() : 0;
}

void DropRepeated(std::vector<KeyNames>& keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

void ForeignReader::Take(const Record& record) {
  const OutputSpan& span = found_.span;
  const bool inside = record.partition == span.output.second && record.offset >= span.from &&
                      record.offset < span.to;
  if (!inside) return;
  std::optional<KeyNames> names = NamesIn(record.key);
  if (!names.has_value()) return;  // no key of availability
  found_.incarnation_max = std::max(found_.incarnation_max, VersionOf(record.value, *names) >> 40);
  if (found_.all_keys || !seen_.emplace(record.key).second) return;
  found_.keys.push_back(*std::move(names));
  found_.all_keys = found_.keys.size() > keys_max_;
}

ForeignRecords ForeignReader::Found() && {
  if (found_.all_keys) found_.keys.clear();
  return std::move(found_);
}

absl::Status Superseded(uint64_t ours, uint64_t successor, std::string_view where) {
  return absl::FailedPreconditionError(absl::StrCat(
      "incarnation ", successor, " writes to ", absl::string_view(where.data(), where.size()),
      ", this process is incarnation ", ours,
      ": it was started after this one and has taken its place, so this one ends and writes "
      "nothing more. To have this one instead, stop the other first, then start this one again"));
}

}  // namespace shelf
