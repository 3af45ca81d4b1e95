// Whole rules files with what is said of them: tests/rules/bad/NN-what.yaml is refused, the files
// of tests/rules/warned/ are taken. Beside each stands NN-what.txt with the messages as `shelfd
// check` prints them behind the file's name. SHELFD_WRITE_PAGES=1 writes them anew, to be read by
// somebody.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "rules/rule_set.h"
#include "support/catch.h"

using namespace shelf;

namespace {

std::filesystem::path Here() { return std::filesystem::path(__FILE__).parent_path(); }

std::vector<std::filesystem::path> FilesIn(const char* folder) {
  std::vector<std::filesystem::path> files;
  const auto path = Here() / folder;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string TextOf(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string Written(const std::vector<RulesMessage>& messages) {
  std::string text;
  for (const RulesMessage& m : messages) {
    text += std::to_string(m.line) + ":" + std::to_string(m.column) + ": " +
            (m.warning ? "warning: " : "error: ") + m.text + "\n";
  }
  return text;
}

// Whether the file was taken.
bool CheckMessages(const std::filesystem::path& file) {
  CAPTURE(file.filename().string());
  std::vector<RulesMessage> messages;
  const auto rules = RuleSet::Load(TextOf(file), messages);
  std::filesystem::path expected = file;
  expected.replace_extension(".txt");
  if (std::getenv("SHELFD_WRITE_PAGES") != nullptr) std::ofstream(expected) << Written(messages);
  CHECK(Written(messages) == TextOf(expected));
  CHECK_FALSE(messages.empty());
  return rules != nullptr;
}

}  // namespace

TEST_CASE("each bad file is refused with the messages beside it", "[rules]") {
  const auto files = FilesIn("bad");
  CHECK(files.size() >= 30);
  for (const auto& file : files) {
    CAPTURE(file.filename().string());
    CHECK_FALSE(CheckMessages(file));
  }
}

TEST_CASE("each file that is taken with warnings has those beside it", "[rules]") {
  for (const auto& file : FilesIn("warned")) {
    CAPTURE(file.filename().string());
    CHECK(CheckMessages(file));
  }
}

TEST_CASE("the rules files that we hand out are taken without a word", "[rules]") {
  const auto root = Here().parent_path().parent_path();
  for (const char* name : {"deploy/rules.yaml", "tools/demo.d/rules.yaml"}) {
    CAPTURE(name);
    std::vector<RulesMessage> messages;
    CHECK(RuleSet::Load(TextOf(root / name), messages) != nullptr);
    CHECK(Written(messages).empty());
  }
}
