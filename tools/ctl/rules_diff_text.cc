#include "ctl/rules_diff_text.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ctl/numbers.h"

namespace shelf::ctl {
namespace {

int64_t Number(const Json& number) { return number.get<int64_t>(); }

// A count or a sum that is zero leaves its cell empty, so that what changes stands out.
std::string Count(const Json& count) { return Number(count) == 0 ? "" : Grouped(Number(count)); }

// Null: more than an int64 holds.
std::string Units(const Json& milli) {
  return milli.is_null() ? "too many" : WholeUnits(Number(milli));
}
std::string Moved(const Json& milli, int64_t sign) {
  if (milli.is_null()) return "too many";
  return Number(milli) == 0 ? "" : Change(sign * Number(milli));
}

std::string UnitsAfter(const Json& sum) {
  for (const char* const part : {"offered_milli", "won_milli", "withheld_milli"}) {
    if (sum.at(part).is_null()) return "too many";
  }
  return WholeUnits(Number(sum.at("offered_milli")) + Number(sum.at("won_milli")) -
                    Number(sum.at("withheld_milli")));
}

std::string Percent(int64_t part, int64_t whole) {
  const double percent = whole == 0 ? 0 : 100.0 * static_cast<double>(part) / whole;
  return absl::StrFormat("%.1f %%", percent);
}

std::vector<Column> SumColumns(std::string first) {
  return {{std::move(first)},  {"CHANGED", true}, {"TO ZERO", true},  {"FROM ZERO", true},
          {"UNITS NOW", true}, {"WON", true},     {"WITHHELD", true}, {"UNITS THEN", true}};
}

void AddSum(std::string name, const Json& sum, Table& table) {
  table.Add({std::move(name), Count(sum.at("changed")), Count(sum.at("to_zero")),
             Count(sum.at("to_sellable")), Units(sum.at("offered_milli")),
             Moved(sum.at("won_milli"), 1), Moved(sum.at("withheld_milli"), -1), UnitsAfter(sum)});
}

void ShowChannels(const Json& diff, std::ostream& out) {
  Table table(SumColumns("CHANNEL"));
  for (const Json& channel : diff.at("channels"))
    AddSum(Text(channel.at("channel")), channel, table);
  if (diff.at("channels").size() > 1) AddSum("together", diff.at("total"), table);
  table.Write(out);
}

using NameOf = std::function<std::string(const Json&)>;

void ShowParts(const Json& parts, const std::string& heading, const NameOf& name_of, size_t rows,
               std::ostream& out) {
  if (parts.empty() || rows == 0) return;
  out << '\n';
  Table table(SumColumns(heading));
  for (size_t row = 0; row < std::min(rows, parts.size()); ++row) {
    AddSum(name_of(parts[row]), parts[row], table);
  }
  table.Write(out);
  if (parts.size() > rows)
    out << "and " << Grouped(static_cast<int64_t>(parts.size() - rows)) << " more\n";
}

std::string CategoryName(const Json& category) {
  std::string name;
  for (const Json& level : category.at("path")) {
    absl::StrAppend(&name, name.empty() ? "" : " / ", Text(level));
  }
  return name.empty() ? "(none)" : name;
}

std::string StoreName(const Json& store) {
  std::string text = Text(store.at("store"));
  const Json& name = store.at("name");
  if (!name.is_null()) absl::StrAppend(&text, " ", Text(name));
  return text;
}

std::string RuleName(const Json& rule) {
  if (rule.is_null()) return "no rule";
  return absl::StrCat(Text(rule.at("id")), " (line ", Text(rule.at("line")), ")");
}

std::string Why(const Json& change) {
  std::string reason = Text(change.at("reason"));
  if (reason == "eligibility" && !change.at("ineligible").is_null()) {
    return absl::StrCat(reason, ": ", Text(change.at("ineligible")));
  }
  const Json& before = change.at("rule_before");
  const Json& after = change.at("rule_after");
  if (before.is_null() && after.is_null()) return reason;
  if (before == after) return absl::StrCat(reason, ": ", RuleName(before), " in both");
  return absl::StrCat(reason, ": ", RuleName(before), " -> ", RuleName(after));
}

// A change of the status alone shows the two.
std::pair<std::string, std::string> NowAndThen(const Json& change) {
  if (change.at("before_milli") == change.at("after_milli")) {
    return {Text(change.at("status_before")), Text(change.at("status_after"))};
  }
  return {Quantity(change.at("before_milli")), Quantity(change.at("after_milli"))};
}

void ShowLargest(const Json& changes, std::ostream& out) {
  if (changes.empty()) return;
  out << "\nThe largest changes:\n";
  Table table({{"CHANNEL"}, {"STORE"}, {"SKU"}, {"ITEM"}, {"NOW", true}, {"THEN", true}, {"WHY"}});
  for (const Json& change : changes) {
    const auto [now, then] = NowAndThen(change);
    table.Add({Text(change.at("channel")), Text(change.at("store")), Text(change.at("sku")),
               Text(change.at("name")), now, then, Why(change)});
  }
  table.Write(out);
}

// Mostly a name that is written in another way than the reference data have it.
void ShowUnused(const Json& unused, size_t rows, std::ostream& out) {
  if (unused.empty() || rows == 0) return;
  out << "\nRules of the new file that nothing goes by: their `when` matches no item in any store, "
         "or others go before them.\n";
  Table table({{"CHANNEL"}, {"RULE"}, {"LINE", true}});
  const size_t shown = std::min(rows, unused.size());
  for (size_t row = 0; row < shown; ++row) {
    const Json& rule = unused[row];
    table.Add({Text(rule.at("channel")), Text(rule.at("id")), Text(rule.at("line"))});
  }
  table.Write(out);
  if (unused.size() > shown) {
    out << "and " << Grouped(static_cast<int64_t>(unused.size() - shown)) << " more\n";
  }
}

// Of channels that alone stop it the first, else all together.
const Json& BrakedPart(const Json& brake) {
  const Json& channels = brake.at("channels");
  return channels.empty() ? brake : channels.front();
}

void ShowBrake(const Json& brake, std::ostream& out) {
  const bool stops = brake.at("stops").get<bool>();
  const Json& part = stops ? BrakedPart(brake) : brake;
  const int64_t sellable = Number(part.at("sellable"));
  const int64_t to_zero = Number(part.at("to_zero"));
  out << "\nOf " << Grouped(sellable) << " numbers above zero "
      << (part.contains("channel") ? absl::StrCat("on ", Text(part.at("channel")), " ") : "")
      << Grouped(to_zero) << " (" << Percent(to_zero, sellable) << ") would be zero";
  const std::string share = absl::StrFormat(
      "%g %%%s", 100.0 * brake.at("share_max").get<double>(),
      brake.at("as_configured").get<bool>() ? "" : ", unless the daemon is configured otherwise");
  if (stops) {
    out << ": the brake would stop these rules (above " << share << "); they need --force.\n";
  } else {
    out << "; the brake lets that pass (up to " << share << ").\n";
  }
}

std::string AsOf(const Json& times) {
  if (times.is_null()) return "before the first tick";
  return absl::StrCat("as of ", DayAndTime(Number(times.at("oldest"))));
}

std::string Against(const Json& rule_sets) {
  const Json& before = rule_sets.at("before");
  if (before.size() != 1 || before.front().at("in_force_ms").is_null()) return "";
  const Json& set = before.front();
  return absl::StrCat("Against the rules of ", Text(set.at("source")), ", in force since ",
                      DayAndTime(Number(set.at("in_force_ms"))), ".\n");
}

void ShowHeading(const Json& diff, const std::string& rules, std::ostream& out) {
  const Json& total = diff.at("total");
  out << rules << " would change " << Grouped(Number(total.at("changed"))) << " of "
      << Grouped(Number(total.at("keys"))) << " numbers, " << AsOf(diff.at("as_of_ms")) << ".\n"
      << Against(diff.at("rule_sets")) << '\n';
}

}  // namespace

void ShowRulesDiff(const Json& diff, const std::string& rules, size_t rows, std::ostream& out) {
  ShowHeading(diff, rules, out);
  ShowChannels(diff, out);
  ShowParts(diff.at("categories"), "CATEGORY", CategoryName, rows, out);
  ShowParts(diff.at("stores"), "STORE", StoreName, rows, out);
  ShowLargest(diff.at("largest"), out);
  ShowUnused(diff.at("unused_rules"), rows, out);
  ShowBrake(diff.at("brake"), out);
}

}  // namespace shelf::ctl
