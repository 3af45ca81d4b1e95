#include "ctl/rules_texts.h"

#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "app/load.h"
#include "loop/rules_history.h"
#include "replay/recording.h"
#include "rules/rule_set.h"

namespace shelf::ctl {
namespace {

constexpr int64_t kRulesBytesMax = int64_t{16} << 20;

}  // namespace

absl::StatusOr<std::string> ReadUsableRules(const std::string& path, std::ostream& err) {
  absl::StatusOr<std::string> text = ReadTextFile(path);
  if (!text.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", text.status().message()));
  }
  std::vector<RulesMessage> messages;
  const auto set = RuleSet::Load(*text, messages);
  PrintRulesMessages(path, messages, err);
  if (set != nullptr) return text;
  return absl::InvalidArgumentError(absl::StrCat(path, " cannot be used"));
}

absl::Status RulesTexts::AddFile(const std::string& path) {
  absl::StatusOr<std::string> text = ReadSmallFile(path, kRulesBytesMax);
  if (!text.ok()) return text.status();
  std::vector<RulesMessage> messages;
  const auto set = RuleSet::Load(*text, messages);
  if (set == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is no rules file: ", messages.front().text));
  }
  texts_[set->hash()] = *std::move(text);
  return absl::OkStatus();
}

absl::Status RulesTexts::AddState(CheckpointStore& store) {
  const absl::StatusOr<RulesHistory> history = RulesHistory::Read(store);
  if (!history.ok()) return history.status();
  for (const RulesRecord& record : history->records()) texts_[record.hash] = record.text;
  return absl::OkStatus();
}

absl::StatusOr<std::string> RulesTexts::Find(const std::string& hash, const AdminClient& client) {
  const auto known = texts_.find(hash);
  if (known != texts_.end()) return known->second;
  if (hash == RuleSet::HashOfText(RuleSet::DefaultText())) {
    return std::string(RuleSet::DefaultText());
  }
  const absl::StatusOr<Json> answer =
      client.Get(absl::StrCat("/v1/rules/", absl::BytesToHexString(hash)));
  if (!answer.ok()) return answer.status();
  if (!answer->contains("text") || !answer->at("text").is_string()) {
    return absl::NotFoundError("the daemon does not tell the text");
  }
  return texts_[hash] = answer->at("text").get<std::string>();
}

}  // namespace shelf::ctl
