// Canonical proto3 JSON of a message (int64 as strings, lowerCamelCase, enums by name).
#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace shelf {

// Replaces `out`.
void ToJson(const google::protobuf::Message& message, std::string& out);

}  // namespace shelf
