// One record of the `reference` topic read and checked, before it goes into the tables. The key is
// what stands behind the kind, decoded; its parts are non-empty and within their lengths.
// All return InvalidArgument with the field and the reason when the value cannot be used.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "reference/reference.h"

namespace shelf {

absl::StatusOr<StoreInfo> ReadStore(const std::string& store, std::string_view value);
absl::StatusOr<ItemInfo> ReadItem(const std::string& sku, std::string_view value);
absl::StatusOr<ListingInfo> ReadListing(const std::string& store, const std::string& sku,
                                        std::string_view value);
struct StopRecord {
  StopInfo stop;
  bool lifted = false;
};
absl::StatusOr<StopRecord> ReadStop(const std::string& id, std::string_view value);

}  // namespace shelf
