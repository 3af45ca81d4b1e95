#include "ctl/holds.h"

#include "absl/strings/str_cat.h"
#include "ctl/answer.h"
#include "ctl/table.h"

namespace shelf::ctl {
namespace {

void ShowLargest(const Json& hold, std::ostream& out) {
  out << "store " << Text(hold.at("store")) << ", the largest that would be zero:";
  if (hold.at("largest").is_null()) {
    out << " ask with shelfctl hold list " << Text(hold.at("store")) << '\n';
    return;
  }
  const char* separator = " ";
  for (const Json& item : hold.at("largest")) {
    out << separator << Text(item.at("sku"));
    if (!item.at("name").is_null()) out << " (" << Text(item.at("name")) << ')';
    out << ' ' << Quantity(item.at("on_hand_milli"));
    separator = ", ";
  }
  out << '\n';
}

void ShowHolds(const Json& holds, std::ostream& out) {
  if (holds.empty()) {
    out << "no list waits\n";
    return;
  }
  Table table({{"STORE"},
               {"LIST"},
               {"FROM"},
               {"SINCE"},
               {"IN STOCK", true},
               {"WOULD BE ZERO", true},
               {"SHARE", true},
               {"CAN BE"}});
  for (const Json& hold : holds) {
    table.Add({Text(hold.at("store")), Text(hold.at("snapshot")), Text(hold.at("source")),
               Time(hold.at("since_ms")), Text(hold.at("in_stock")),
               Text(hold.at("would_be_zeroed")), Text(hold.at("share_percent")) + "%",
               hold.at("too_old").get<bool>() ? "dropped" : "released, dropped"});
  }
  table.Write(out);
  out << '\n';
  for (const Json& hold : holds) ShowLargest(hold, out);
}

void ShowDecision(const Json& decision, std::ostream& out) {
  const bool released = decision.at("action") == "release";
  out << "list " << Text(decision.at("snapshot")) << " of store " << Text(decision.at("store"));
  if (!decision.at("in_force").get<bool>()) {
    out << ": the decision is in the log and not in force yet; see shelfctl hold list\n";
  } else if (released) {
    out << " is released: what it does not mention is zero\n";
  } else {
    out << " is dropped: its lines stand, and the store is asked for a new one\n";
  }
}

}  // namespace

int Hold(const Common& common, const HoldOptions& options, std::ostream& out, std::ostream& err) {
  const AdminClient client(common.admin);
  if (options.action == "list") {
    const std::string query =
        options.store.empty() ? std::string() : "?store=" + Encoded(options.store);
    return ShowAnswer(common, client.Get("/v1/holds" + query), ShowHolds, out, err);
  }
  const std::string by = options.by.empty() ? UserName() : options.by;
  std::string target = absl::StrCat("/v1/holds/", Encoded(options.store),
                                    "?action=", options.action, "&by=", Encoded(by));
  if (!options.snapshot.empty()) absl::StrAppend(&target, "&snapshot=", Encoded(options.snapshot));
  return ShowAnswer(common, client.Post(target), ShowDecision, out, err);
}

}  // namespace shelf::ctl
