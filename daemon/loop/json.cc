#include "loop/json.h"

#include <google/protobuf/util/json_util.h>

#include "base/check.h"

namespace shelf {

void ToJson(const google::protobuf::Message& message, std::string& out) {
  out.clear();
  const auto status = google::protobuf::util::MessageToJsonString(message, &out);
  SHELF_CHECK(status.ok(), "a message of ours has a JSON form");
}

}  // namespace shelf
