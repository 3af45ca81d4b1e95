// The YAML reader: nested or dotted keys, each set through the table.
#include <set>
#include <sstream>

#include "config/config.h"
#include "config/properties.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/yaml.h"

namespace shelf {
namespace {

class Loader {
 public:
  Loader(Config& config, const std::string& file_name, std::vector<ConfigMessage>& messages)
      : config_(config), file_name_(file_name), messages_(messages) {}

  void Document(std::string_view text);

 private:
  void Section(const YAML::Node& node, const std::string& prefix);
  void Entry(const YAML::Node& key, const YAML::Node& value, const std::string& name);
  void Value(const YAML::Node& key, const YAML::Node& value, const std::string& name);
  void Error(const YAML::Mark& at, std::string text) {
    messages_.push_back({file_name_, at.line + 1, at.column + 1, std::move(text)});
  }

  Config& config_;
  const std::string& file_name_;
  std::vector<ConfigMessage>& messages_;
  std::set<std::string> seen_;
};

class DocumentCounter : public YAML::EventHandler {
 public:
  int documents = 0;

  void OnDocumentStart(const YAML::Mark&) override { ++documents; }
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

// Stops at the second document: the parser makes documents without end of some texts that are no
// YAML, and YAML::LoadAll takes them all.
bool HasMoreThanOneDocument(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentCounter counter;
  while (counter.documents < 2 && parser.HandleNextDocument(counter)) continue;
  return counter.documents > 1;
}

void Loader::Document(std::string_view text) {
  try {
    const std::string file(text);
    if (HasMoreThanOneDocument(file)) {
      return Error(YAML::Mark(), "the file has more than one YAML document");
    }
    if (const YAML::Node root = YAML::Load(file); !root.IsNull()) Section(root, "");
  } catch (const YAML::Exception& e) {
    Error(e.mark.is_null() ? YAML::Mark() : e.mark, "not YAML: " + e.msg);
  }
}

void Loader::Section(const YAML::Node& node, const std::string& prefix) {
  if (!node.IsMap()) return Error(node.Mark(), "the file must be a map of properties");
  for (const auto& entry : node) {
    if (!entry.first.IsScalar() || entry.first.Scalar().empty()) {
      Error(entry.first.Mark(), "a key must be a name");
    } else {
      Entry(entry.first, entry.second, prefix + entry.first.Scalar());
    }
  }
}

void Loader::Entry(const YAML::Node& key, const YAML::Node& value, const std::string& name) {
  const bool section = IsSection(name);
  if (section && value.IsMap()) return Section(value, name + ".");
  // A section whose lines are all commented out.
  if (section && value.IsNull() && !FindProperty(name)) return;
  if (FindProperty(name)) return Value(key, value, name);
  Error(key.Mark(), NoSuchProperty(name));
}

void Loader::Value(const YAML::Node& key, const YAML::Node& value, const std::string& name) {
  if (!seen_.insert(name).second) return Error(key.Mark(), "'" + name + "' is set twice");
  if (value.IsNull()) return Error(key.Mark(), "'" + name + "' has no value");
  if (!value.IsScalar()) return Error(value.Mark(), "'" + name + "' takes a single value");
  const std::string wrong = SetProperty(config_, *FindProperty(name), value.Scalar());
  if (!wrong.empty()) Error(value.Mark(), name + ": " + wrong);
}

// A control character may end the file for the parser, and what follows would silently not count.
size_t FindControl(std::string_view text) {
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') return at;
  }
  return std::string_view::npos;
}

}  // namespace

Config LoadConfig(std::string_view text, const std::string& file_name,
                  std::vector<ConfigMessage>& messages) {
  Config config;
  if (const size_t at = FindControl(text); at != std::string_view::npos) {
    int line = 1;
    for (char c : text.substr(0, at)) line += c == '\n' ? 1 : 0;
    messages.push_back({file_name, line, 1, "a control character in this line"});
    return config;
  }
  Loader(config, file_name, messages).Document(text);
  return config;
}

}  // namespace shelf
