#include "ctl/explain_words.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "ctl/amounts.h"
#include "ctl/numbers.h"

namespace shelf::ctl {
namespace {

std::string Percent(const Json& percent) { return absl::StrCat(percent.get<double>(), " %"); }

std::string Joined(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() ? a + b : a + " and " + b;
}

std::string SyncLag(const Json& setting, const Json& lag_ms, const Json& unit) {
  std::string kept = absl::StrCat("over ", Stretch(setting.at("over_ms")), " ",
                                  setting.at("keep_percent").get<int64_t>(), " % are offered");
  if (setting.at("subtract_milli") != 0) {
    absl::StrAppend(&kept, " less ", Amount(setting.at("subtract_milli"), unit));
  }
  const std::string behind = lag_ms.is_null()
                                 ? "how far the store's sales are known was never said"
                                 : absl::StrCat("the store is ", Stretch(lag_ms), " behind");
  return absl::StrCat(behind, "; ", kept);
}

std::string Presence(const Json& setting) {
  std::string words;
  if (!setting.at("after_nil_pick").is_null()) words = "nothing after a picker found nothing";
  if (setting.at("quiet_limit").is_null()) return words;
  return Joined(words,
                absl::StrCat("nothing after a silence of ", setting.at("quiet_limit").get<double>(),
                             " times the usual pause between sales"));
}

std::string SafetyStock(const Json& setting, const Json& unit) {
  std::string words;
  if (setting.at("subtract_milli") != 0) words = Amount(setting.at("subtract_milli"), unit);
  if (setting.at("percent") != 0.0) words = Joined(words, Percent(setting.at("percent")));
  if (setting.at("days_of_cover") != 0.0) {
    const auto days = setting.at("days_of_cover").get<double>();
    words = Joined(words, absl::StrCat("what sells in ", days, days == 1.0 ? " day" : " days"));
  }
  return words.empty() ? "keeps nothing back" : "keeps back " + words;
}

std::string Allocation(const Json& setting) {
  return absl::StrCat("group ", Text(setting.at("group")), " shares ",
                      Percent(setting.at("overcommit_percent")), " of what there is; share ",
                      setting.at("share").get<int64_t>());
}

std::string Limits(const Json& setting, const Json& unit) {
  std::string words;
  if (!setting.at("cap_milli").is_null()) {
    words = absl::StrCat("at most ", Amount(setting.at("cap_milli"), unit));
  }
  if (setting.at("cutoff_below_milli") == 0) return words;
  return Joined(words,
                absl::StrCat("nothing below ", Amount(setting.at("cutoff_below_milli"), unit)));
}

std::string DocumentWords(const Json& document) {
  std::string words = Text(document.at("what"));
  if (!document.at("event_id").is_null()) {
    absl::StrAppend(&words, " ", Text(document.at("event_id")));
  }
  absl::StrAppend(&words, " of ", Text(document.at("source")));
  if (document.at("event_ms") != 0) absl::StrAppend(&words, ", ", Time(document.at("event_ms")));
  if (document.at("quantity_milli").is_null()) {
    absl::StrAppend(&words, ", which does not name this SKU but says how far sales are known");
  }
  return words;
}

std::string RecordWords(const Json& cause) {
  const std::string place = absl::StrCat("record ", cause.at("offset").get<int64_t>(),
                                         " of partition ", cause.at("partition").get<int64_t>());
  const Json& document = cause.at("document");
  if (!document.is_null()) return absl::StrCat(DocumentWords(document), " (", place, ")");
  return absl::StrCat(place, cause.contains("unread") ? ": " + Text(cause.at("unread")) : "");
}

std::string ReferenceWords(const Json& cause) {
  const Json& document = cause.at("document");
  const std::string place =
      absl::StrCat("record ", cause.at("reference_offset").get<int64_t>(), " of reference data");
  if (!document.is_null()) {
    return absl::StrCat(
        document.at("removed").get<bool>() ? "removed reference data " : "reference data ",
        Text(document.at("key")), " (", place, ")");
  }
  return absl::StrCat(place, cause.contains("unread") ? ": " + Text(cause.at("unread")) : "");
}

}  // namespace

std::string WhyIneligible(const std::string& ineligible) {
  static const std::map<std::string, std::string> kWords = {
      {"unknown_store", "the store is not in the reference data"},
      {"unknown_item", "the item is not in the reference data"},
      {"store_closed", "the store is closed"},
      {"no_service", "the store offers none of the channel's methods"},
      {"not_listed", "the item is not listed there"},
      {"blocked", "the item is blocked on this channel"},
      {"stopped", "a stop-sale holds"},
      {"state_lost", "what was known of the store is lost, and its full list has not come yet"},
      {"channel_removed", "the channel is no longer in the rules"}};
  const auto words = kWords.find(ineligible);
  return words == kWords.end() ? ineligible : words->second;
}

std::string StageWords(const Json& stage, const Json& lag_ms, const Json& unit_of_measure) {
  const Json& setting = stage.at("setting");
  const std::string name = Text(stage.at("stage"));
  if (setting.is_null() || stage.at("rule").is_null()) {
    return name == "limits" || name == "allocation" ? "no part of a step is sold" : "";
  }
  if (name == "sync_lag") return SyncLag(setting, lag_ms, unit_of_measure);
  if (name == "presence") return Presence(setting);
  if (name == "safety_stock") return SafetyStock(setting, unit_of_measure);
  if (name == "allocation") return Allocation(setting);
  if (name == "limits") return Limits(setting, unit_of_measure);
  if (name != "steady") return "";
  return absl::StrCat("a rise must hold for ", Stretch(setting.at("rise_after_ms")));
}

std::string RuleWords(const Json& rule, const Json& file) {
  if (rule.is_null()) return "";
  const std::string path = file.is_null() ? "" : Text(file);
  return absl::StrCat("rule ", Text(rule.at("id")), ", line ", rule.at("line").get<int64_t>(),
                      path.empty() ? "" : " of " + path.substr(path.rfind('/') + 1));
}

std::string CauseWords(const Json& cause) {
  std::string kind = Text(cause.at("kind"));
  if (kind == "record") return RecordWords(cause);
  if (kind == "reference") return ReferenceWords(cause);
  if (kind == "time") return "time alone";
  if (kind == "rules") return "other rules that came into force";
  if (kind == "start") return "the first evaluation after a start";
  if (kind == "foreign") return "records in the output that were not this daemon's";
  return kind;
}

}  // namespace shelf::ctl
