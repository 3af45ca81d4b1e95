#include "ctl/rules_diff_json.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ctl/csv.h"

namespace shelf::ctl {
namespace {

Json MilliJson(absl::int128 milli) {
  const bool fits =
      milli >= std::numeric_limits<int64_t>::min() && milli <= std::numeric_limits<int64_t>::max();
  return fits ? Json(static_cast<int64_t>(milli)) : Json();
}

void AddSum(const RulesDiffSum& sum, Json& json) {
  json["keys"] = sum.keys;
  json["sellable_before"] = sum.sellable;
  json["sellable_after"] = sum.sellable - sum.to_zero + sum.to_sellable;
  json["changed"] = sum.changed;
  json["status_only"] = sum.status_only;
  json["to_zero"] = sum.to_zero;
  json["to_sellable"] = sum.to_sellable;
  json["offered_milli"] = MilliJson(sum.offered_milli);
  json["won_milli"] = MilliJson(sum.won_milli);
  json["withheld_milli"] = MilliJson(sum.withheld_milli);
}

Json SumJson(const RulesDiffSum& sum) {
  Json json = Json::object();
  AddSum(sum, json);
  return json;
}

// Channels that nothing was counted of were not asked for.
Json ChannelsJson(const std::vector<RulesDiffSum>& sums, const RuleSet& proposed) {
  Json json = Json::array();
  for (size_t c = 0; c < sums.size(); ++c) {
    if (sums[c].keys == 0) continue;
    Json channel = {{"channel", proposed.channels()[c].name}};
    AddSum(sums[c], channel);
    json.push_back(std::move(channel));
  }
  return json;
}

// Null: nobody has told one.
template <typename Info>
Json NameJson(const Info* info) {
  return info == nullptr || info->name.empty() ? Json() : Json(info->name);
}

RulesDiffSum SumOf(const shelf::RulesDiff::Part& part) {
  RulesDiffSum sum;
  for (const RulesDiffSum& channel : part.channels) sum += channel;
  return sum;
}

// The parts that change, the most units moved first; `name` makes the beginning of a part's object.
template <typename Parts, typename Name>
Json PartsJson(const Parts& parts, const RuleSet& proposed, const Name& name) {
  std::vector<std::pair<RulesDiffSum, size_t>> changed;
  for (size_t at = 0; at < parts.size(); ++at) {
    const RulesDiffSum sum = SumOf(parts[at]);
    if (sum.changed > 0) changed.emplace_back(sum, at);
  }
  const auto moved = [](const RulesDiffSum& sum) { return sum.won_milli + sum.withheld_milli; };
  std::stable_sort(changed.begin(), changed.end(), [&](const auto& a, const auto& b) {
    return std::pair(moved(a.first), a.first.changed) > std::pair(moved(b.first), b.first.changed);
  });
  Json json = Json::array();
  for (const auto& [sum, at] : changed) {
    Json part = name(at);
    AddSum(sum, part);
    part["channels"] = ChannelsJson(parts[at].channels, proposed);
    json.push_back(std::move(part));
  }
  return json;
}

Json CategoriesJson(const shelf::RulesDiff& diff, const RuleSet& proposed) {
  return PartsJson(diff.categories(), proposed, [&](size_t category) {
    return Json{{"path", diff.categories()[category].path}};
  });
}

Json StoresJson(const shelf::RulesDiff& diff, const RuleSet& proposed, World& world) {
  return PartsJson(diff.stores(), proposed, [&](size_t store) {
    const StoreId id(static_cast<uint32_t>(store));
    const StoreInfo* const info = world.StoreOf(id).info;
    return Json{{"store", world.store_names.Text(id)}, {"name", NameJson(info)}};
  });
}

Json RuleJson(const RuleInfo* rule) {
  return rule == nullptr ? Json() : Json{{"id", rule->id}, {"line", rule->line}};
}

Json IneligibleJson(const RulesChange& change) {
  for (const Decision* decision : {&change.before, &change.after}) {
    if (decision->ineligible != Ineligible::kNo) return IneligibleName(decision->ineligible);
  }
  return {};
}

// Null: nobody has described it.
const ItemInfo* ItemOf(const RulesChange& change, const World& world) {
  return world.reference.FindItem(world.sku_names.Text(world.positions[change.position].sku));
}

std::string UnitOf(const RulesChange& change, const World& world) {
  const ItemInfo* const item = ItemOf(change, world);
  return item != nullptr ? item->unit_of_measure : ItemInfo().unit_of_measure;
}

Json ChangeJson(const RulesChange& change, const RuleSet& proposed, World& world) {
  const Position& position = world.positions[change.position];
  const ItemInfo* const item = ItemOf(change, world);
  return {{"channel", proposed.channels()[change.channel.value].name},
          {"store", world.store_names.Text(position.store)},
          {"sku", world.sku_names.Text(position.sku)},
          {"name", NameJson(item)},
          {"unit", UnitOf(change, world)},
          {"before_milli", change.before.sellable * change.step_milli},
          {"after_milli", change.after.sellable * change.step_milli},
          {"status_before", StatusName(change.before.status)},
          {"status_after", StatusName(change.after.status)},
          {"reason", RulesReasonName(change.reason)},
          {"rule_before", RuleJson(change.reason.rule_before)},
          {"rule_after", RuleJson(change.reason.rule_after)},
          {"ineligible", IneligibleJson(change)}};
}

Json LargestJson(const shelf::RulesDiff& diff, const RuleSet& proposed, World& world) {
  Json json = Json::array();
  for (const RulesChange& change : diff.Largest()) {
    json.push_back(ChangeJson(change, proposed, world));
  }
  return json;
}

// Where a set came from, as far as the checkpoint tells.
Json OriginJson(const std::string& hash, const World& world) {
  Json json = {{"hash", std::string(absl::BytesToHexString(hash))}};
  const RulesRecord* const record = world.history.Find(hash);
  json["source"] = record != nullptr ? Json(record->source) : Json();
  json["by"] = record != nullptr ? Json(record->by) : Json();
  const bool in_force = record != nullptr && record->in_force.ms != 0;
  json["in_force_ms"] = in_force ? Json(record->in_force.ms) : Json();
  return json;
}

Json RuleSetsJson(const RuleSet& proposed, const World& world) {
  std::set<std::string> hashes;
  for (const std::unique_ptr<Partition>& partition : world.partitions) {
    if (partition != nullptr) hashes.insert(partition->rules->set->hash());
  }
  Json before = Json::array();
  for (const std::string& hash : hashes) before.push_back(OriginJson(hash, world));
  return {{"before", std::move(before)},
          {"after", std::string(absl::BytesToHexString(proposed.hash()))}};
}

Json TimesJson(const OpenedWorld& opened) {
  const std::optional<OpenedWorld::Times> times = opened.times();
  if (!times.has_value()) return {};
  return {{"oldest", times->oldest.ms}, {"newest", times->newest.ms}};
}

Json BrakeJson(const shelf::RulesDiff& diff, const RuleSet& proposed, const Brake& brake) {
  const RulesDiffSum total = diff.Total();
  Json channels = Json::array();
  for (size_t c = 0; c < diff.channels().size(); ++c) {
    const RulesDiffSum& sum = diff.channels()[c];
    if (!ZeroesTooMuch(sum, brake.share_max)) continue;
    channels.push_back({{"channel", proposed.channels()[c].name},
                        {"sellable", sum.sellable},
                        {"to_zero", sum.to_zero}});
  }
  return {{"sellable", total.sellable},
          {"to_zero", total.to_zero},
          {"share_max", brake.share_max},
          {"as_configured", brake.as_configured},
          {"stops", ZeroesTooMuch(diff.channels(), brake.share_max)},
          {"channels", std::move(channels)}};
}

// Of channels that were looked at; in a state without positions none is used, which tells nothing.
Json UnusedRulesJson(const shelf::RulesDiff& diff, const RuleSet& proposed) {
  Json unused = Json::array();
  const std::vector<std::vector<uint16_t>> rules = proposed.UnusedRules();
  for (size_t c = 0; c < rules.size(); ++c) {
    const ChannelRules& channel = proposed.channels()[c];
    if (diff.channels()[c].keys == 0) continue;
    for (const uint16_t rule : rules[c]) {
      unused.push_back({{"channel", channel.name},
                        {"id", channel.rules[rule].id},
                        {"line", channel.rules[rule].line}});
    }
  }
  return unused;
}

std::string RuleText(const RuleInfo* rule) {
  return rule == nullptr ? std::string() : absl::StrCat(rule->id, ":", rule->line);
}

}  // namespace

Json RulesDiffJson(const shelf::RulesDiff& diff, const RuleSet& proposed, OpenedWorld& opened,
                   const Brake& brake) {
  World& world = opened.world();
  const RulesDiffSum total = diff.Total();
  return {{"as_of_ms", TimesJson(opened)},
          {"rule_sets", RuleSetsJson(proposed, world)},
          {"positions", diff.positions()},
          {"evaluations", diff.evaluations()},
          {"total", SumJson(total)},
          {"channels", ChannelsJson(diff.channels(), proposed)},
          {"categories", CategoriesJson(diff, proposed)},
          {"stores", StoresJson(diff, proposed, world)},
          {"largest", LargestJson(diff, proposed, world)},
          {"brake", BrakeJson(diff, proposed, brake)},
          {"unused_rules", UnusedRulesJson(diff, proposed)}};
}

std::string ChangesLine(const RulesChange& change, const RuleSet& proposed, World& world) {
  const Position& position = world.positions[change.position];
  const std::string_view name = RulesReasonName(change.reason);
  return absl::StrCat(CsvField(proposed.channels()[change.channel.value].name), ",",
                      CsvField(world.store_names.Text(position.store)), ",",
                      CsvField(world.sku_names.Text(position.sku)), ",",
                      Quantity(change.before.sellable * change.step_milli), ",",
                      Quantity(change.after.sellable * change.step_milli), ",",
                      CsvField(UnitOf(change, world)), ",",
                      absl::string_view(name.data(), name.size()), ",",
                      CsvField(RuleText(change.reason.rule_before)), ",",
                      CsvField(RuleText(change.reason.rule_after)), "\n");
}

}  // namespace shelf::ctl
