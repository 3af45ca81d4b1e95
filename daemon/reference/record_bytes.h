// What a record weighs in memory, for the account: an estimate that leaves out what the allocator
// adds. A store's calendar is not in it, since that grows with use.
#pragma once

#include <cstddef>
#include <string>

#include "reference/reference.h"

namespace shelf {

size_t RecordBytes(const std::string& store, const StoreInfo& info);
size_t RecordBytes(const std::string& sku, const ItemInfo& info);
size_t RecordBytes(const std::string& sku, const ListingInfo& info);

}  // namespace shelf
