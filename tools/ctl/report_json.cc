#include "ctl/report_json.h"

#include <array>
#include <cmath>
#include <string>
#include <utility>

namespace shelf::ctl {
namespace {

constexpr std::array<const char*, kSides> kNames = {"old", "new"};

int64_t Rounded(double milli) { return std::llround(milli); }

Json OrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json ToJson(const Amount& amount) { return {{"lines", amount.lines}, {"milli", amount.milli}}; }

Json ToJson(const SideFigures& side) {
  return {{"offered_milli", Rounded(side.offered_milli)},
          {"failed_taken", ToJson(side.failed_taken)},
          {"failed_avoided", ToJson(side.failed_avoided)},
          {"good_taken", ToJson(side.good_taken)},
          {"good_lost", ToJson(side.good_lost)},
          {"absent", ToJson(side.absent)},
          {"hidden", ToJson(side.hidden)}};
}

Json ToJson(const FigureRow& row, bool with_category) {
  Json json;
  json["channel"] = OrNull(row.channel);
  if (with_category) json["category"] = OrNull(row.category);
  json["orders"] = {
      {"failed", ToJson(row.failed)}, {"good", ToJson(row.good)}, {"open", ToJson(row.open)}};
  json["counted"] = row.counted;
  for (size_t s = 0; s < kSides; ++s) json[kNames[s]] = ToJson(row.sides[s]);
  return json;
}

Json ToJson(const FunnelFigures& funnel) {
  Json json = {{"base_milli", Rounded(funnel.base_milli)}, {"withheld_milli", Json::object()}};
  for (size_t stage = 0; stage < kStages; ++stage) {
    json["withheld_milli"][std::string(StageName(static_cast<Stage>(stage)))] =
        Rounded(funnel.withheld_milli[stage]);
  }
  json["sellable_milli"] = Rounded(funnel.sellable_milli);
  return json;
}

Json FunnelsToJson(const Report& report) {
  Json channels = Json::array();
  for (const ChannelFunnel& funnel : report.funnels) {
    Json& channel = channels.emplace_back();
    channel["channel"] = funnel.channel;
    for (size_t s = 0; s < kSides; ++s) channel[kNames[s]] = ToJson(funnel.sides[s]);
  }
  return {{"samples", report.funnel_samples}, {"channels", channels}};
}

Json SeriesToJson(const Report& report) {
  Json series = Json::array();
  for (const SeriesPoint& point : report.series) {
    Json& json = series.emplace_back();
    json["time_ms"] = point.time_ms;
    for (size_t s = 0; s < kSides; ++s) {
      json[kNames[s]] = Json::object();
      for (size_t c = 0; c < point.offered_milli[s].size(); ++c) {
        if (report.series_channels[c].empty()) continue;
        json[kNames[s]][report.series_channels[c]] = point.offered_milli[s][c];
      }
    }
  }
  return series;
}

Json DifferencesToJson(const Report& report) {
  Json differences = Json::array();
  for (const KeyDifference& one : report.differences) {
    differences.push_back({{"channel", one.channel},
                           {"store", one.store},
                           {"sku", one.sku},
                           {"name", OrNull(one.name)},
                           {"mean_milli", Rounded(one.mean_milli)},
                           {"old_milli", one.sellable_milli[kOldSide]},
                           {"new_milli", one.sellable_milli[kNewSide]},
                           {"stage", OrNull(one.stage)},
                           {"rule", OrNull(one.rule)}});
  }
  return differences;
}

Json RulesToJson(const Report& report) {
  Json rules;
  for (size_t s = 0; s < kSides; ++s) {
    rules[kNames[s]] = Json::array();
    for (const RulesSpan& span : report.rules[s]) {
      rules[kNames[s]].push_back({{"hash", span.hash}, {"from_ms", span.from_ms}});
    }
  }
  return rules;
}

Json OrdersElsewhereToJson(const Report& report) {
  Json orders = Json::array();
  for (const OrdersElsewhere& one : report.orders_elsewhere) {
    Json json = ToJson(one.lines);
    json["channel"] = OrNull(one.channel);
    orders.push_back(std::move(json));
  }
  return orders;
}

}  // namespace

Json ReportJson(const Report& report) {
  Json json = {{"from_ms", report.from_ms},
               {"to_ms", report.to_ms},
               {"records", report.records},
               {"stores", report.stores},
               {"positions", report.positions},
               {"rules", RulesToJson(report)},
               {"channels", Json::array()},
               {"rows", Json::array()},
               {"funnel", FunnelsToJson(report)},
               {"series", SeriesToJson(report)},
               {"keys_differing", report.keys_differing}};
  for (const FigureRow& row : report.channels) json["channels"].push_back(ToJson(row, false));
  for (const FigureRow& row : report.rows) json["rows"].push_back(ToJson(row, true));
  json["differences"] = DifferencesToJson(report);
  json["orders_from_before"] = report.orders_from_before;
  json["orders_elsewhere"] = OrdersElsewhereToJson(report);
  json["notes"] = report.notes;
  return json;
}

}  // namespace shelf::ctl
