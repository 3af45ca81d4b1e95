#include "rules/rules_file.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <tuple>

#include "rules/stage_rules.h"
#include "rules/text_check.h"
#include "rules/warnings.h"
#include "rules/yaml_reader.h"
#include "rules/yaml_trouble.h"
#include "yaml-cpp/eventhandler.h"

namespace shelf {
namespace {

Place PlaceOf(const YAML::Node& node) { return {node.Mark().line + 1, node.Mark().column + 1}; }

// The place of a key in a map.
Place PlaceOfKey(const YAML::Node& map, std::string_view key) {
  if (!map.IsMap()) return {};
  for (const auto& entry : map) {
    if (entry.first.IsScalar() && entry.first.Scalar() == key) return PlaceOf(entry.first);
  }
  return {};
}

class Loader {
 public:
  Loader(RulesFile& file, FilePlaces& places, YamlReader& reader)
      : file_(file), places_(places), reader_(reader) {}

  void Document(const YAML::Node& root);

 private:
  void Group(const YAML::Node& name, const YAML::Node& node);
  void Channel(const YAML::Node& name, const YAML::Node& node);
  void Rules(const YAML::Node& list, std::vector<Rule>& rules);
  void OneRule(const YAML::Node& node, Rule& rule);
  void When(const YAML::Node& node, Rule& rule);
  // False, and said so: there are `max` already.
  bool HasRoom(const YAML::Node& name, const char* what, size_t there, size_t max);

  RulesFile& file_;
  FilePlaces& places_;
  YamlReader& reader_;
};

// Rules name groups, so channels are read when the groups are, whichever stands first.
void Loader::Document(const YAML::Node& root) {
  bool version = false;
  std::vector<std::pair<YAML::Node, YAML::Node>> channels;
  reader_.Read(root, "file",
               {{"version", &version},
                {"allocation_groups",
                 ReadNamed([&](const auto& name, const auto& node) { Group(name, node); })},
                {"channels", ReadNamed([&](const auto& name, const auto& node) {
                   channels.emplace_back(name, node);
                 })}});
  for (const auto& [name, node] : channels) Channel(name, node);
}

bool Loader::HasRoom(const YAML::Node& name, const char* what, size_t there, size_t max) {
  if (there < max) return true;
  reader_.Error(name.Mark(), std::string(what) + " '" + name.Scalar() +
                                 "' is one too many: at most " + std::to_string(max));
  return false;
}

void Loader::Group(const YAML::Node& name, const YAML::Node& node) {
  if (!HasRoom(name, "allocation group", file_.allocation_groups.size(), kAllocationGroupsMax)) {
    return;
  }
  AllocationGroup group;
  group.name = name.Scalar();
  reader_.Read(node, "group", {{"overcommit", &group.overcommit_micro}},
               "allocation group '" + group.name + "'");
  file_.allocation_groups.push_back(std::move(group));
  places_.groups.push_back(PlaceOf(name));
}

void Loader::Channel(const YAML::Node& name, const YAML::Node& node) {
  if (!HasRoom(name, "channel", file_.channels.size(), kChannelsMax)) return;
  ChannelRules channel;
  channel.name = name.Scalar();
  channel.place = static_cast<int32_t>(file_.channels.size());
  std::vector<Rule> rules;
  reader_.Read(node, "channel",
               {{"methods", &channel.methods},
                {"limited_at", &channel.limited_at_milli},
                {"min_interval", &channel.min_interval_ms},
                {"own_reservations_taken_off", &channel.own_reservations_taken_off},
                {"priority", &channel.priority},
                {"trace", &channel.trace},
                {"rules", ReadNode([&](const auto& list) { Rules(list, rules); })}},
               "channel '" + channel.name + "'");
  for (const Rule& rule : rules) channel.rules.push_back({rule.id, rule.line});
  file_.channels.push_back(std::move(channel));
  file_.rules.push_back(std::move(rules));
  places_.channels.push_back({PlaceOf(name), PlaceOfKey(node, "min_interval"),
                              PlaceOfKey(node, "priority"), PlaceOfKey(node, "rules")});
}

void Loader::Rules(const YAML::Node& list, std::vector<Rule>& rules) {
  std::map<std::string, int> lines;
  for (const auto& element : list) {
    Rule rule;
    OneRule(element, rule);
    const auto [first, added] = lines.try_emplace(rule.id, rule.line);
    if (!rule.id.empty() && !added) {
      reader_.Error(element.Mark(), "the rule id '" + rule.id +
                                        "' stands twice in this channel; the first is in line " +
                                        std::to_string(first->second));
    }
    rules.push_back(std::move(rule));
  }
}

void Loader::OneRule(const YAML::Node& node, Rule& rule) {
  rule.line = node.Mark().line + 1;
  rule.column = node.Mark().column + 1;
  reader_.Read(
      node, "rule",
      {{"id", &rule.id},
       {"when", ReadNode([&](const auto& v) { When(v, rule); })},
       {"priority", &rule.priority},
       {"sync_lag", ReadNode([&](const auto& v) { rule.sync_lag = ReadSyncLag(v, reader_); })},
       {"presence", ReadNode([&](const auto& v) { rule.presence = ReadPresence(v, reader_); })},
       {"safety_stock",
        ReadNode([&](const auto& v) { rule.safety_stock = ReadSafetyStock(v, reader_); })},
       {"allocation", ReadNode([&](const auto& v) {
          rule.allocation = ReadAllocation(v, file_.allocation_groups, reader_);
        })},
       {"limits", ReadNode([&](const auto& v) { rule.limits = ReadLimits(v, reader_); })},
       {"steady", ReadNode([&](const auto& v) { rule.steady = ReadSteady(v, reader_); })}});
}

void Loader::When(const YAML::Node& node, Rule& rule) {
  reader_.Read(node, "when",
               {{"item", &rule.item.items},
                {"category", &rule.item.category},
                {"store", &rule.store.stores},
                {"group", &rule.store.groups},
                {"region", &rule.store.regions}});
}

// Takes notice of where documents begin.
class Beginnings final : public YAML::EventHandler {
 public:
  std::vector<YAML::Mark> marks;

  void OnDocumentStart(const YAML::Mark& mark) override { marks.push_back(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

// Where the first two documents begin. Not by YAML::LoadAll, which finds documents without end in a
// text that begins with a sign that no document can begin with.
std::vector<YAML::Mark> DocumentsIn(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Beginnings beginnings;
  while (beginnings.marks.size() < 2 && parser.HandleNextDocument(beginnings)) continue;
  return beginnings.marks;
}

// Throws YAML::Exception.
void ParseDocument(const std::string& text, Loader& loader, YamlReader& reader) {
  const std::vector<YAML::Mark> documents = DocumentsIn(text);
  if (documents.empty()) return reader.Error(YAML::Mark(), "the file is empty");
  if (documents.size() == 1) return loader.Document(YAML::Load(text));
  const bool stands_still = documents[0].pos == documents[1].pos;
  reader.Error(documents[1], stands_still ? "not YAML: a file cannot begin with this sign"
                                          : "a second YAML document; a rules file is one alone");
}

void Parse(std::string_view text, Loader& loader, YamlReader& reader) {
  if (auto unclosed = UnclosedQuote(text)) {
    reader.messages().push_back(*std::move(unclosed));
    return;
  }
  try {
    ParseDocument(std::string(text), loader, reader);
  } catch (const YAML::Exception& e) {
    const YAML::Mark at = e.mark.is_null() ? YAML::Mark() : e.mark;
    reader.messages().push_back(YamlTrouble(text, at.line + 1, at.column + 1, e.msg));
  }
}

// What stands once and is repeated by an alias is said once.
void SortByPlace(std::vector<RulesMessage>& messages) {
  std::stable_sort(messages.begin(), messages.end(),
                   [](const RulesMessage& a, const RulesMessage& b) {
                     return std::tie(a.line, a.column) < std::tie(b.line, b.column);
                   });
  const auto same = [](const RulesMessage& a, const RulesMessage& b) {
    return std::tie(a.line, a.column, a.text) == std::tie(b.line, b.column, b.text);
  };
  messages.erase(std::unique(messages.begin(), messages.end(), same), messages.end());
}

}  // namespace

bool HasError(std::span<const RulesMessage> messages) {
  return std::any_of(messages.begin(), messages.end(),
                     [](const RulesMessage& message) { return !message.warning; });
}

RulesFile ReadRulesFile(std::string_view text, std::vector<RulesMessage>& messages) {
  RulesFile file;
  std::vector<RulesMessage> found = UnfitText(text, kRulesFileBytesMax);
  if (found.empty()) {
    FilePlaces places;
    YamlReader reader(found);
    Loader loader(file, places, reader);
    Parse(text, loader, reader);
    // With an error, something may seem idle or doubled only because a part could not be read.
    if (!HasError(found)) WarnOf(file, places, found);
  }
  SortByPlace(found);
  messages.insert(messages.end(), found.begin(), found.end());
  return file;
}

}  // namespace shelf
