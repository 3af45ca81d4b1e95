// What the readers of the single records share.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "reference/reference.h"

namespace shelf {

// InvalidArgument "field: words".
inline absl::Status BadField(absl::string_view field, absl::string_view words) {
  return absl::InvalidArgumentError(absl::StrCat(field, ": ", words));
}

// `status`, its message put behind the field's name.
inline absl::Status InField(absl::string_view field, const absl::Status& status) {
  return status.ok() ? status : BadField(field, status.message());
}

inline absl::Status CheckNamesSame(absl::string_view field, const std::string& in_key,
                                   const std::string& in_value) {
  if (in_key == in_value) return absl::OkStatus();
  return BadField(field, absl::StrCat("the key names '", in_key, "', the value '", in_value, "'"));
}

inline absl::Status CheckLength(absl::string_view field, const std::string& text,
                                size_t bytes_max) {
  if (text.size() <= bytes_max) return absl::OkStatus();
  return BadField(field, absl::StrCat(text.size(), " bytes, at most ", bytes_max));
}

template <typename Message>
absl::Status Parse(std::string_view value, Message& message) {
  if (message.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return absl::OkStatus();
  }
  return BadField("value", absl::StrCat("not a ", message.GetTypeName()));
}

// A map of the contract in an order that does not depend on its hashing.
template <typename Map>
ChannelIds SortedIds(const Map& map) {
  ChannelIds ids(map.begin(), map.end());
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace shelf
