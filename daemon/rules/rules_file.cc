#include "rules/rules_file.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/ids.h"
#include "rules/overlap.h"
#include "rules/stage_rules.h"
#include "rules/text_check.h"
#include "rules/yaml_reader.h"

namespace shelf {
namespace {

constexpr size_t kNameBytesMax = 64;       // of channels, rules, methods, groups and regions
constexpr size_t kCategoryBytesMax = 256;  // one level
constexpr int64_t kPriorityMax = 1'000'000;

class Loader {
 public:
  Loader(RulesFile& file, std::vector<RulesMessage>& messages) : file_(file), reader_(messages) {}

  void Document(const YAML::Node& root);

 private:
  void Channels(const YAML::Node& node);
  void Channel(const std::string& name, const YAML::Node& node);
  void Rules(const YAML::Node& node, std::vector<Rule>& rules);
  void OneRule(const YAML::Node& node, Rule& rule);
  void When(const YAML::Node& node, Rule& rule);
  std::vector<std::string> AnyOf(const YAML::Node& node, const std::string& what, size_t bytes_max);

  RulesFile& file_;
  YamlReader reader_;
};

void Loader::Document(const YAML::Node& root) {
  reader_.Map(root, "the file",
              {{"version", [&](const auto& v) { reader_.Is(v, "version", "1"); }},
               {"channels", [&](const auto& v) { Channels(v); }}});
  if (!root.IsMap()) return;
  if (!reader_.Has(root, "version")) reader_.Error(root.Mark(), "the file needs version: 1");
  if (!reader_.Has(root, "channels")) reader_.Error(root.Mark(), "the file needs channels");
}

void Loader::Channels(const YAML::Node& node) {
  reader_.NamedMap(node, "channels", [&](const YAML::Node& name, const YAML::Node& value) {
    if (!reader_.Text(name, "a channel's name", kNameBytesMax)) return;
    if (file_.channels.size() == static_cast<size_t>(kChannelsMax)) {
      reader_.Error(name.Mark(), "channel '" + name.Scalar() + "' is one too many: at most " +
                                     std::to_string(kChannelsMax));
      return;
    }
    Channel(name.Scalar(), value);
  });
}

void Loader::Channel(const std::string& name, const YAML::Node& node) {
  ChannelRules channel;
  channel.name = name;
  std::vector<Rule> rules;
  reader_.Map(
      node, "channel '" + name + "'",
      {{"methods",
        [&](const auto& v) { channel.methods = reader_.Texts(v, "methods", kNameBytesMax); }},
       {"limited_at",
        [&](const auto& v) {
          channel.limited_at_milli = reader_.UnitsMilli(v, "limited_at").value_or(0);
        }},
       {"min_interval",
        [&](const auto& v) {
          channel.min_interval_ms = reader_.DurationMs(v, "min_interval").value_or(0);
        }},
       {"own_reservations_taken_off",
        [&](const auto& v) {
          channel.own_reservations_taken_off =
              reader_.Bool(v, "own_reservations_taken_off").value_or(false);
        }},
       {"trace", [&](const auto& v) { channel.trace = reader_.Bool(v, "trace").value_or(false); }},
       {"rules", [&](const auto& v) { Rules(v, rules); }}});
  for (const Rule& rule : rules) channel.rules.push_back({rule.id, rule.line});
  file_.channels.push_back(std::move(channel));
  file_.rules.push_back(std::move(rules));
}

void Loader::Rules(const YAML::Node& node, std::vector<Rule>& rules) {
  if (node.IsSequence() && node.size() > kRulesMax) {
    reader_.Error(node.Mark(), "rules has " + std::to_string(node.size()) +
                                   " rules; a channel has at most " + std::to_string(kRulesMax));
    return;
  }
  std::set<std::string> ids;
  reader_.List(node, "rules", [&](const YAML::Node& element) {
    Rule rule;
    OneRule(element, rule);
    if (!rule.id.empty() && !ids.insert(rule.id).second) {
      reader_.Error(element.Mark(), "the rule id '" + rule.id + "' stands twice in this channel");
    }
    rules.push_back(std::move(rule));
  });
}

void Loader::OneRule(const YAML::Node& node, Rule& rule) {
  rule.line = node.Mark().line + 1;
  rule.column = node.Mark().column + 1;
  reader_.Map(
      node, "a rule",
      {{"id", [&](const auto& v) { rule.id = reader_.Text(v, "id", kNameBytesMax).value_or(""); }},
       {"when", [&](const auto& v) { When(v, rule); }},
       {"priority",
        [&](const auto& v) {
          rule.priority = reader_.Whole(v, "priority", -kPriorityMax, kPriorityMax).value_or(0);
        }},
       {"sync_lag", [&](const auto& v) { rule.sync_lag = ReadSyncLag(v, reader_); }},
       {"presence", [&](const auto& v) { rule.presence = ReadPresence(v, reader_); }},
       {"safety_stock", [&](const auto& v) { rule.safety_stock = ReadSafetyStock(v, reader_); }},
       {"limits", [&](const auto& v) { rule.limits = ReadLimits(v, reader_); }},
       NotYet("allocation", "the stage allocation", reader_),
       NotYet("steady", "the stage steady", reader_)});
  if (node.IsMap() && !reader_.Has(node, "id")) reader_.Error(node.Mark(), "a rule needs an id");
}

void Loader::When(const YAML::Node& node, Rule& rule) {
  reader_.Map(
      node, "when",
      {{"item", [&](const auto& v) { rule.item.items = AnyOf(v, "when.item", kSkuBytesMax); }},
       {"category",
        [&](const auto& v) {
          rule.item.category = reader_.Texts(v, "when.category", kCategoryBytesMax);
        }},
       {"store",
        [&](const auto& v) { rule.store.stores = AnyOf(v, "when.store", kStoreBytesMax); }},
       {"group", [&](const auto& v) { rule.store.groups = AnyOf(v, "when.group", kNameBytesMax); }},
       {"region",
        [&](const auto& v) { rule.store.regions = AnyOf(v, "when.region", kNameBytesMax); }}});
  if (node.IsMap() && node.size() == 0) {
    reader_.Error(node.Mark(), "when names nothing; leave it out to mean everything");
  }
}

std::vector<std::string> Loader::AnyOf(const YAML::Node& node, const std::string& what,
                                       size_t bytes_max) {
  std::vector<std::string> texts = reader_.Texts(node, what, bytes_max);
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

void Parse(std::string_view text, Loader& loader, YamlReader& reader) {
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    if (documents.size() == 1) {
      loader.Document(documents.front());
    } else {
      reader.Error(YAML::Mark(), documents.empty() ? "the file is empty"
                                                   : "the file has more than one YAML document");
    }
  } catch (const YAML::Exception& e) {
    reader.Error(e.mark.is_null() ? YAML::Mark() : e.mark, "not YAML: " + e.msg);
  }
}

void SortByPlace(std::vector<RulesMessage>& messages) {
  std::stable_sort(messages.begin(), messages.end(),
                   [](const RulesMessage& a, const RulesMessage& b) {
                     return std::tie(a.line, a.column) < std::tie(b.line, b.column);
                   });
}

}  // namespace

bool HasError(std::span<const RulesMessage> messages) {
  return std::any_of(messages.begin(), messages.end(),
                     [](const RulesMessage& message) { return !message.warning; });
}

RulesFile ReadRulesFile(std::string_view text, std::vector<RulesMessage>& messages) {
  RulesFile file;
  if (auto unfit = UnfitText(text, kRulesFileBytesMax)) {
    messages.push_back(*std::move(unfit));
    return file;
  }
  std::vector<RulesMessage> found;
  YamlReader reader(found);
  Loader loader(file, found);
  Parse(text, loader, reader);
  // With an error, a rule may seem idle or equal only because a part of it could not be read.
  if (!HasError(found)) {
    for (const std::vector<Rule>& rules : file.rules) WarnOfIdleAndEqualRules(rules, found);
  }
  SortByPlace(found);
  messages.insert(messages.end(), found.begin(), found.end());
  return file;
}

}  // namespace shelf
