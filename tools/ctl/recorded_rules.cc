#include "ctl/recorded_rules.h"

#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "app/load.h"
#include "rules/rule_set.h"

namespace shelf::ctl {
namespace {

constexpr int64_t kRulesBytesMax = int64_t{16} << 20;

absl::StatusOr<std::unique_ptr<RuleSet>> Load(const std::string& text, const std::string& path) {
  std::vector<RulesMessage> messages;
  std::unique_ptr<RuleSet> set = RuleSet::Load(text, messages);
  if (set != nullptr) return set;
  return absl::FailedPreconditionError(absl::StrCat(
      path,
      ": this version does not take these rules: ", messages.empty() ? "" : messages.front().text));
}

absl::StatusOr<std::string> TextOf(const std::string& folder, const RecordedRules& rules) {
  if (rules.hash == RuleSet::HashOfText(RuleSet::DefaultText())) {
    return std::string(RuleSet::DefaultText());
  }
  auto text = ReadSmallFile(RulesFileOf(folder, rules.hash), kRulesBytesMax);
  if (!absl::IsNotFound(text.status())) return text;
  return absl::NotFoundError(absl::StrCat(
      "the recording has not the text of rule set ", absl::BytesToHexString(rules.hash),
      ", which its ticks name: put it in ", RulesFileOf(folder, rules.hash),
      ", or give a file for the old side with --old"));
}

}  // namespace

absl::StatusOr<SideRules> RulesOfFile(const std::string& path, std::ostream& err) {
  SideRules rules;
  rules.first = LoadRulesFile(path, err);
  if (rules.first != nullptr) return rules;
  return absl::InvalidArgumentError(absl::StrCat("the rules of ", path, " cannot be used"));
}

absl::StatusOr<SideRules> RulesAsRecorded(const std::string& folder, const RecordingInfo& info) {
  SideRules rules{.first = nullptr, .as_recorded = true, .texts = {}};
  for (const RecordedRules& recorded : info.rules) {
    absl::StatusOr<std::string> text = TextOf(folder, recorded);
    if (!text.ok()) return text.status();
    if (rules.first == nullptr) {
      auto first = Load(*text, RulesFileOf(folder, recorded.hash));
      if (!first.ok()) return first.status();
      rules.first = *std::move(first);
    }
    rules.texts.push_back(*std::move(text));
  }
  if (rules.first != nullptr) return rules;
  return absl::NotFoundError(
      absl::StrCat("the recording in ", folder, " has no tick: nothing was decided in it"));
}

}  // namespace shelf::ctl
