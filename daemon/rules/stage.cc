#include "rules/stage.h"

namespace shelf {

std::string_view StageName(Stage stage) {
  switch (stage) {
    case Stage::kEligibility:
      return "eligibility";
    case Stage::kSyncLag:
      return "sync_lag";
    case Stage::kPresence:
      return "presence";
    case Stage::kSafetyStock:
      return "safety_stock";
    case Stage::kAllocation:
      return "allocation";
    case Stage::kLimits:
      return "limits";
    case Stage::kSteady:
      return "steady";
  }
  return "";
}

std::string_view IneligibleName(Ineligible why) {
  switch (why) {
    case Ineligible::kNo:
      return "";
    case Ineligible::kUnknownStore:
      return "unknown_store";
    case Ineligible::kUnknownItem:
      return "unknown_item";
    case Ineligible::kStoreClosed:
      return "store_closed";
    case Ineligible::kNoService:
      return "no_service";
    case Ineligible::kNotListed:
      return "not_listed";
    case Ineligible::kBlocked:
      return "blocked";
    case Ineligible::kStopped:
      return "stopped";
    case Ineligible::kStateLost:
      return "state_lost";
    case Ineligible::kChannelRemoved:
      return "channel_removed";
  }
  return "";
}

std::string_view StatusName(Status status) {
  switch (status) {
    case Status::kUnspecified:
      return "unspecified";
    case Status::kInStock:
      return "in_stock";
    case Status::kLimited:
      return "limited";
    case Status::kOutOfStock:
      return "out_of_stock";
  }
  return "";
}

}  // namespace shelf
