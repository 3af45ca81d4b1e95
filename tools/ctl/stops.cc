#include "ctl/stops.h"

#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ctl/answer.h"
#include "ctl/table.h"

namespace shelf::ctl {
namespace {

std::string Or(const Json& name, const char* all) { return name.is_null() ? all : Text(name); }

// "SKU milk (Milk) in every store on channel market"
std::string Scope(const Json& stop) {
  std::string text = stop.at("sku").is_null() ? "every item" : "SKU " + Text(stop.at("sku"));
  if (!stop.at("name").is_null()) absl::StrAppend(&text, " (", Text(stop.at("name")), ")");
  absl::StrAppend(&text, stop.at("store").is_null() ? " in every store"
                                                    : " in store " + Text(stop.at("store")));
  absl::StrAppend(&text, stop.at("channel").is_null() ? " on every channel"
                                                      : " on channel " + Text(stop.at("channel")));
  return text;
}

void ShowStops(const Json& stops, std::ostream& out) {
  if (stops.empty()) {
    out << "nothing is stopped\n";
    return;
  }
  Table table(
      {{"ID"}, {"SKU"}, {"STORE"}, {"CHANNEL"}, {"UNTIL"}, {"POSITIONS", true}, {"BY"}, {"WHY"}});
  for (const Json& stop : stops) {
    std::string until =
        stop.at("expires_ms").is_null() ? "it is lifted" : Time(stop.at("expires_ms"));
    if (stop.at("expired").get<bool>()) until += " (past)";
    table.Add({Text(stop.at("id")), Or(stop.at("sku"), "every"), Or(stop.at("store"), "every"),
               Or(stop.at("channel"), "every"), until, Text(stop.at("positions")),
               Text(stop.at("by")), Text(stop.at("reason"))});
  }
  table.Write(out);
}

void ShowState(const Json& answer, std::ostream& out) {
  const std::string state = Text(answer.at("state"));
  if (state == "in_log") out << "it is in the log and not in force yet; see shelfctl stop list\n";
  if (state == "sweeping") {
    out << "its sweep is under way: it goes before all others; see shelfctl rules show for what is "
           "left\n";
  }
  if (state == "waiting") {
    out << "it waits for the broker, and is lost if shelfd ends before that is back\n";
  }
}

std::string PositionsOf(const Json& stop) {
  return absl::StrCat(Text(stop.at("positions")),
                      stop.at("positions") == 1 ? " position" : " positions");
}

void ShowPlaced(const Json& stop, std::ostream& out) {
  for (const Json& warning : stop.at("warnings")) out << "warning: " << Text(warning) << '\n';
  const bool in_force = stop.at("state") == "in_force";
  out << "stop " << Text(stop.at("id")) << ": " << Scope(stop)
      << (in_force ? " is off sale" : " goes off sale") << ", "
      << (stop.at("expires_ms").is_null() ? "until the stop is lifted"
                                          : "until " + Time(stop.at("expires_ms")))
      << " (" << PositionsOf(stop) << ")\n";
  ShowState(stop, out);
}

void ShowLifted(const Json& stop, std::ostream& out) {
  const bool in_force = stop.at("state") == "in_force";
  out << "stop " << Text(stop.at("id")) << (in_force ? " is lifted: " : " will be lifted: ")
      << Scope(stop) << " is sold as the rules say\n";
  ShowState(stop, out);
}

using Parameters = std::vector<std::pair<const char*, std::string>>;

// "?a=b&c=d" of those that are said.
std::string Query(const Parameters& parameters) {
  std::string query;
  for (const auto& [name, value] : parameters) {
    if (!value.empty())
      absl::StrAppend(&query, query.empty() ? "?" : "&", name, "=", Encoded(value));
  }
  return query;
}

// "parameter for: …" of the daemon is "--for: …" here.
absl::Status AsOption(const absl::Status& status) {
  absl::string_view words = status.message();
  if (!absl::ConsumePrefix(&words, "parameter ")) return status;
  return absl::Status(status.code(), absl::StrCat("--", words));
}

// What the daemon would say in the words of its parameters.
absl::Status CheckPlace(const StopOptions& options) {
  const bool none = options.sku.empty() && options.store.empty() && options.channel.empty();
  if (none && !options.all) {
    return absl::InvalidArgumentError(
        "what is stopped? Name it with --sku, --store or --channel; --all stops everything "
        "everywhere");
  }
  if (!none && options.all) {
    return absl::InvalidArgumentError("--all stands alone: without --sku, --store and --channel");
  }
  if (!options.why.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("--why is missing: it stands in every explanation");
}

}  // namespace

int Stop(const Common& common, const StopOptions& options, std::ostream& out, std::ostream& err) {
  const AdminClient client(common.admin);
  if (options.action == "list") {
    const std::string query = Query({{"expired", options.expired ? "1" : ""}});
    return ShowAnswer(common, client.Get("/v1/stops" + query), ShowStops, out, err);
  }
  const std::string by = options.by.empty() ? UserName() : options.by;
  if (options.action == "lift") {
    const std::string target =
        absl::StrCat("/v1/stops/", Encoded(options.id), "?action=lift&by=", Encoded(by));
    return ShowAnswer(common, client.Post(target), ShowLifted, out, err);
  }
  if (const absl::Status status = CheckPlace(options); !status.ok()) return Fail(status, err);
  const std::string query = Query({{"sku", options.sku},
                                   {"store", options.store},
                                   {"channel", options.channel},
                                   {"all", options.all ? "1" : ""},
                                   {"for", options.span},
                                   {"until", options.until},
                                   {"why", options.why},
                                   {"id", options.id},
                                   {"by", by}});
  absl::StatusOr<Json> answer = client.Post("/v1/stops" + query);
  if (!answer.ok()) answer = AsOption(answer.status());
  return ShowAnswer(common, answer, ShowPlaced, out, err);
}

}  // namespace shelf::ctl
