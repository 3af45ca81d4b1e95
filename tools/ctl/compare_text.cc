#include "ctl/compare_text.h"

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ctl/csv.h"
#include "ctl/numbers.h"
#include "ctl/table.h"

namespace shelf::ctl {
namespace {

constexpr size_t kFaultsSaid = 10;
constexpr FeedVerdict kVerdicts[] = {FeedVerdict::kEqual, FeedVerdict::kOursLower,
                                     FeedVerdict::kOursHigher, FeedVerdict::kOnlyFeed,
                                     FeedVerdict::kOnlyOurs};

Json SumJson(const FeedSum& sum) { return {{"keys", sum.keys}, {"milli", sum.milli}}; }

Json ReasonsJson(const StoreComparison& store) {
  using Entry = std::pair<std::pair<FeedVerdict, std::string>, FeedSum>;
  std::vector<Entry> reasons(store.reasons.begin(), store.reasons.end());
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const Entry& a, const Entry& b) { return a.second.milli > b.second.milli; });
  Json json = Json::array();
  for (const auto& [reason, sum] : reasons) {
    json.push_back({{"verdict", FeedVerdictName(reason.first)},
                    {"reason", reason.second},
                    {"keys", sum.keys},
                    {"milli", sum.milli}});
  }
  return json;
}

void AddSums(const StoreComparison& store, Json& json) {
  json["keys"] = store.keys();
  json["ready"] = store.ready();
  for (const FeedVerdict verdict : kVerdicts) {
    json[std::string(FeedVerdictName(verdict))] =
        SumJson(store.by_verdict[static_cast<size_t>(verdict)]);
  }
  json["reasons"] = ReasonsJson(store);
}

Json FeedJson(const FeedComparison& comparison, const Feed& feed) {
  uint64_t keys = 0;
  for (const auto& [name, quantities] : feed.stores) keys += quantities.size();
  return {{"rows", feed.rows},
          {"keys", keys},
          {"stores", feed.stores.size()},
          {"repeated", feed.repeated},
          {"faults", feed.faults},
          {"buffer_milli", comparison.buffer_milli}};
}

// 0.9749 -> "97.4%": never 100 % of what is not whole.
std::string Share(const Json& share) {
  const auto permille = static_cast<int>(share.get<double>() * 1000);
  return absl::StrCat(permille / 10, ".", permille % 10, "%");
}

std::string Keys(const Json& sums, const char* verdict) {
  return Grouped(sums.at(verdict).at("keys").get<int64_t>());
}

std::string Units(const Json& sums, const char* verdict) {
  return WholeUnits(sums.at(verdict).at("milli").get<int64_t>());
}

std::vector<std::string> Row(const std::string& name, const Json& sums) {
  return {name,
          Grouped(sums.at("keys").get<int64_t>()),
          Share(sums.at("ready")),
          Keys(sums, "equal"),
          Keys(sums, "ours_lower"),
          Units(sums, "ours_lower"),
          Keys(sums, "ours_higher"),
          Units(sums, "ours_higher"),
          Keys(sums, "only_feed"),
          Keys(sums, "only_ours")};
}

void ShowStoresTable(const Json& comparison, std::ostream& out) {
  Table table({{"STORE"},
               {"KEYS", true},
               {"READY", true},
               {"EQUAL", true},
               {"OURS LOWER", true},
               {"BY UNITS", true},
               {"OURS HIGHER", true},
               {"BY UNITS", true},
               {"ONLY FEED", true},
               {"ONLY OURS", true}});
  std::vector<const Json*> stores;
  for (const Json& store : comparison.at("stores")) stores.push_back(&store);
  std::stable_sort(stores.begin(), stores.end(), [](const Json* a, const Json* b) {
    return a->at("ready").get<double>() > b->at("ready").get<double>();
  });
  for (const Json* store : stores) table.Add(Row(Text(store->at("store")), *store));
  if (stores.size() != 1) table.Add(Row("all", comparison.at("total")));
  table.Write(out);
}

const char* Words(const std::string& reason) {
  static const std::pair<const char*, const char*> kWords[] = {
      {"sync_lag", "the store's sales are not known so far"},
      {"presence", "it is perhaps not there"},
      {"safety_stock", "kept back"},
      {"allocation", "shared with other channels"},
      {"limits", "cap, cutoff or whole steps"},
      {"steady", "a rise that has not held long enough"},
      {"reservation", "accepted orders hold it"},
      {"stopped", "an operator stopped it: shelfctl stop list"},
      {"unknown_item", "no reference record of the item"},
      {"unknown_store", "no reference record of the store"},
      {"store_closed", "the store is closed"},
      {"no_service", "the store offers none of the channel's methods"},
      {"not_listed", "delisted, or listed for other channels"},
      {"blocked", "the item is blocked for the channel"},
      {"state_lost", "the store's full list has not come since the loss"},
      {"channel_removed", "the rules do not have the channel any more"},
      {"no_stock_event", "the store never told of the item"},
      {"not_in_feed", "the feed has no such row"},
      {"feed_buffer", "the feed keeps back what it always does"},
      {"feed_older", "the feed's number is from before a movement"},
      {"feed_zero", "the feed says none"},
      {"stock", "the two know of different stock"}};
  for (const auto& [name, words] : kWords) {
    if (reason == name) return words;
  }
  return "";
}

std::string VerdictWords(const std::string& verdict) {
  if (verdict == "ours_lower") return "ours lower";
  if (verdict == "ours_higher") return "ours higher";
  return verdict == "only_feed" ? "only in the feed" : "only ours";
}

void ShowReasons(const Json& reasons, std::ostream& out) {
  if (reasons.empty()) return;
  out << '\n';
  Table table({{"WHERE"}, {"REASON"}, {"UNITS", true}, {"KEYS", true}, {""}});
  for (const Json& reason : reasons) {
    const std::string name = Text(reason.at("reason"));
    table.Add({VerdictWords(Text(reason.at("verdict"))), name,
               WholeUnits(reason.at("milli").get<int64_t>()),
               Grouped(reason.at("keys").get<int64_t>()), Words(name)});
  }
  table.Write(out);
}

void ShowFaults(const Json& comparison, std::ostream& out) {
  const auto faults = comparison.at("feed").at("faults").get<int64_t>();
  if (faults == 0) return;
  out << '\n' << Grouped(faults) << " rows of the feed cannot be compared:\n";
  for (const Json& fault : comparison.at("faults")) {
    out << "  line " << Text(fault.at("line")) << ": " << Text(fault.at("reason")) << ": "
        << Text(fault.at("row")) << '\n';
  }
  if (faults > static_cast<int64_t>(comparison.at("faults").size())) {
    out << "  … all of them with --rejected FILE\n";
  }
}

std::string UnitsOrNothing(const std::optional<int64_t>& milli) {
  return milli.has_value() ? Quantity(Json(*milli)) : "";
}

}  // namespace

Json ComparisonJson(const FeedComparison& comparison, const Feed& feed, const std::string& channel,
                    OpenedWorld& opened) {
  const auto times = opened.times();
  Json json;
  json["channel"] = channel;
  json["as_of_ms"] = times.has_value() ? Json(times->oldest.ms) : Json();
  json["feed"] = FeedJson(comparison, feed);
  AddSums(comparison.total, json["total"]);
  json["stores_not_in_feed"] = comparison.stores_not_in_feed;
  Json& stores = json["stores"] = Json::array();
  for (const StoreComparison& store : comparison.stores) {
    Json& one = stores.emplace_back();
    one["store"] = store.store;
    AddSums(store, one);
  }
  Json& faults = json["faults"] = Json::array();
  for (const FeedFault& fault : feed.shown) {
    if (faults.size() == kFaultsSaid) break;
    faults.push_back({{"line", fault.line}, {"reason", fault.reason}, {"row", fault.row}});
  }
  return json;
}

void ShowComparison(const Json& comparison, std::ostream& out) {
  const Json& feed = comparison.at("feed");
  out << "channel " << Text(comparison.at("channel")) << ", our numbers as of "
      << Time(comparison.at("as_of_ms")) << "; the feed has "
      << Grouped(feed.at("keys").get<int64_t>()) << " keys in "
      << Grouped(feed.at("stores").get<int64_t>()) << " stores\n";
  if (feed.at("buffer_milli").get<int64_t>() > 0) {
    out << "the feed itself keeps back " << Quantity(feed.at("buffer_milli"))
        << " of what is on hand\n";
  }
  out << '\n';
  ShowStoresTable(comparison, out);
  ShowReasons(comparison.at("total").at("reasons"), out);
  if (const auto others = comparison.at("stores_not_in_feed").get<int64_t>(); others > 0) {
    out << '\n' << Grouped(others) << " more stores offer something and are not in the feed\n";
  }
  ShowFaults(comparison, out);
}

const char kDifferencesHeading[] = "store,sku,verdict,feed,ours,reason,rule,older_than\n";

std::string DifferenceLine(const FeedDifference& difference) {
  const auto text = [](std::string_view view) {
    return absl::string_view(view.data(), view.size());
  };
  const std::string older =
      difference.older_than_ms.has_value() ? Time(Json(*difference.older_than_ms)) : "";
  return absl::StrCat(CsvField(difference.store), ",", CsvField(difference.sku), ",",
                      text(FeedVerdictName(difference.verdict)), ",",
                      UnitsOrNothing(difference.feed_milli), ",",
                      UnitsOrNothing(difference.ours_milli), ",", text(difference.reason), ",",
                      CsvField(difference.rule), ",", older, "\n");
}

}  // namespace shelf::ctl
