#include "ctl/funnel_table.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "ctl/numbers.h"
#include "ctl/table.h"

namespace shelf::ctl {
namespace {

// Null: more than an int64 holds.
std::string Units(const Json& milli, bool taken_off) {
  if (milli.is_null()) return "too many";
  const auto value = milli.get<int64_t>();
  return WholeUnits(taken_off ? -value : value);
}

std::string Count(const Json& count) { return Grouped(count.get<int64_t>()); }

bool TookSomething(const Json& stage) { return stage.at("positions").get<int64_t>() > 0; }

std::set<std::string> StagesAtWork(const Json& channels) {
  std::set<std::string> names;
  for (const Json& channel : channels) {
    for (const Json& stage : channel.at("stages")) {
      if (TookSomething(stage)) names.insert(stage.at("stage").get<std::string>());
    }
  }
  return names;
}

void ShowWay(const Json& channels, std::ostream& out) {
  const std::set<std::string> at_work = StagesAtWork(channels);
  Table table(
      {{"CHANNEL"}, {"STAGE"}, {"UNITS", true}, {"POSITIONS", true}, {"LEFT WITH NOTHING", true}});
  for (const Json& channel : channels) {
    const Json& keys = channel.at("keys");
    table.Add({Text(channel.at("channel")), "base", Units(channel.at("base_milli"), false),
               Count(channel.at("with_base")), ""});
    for (const Json& stage : channel.at("stages")) {
      if (!at_work.contains(stage.at("stage").get<std::string>())) continue;
      table.Add({"", Text(stage.at("stage")), Units(stage.at("withheld_milli"), true),
                 Count(stage.at("positions")), Count(stage.at("emptied"))});
    }
    const int64_t sold = keys.at("in_stock").get<int64_t>() + keys.at("limited").get<int64_t>();
    table.Add({"", "sellable", Units(channel.at("sellable_milli"), false), Grouped(sold), ""});
  }
  table.Write(out);
}

std::string Reasons(const Json& ineligible) {
  std::string text;
  for (const auto& [reason, count] : ineligible.items()) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", reason, " ", Count(count));
  }
  return text.empty() ? "-" : text;
}

void ShowKeys(const Json& channels, std::ostream& out) {
  Table table({{"CHANNEL"},
               {"IN STOCK", true},
               {"LIMITED", true},
               {"OUT OF STOCK", true},
               {"INELIGIBLE", true},
               {"NEVER PUBLISHED", true},
               {"UNDECIDED", true},
               {"WHY INELIGIBLE"}});
  for (const Json& channel : channels) {
    const Json& keys = channel.at("keys");
    table.Add({Text(channel.at("channel")), Count(keys.at("in_stock")), Count(keys.at("limited")),
               Count(keys.at("out_of_stock")), Count(keys.at("ineligible")),
               Count(channel.at("never_published")), Count(channel.at("undecided")),
               Reasons(channel.at("ineligible"))});
  }
  table.Write(out);
}

}  // namespace

void ShowFunnel(const Json& funnel, std::ostream& out) {
  const Json& channels = funnel.at("channels");
  ShowWay(channels, out);
  out << '\n';
  ShowKeys(channels, out);
  out << "\nThe " << Count(funnel.at("positions")) << " positions were looked at from "
      << Time(funnel.at("time_ms").at("from")) << " to " << Time(funnel.at("time_ms").at("to"))
      << ".\nUnits add up pieces, kilograms and whatever else items are measured in, rounded.\n";
}

}  // namespace shelf::ctl
