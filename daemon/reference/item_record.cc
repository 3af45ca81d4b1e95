#include <algorithm>

#include "absl/strings/ascii.h"
#include "base/ids.h"
#include "reference/check_digits.h"
#include "reference/record_checks.h"
#include "reference/records.h"
#include "shelf/v1/reference.pb.h"

namespace shelf {
namespace {

constexpr size_t kGtinDigits = 14;

// Whether a code is in Recommendation 20 is not asked: the list grows.
absl::Status CheckUnitOfMeasure(const std::string& code) {
  const auto may_stand = [](char c) { return absl::ascii_isupper(c) || absl::ascii_isdigit(c); };
  const bool sized = code.size() == 2 || code.size() == 3;
  if (code.empty() || (sized && std::all_of(code.begin(), code.end(), may_stand))) {
    return absl::OkStatus();
  }
  return BadField("unit_of_measure",
                  absl::StrCat("'", code, "' is not two or three of A-Z and 0-9"));
}

absl::Status CheckItem(const std::string& sku, const v1::Item& message) {
  absl::Status status = CheckNamesSame("sku", sku, message.sku());
  status.Update(InField("gtin", CheckGs1Number(message.gtin(), kGtinDigits)));
  status.Update(CheckUnitOfMeasure(message.unit_of_measure()));
  status.Update(CheckLength("parent_sku", message.parent_sku(), kSkuBytesMax));
  if (message.step_milli() < 0) {
    status.Update(BadField("step_milli", absl::StrCat(message.step_milli(), " is below 0")));
  }
  return status;
}

}  // namespace

absl::StatusOr<ItemInfo> ReadItem(const std::string& sku, std::string_view value) {
  v1::Item message;
  absl::Status status = Parse(value, message);
  status.Update(CheckItem(sku, message));
  if (!status.ok()) return status;
  ItemInfo info;
  info.name = message.name();
  info.gtin = message.gtin();
  info.category.assign(message.category().begin(), message.category().end());
  if (!message.unit_of_measure().empty()) info.unit_of_measure = message.unit_of_measure();
  if (message.step_milli() > 0) info.step_milli = message.step_milli();
  info.channel_ids = SortedIds(message.channel_ids());
  info.blocked_channels.assign(message.blocked_channels().begin(),
                               message.blocked_channels().end());
  info.parent_sku = message.parent_sku();
  return info;
}

absl::StatusOr<ListingInfo> ReadListing(const std::string& store, const std::string& sku,
                                        std::string_view value) {
  v1::Listing message;
  absl::Status status = Parse(value, message);
  status.Update(CheckNamesSame("store", store, message.store()));
  status.Update(CheckNamesSame("sku", sku, message.sku()));
  if (!status.ok()) return status;
  return ListingInfo{message.delisted(), {message.channels().begin(), message.channels().end()}};
}

absl::StatusOr<StopRecord> ReadStop(const std::string& id, std::string_view value) {
  v1::StopSale message;
  absl::Status status = Parse(value, message);
  status.Update(CheckNamesSame("id", id, message.id()));
  status.Update(CheckLength("store", message.store(), kStoreBytesMax));
  status.Update(CheckLength("sku", message.sku(), kSkuBytesMax));
  if (message.expires_at_ms() < 0) {
    status.Update(BadField("expires_at_ms", absl::StrCat(message.expires_at_ms(), " is below 0")));
  }
  if (!status.ok()) return status;
  return StopRecord{{message.id(), message.sku(), message.store(), message.channel(),
                     message.expires_at_ms(), message.by(), message.reason()},
                    message.lifted()};
}

}  // namespace shelf
