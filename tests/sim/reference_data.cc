// What the retailer says of stores and items, in a simulated world.
#include "absl/strings/str_cat.h"
#include "base/percent.h"
#include "shelf/v1/reference.pb.h"
#include "sim/universe.h"

namespace shelf::sim {
namespace {

void Declare(const char* name, v1::SourceRole role, bool required, v1::Store& store) {
  v1::Source& source = *store.add_sources();
  source.set_name(name);
  source.set_role(role);
  source.set_required(required);
}

void SetHours(Chance& chance, v1::Store& store) {
  store.set_timezone("Europe/Berlin");
  const auto opens = static_cast<int32_t>(chance.In(6, 9) * 60);
  const auto closes = static_cast<int32_t>(chance.In(opens / 60 + 1, 22) * 60);
  for (int weekday = 1; weekday <= 7; ++weekday) {
    v1::OpeningHours& hours = *store.add_opening_hours();
    hours.set_weekday(weekday);
    hours.set_opens_minute(opens);
    hours.set_closes_minute(closes);
  }
}

}  // namespace

void Universe::AppendReference(const std::string& key,
                               const google::protobuf::MessageLite& message) {
  log_.Append("reference", 0, key, message.SerializeAsString());
}

void Universe::PutStore(uint8_t store, uint64_t salt) {
  Chance chance(salt);
  v1::Store record;
  record.set_store(plan_.names.stores[store]);
  record.set_region(chance.Of(plan_.names.regions));
  if (chance.Hits(60)) record.add_groups(chance.Of(plan_.names.groups));
  if (chance.Hits(30)) SetHours(chance, record);
  for (const std::string& method : plan_.names.methods) {
    if (chance.Hits(80)) record.add_services()->set_method(method);
  }
  if (chance.Hits(30)) {
    (*record.mutable_channel_ids())[plan_.names.channels.front()] = absl::StrCat(chance.Below(3));
  }
  record.set_closed(chance.Hits(5));
  record.set_count_after_nil_pick(chance.Hits(30));
  Declare("erp", v1::SOURCE_ROLE_BOOK, false, record);
  Declare("pos", v1::SOURCE_ROLE_EARLY, plan_.till_required[store] != chance.Hits(5), record);
  for (const char* evidence : {"scan", "picking", "oms"}) {
    Declare(evidence, v1::SOURCE_ROLE_EVIDENCE, false, record);
  }
  AppendReference(JoinKey({"store", record.store()}), record);
}

void Universe::PutItem(uint8_t sku, uint64_t salt) {
  Chance chance(salt);
  v1::Item record;
  record.set_sku(plan_.names.skus[sku]);
  record.set_step_milli(plan_.steps_milli[sku]);
  if (record.step_milli() != 1000) record.set_unit_of_measure("KGM");
  if (chance.Hits(5)) record.set_step_milli(500);
  if (chance.Hits(70)) {
    for (const std::string& part : chance.Of(plan_.names.categories)) record.add_category(part);
  }
  if (chance.Hits(30)) {
    (*record.mutable_channel_ids())[plan_.names.channels.front()] = absl::StrCat(chance.Below(3));
  }
  if (chance.Hits(10)) record.add_blocked_channels(chance.Of(plan_.names.channels));
  AppendReference(JoinKey({"item", record.sku()}), record);
}

void Universe::DropItem(uint8_t sku) {
  MemoryRecord tombstone;
  tombstone.key = JoinKey({"item", plan_.names.skus[sku]});
  tombstone.has_value = false;
  log_.Append("reference", 0, std::move(tombstone));
}

void Universe::PutListing(const Step& step) {
  Chance chance(step.salt);
  v1::Listing record;
  record.set_store(plan_.names.stores[step.store]);
  record.set_sku(plan_.names.skus[step.sku]);
  record.set_delisted(chance.Hits(40));
  if (chance.Hits(40)) record.add_channels(chance.Of(plan_.names.channels));
  AppendReference(JoinKey({"listing", record.store(), record.sku()}), record);
}

void Universe::PutStop(const Step& step) {
  Chance chance(step.salt);
  v1::StopSale record;
  record.set_id(absl::StrCat("stop-", chance.Below(3)));
  if (chance.Hits(70)) record.set_sku(plan_.names.skus[step.sku]);
  if (chance.Hits(60)) record.set_store(plan_.names.stores[step.store]);
  if (chance.Hits(40)) record.set_channel(chance.Of(plan_.names.channels));
  if (chance.Hits(60)) record.set_expires_at_ms(now_ms_ + chance.In(1000, 20 * 60'000));
  record.set_by("sim");
  record.set_lifted(chance.Hits(40));
  AppendReference(JoinKey({"stop", record.id()}), record);
}

}  // namespace shelf::sim
