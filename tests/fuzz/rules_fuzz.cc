// Any text is a rules file or is refused with the place of each error, which lies in the text.
#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "fuzz/require.h"
#include "rules/rule_set.h"

using shelf::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<shelf::RulesMessage> messages;
  const auto rules = shelf::RuleSet::Load(text, messages);
  const auto lines = 1 + std::count(text.begin(), text.end(), '\n');
  bool error = false;
  int line_before = 0;
  for (const shelf::RulesMessage& message : messages) {
    error |= !message.warning;
    Require(message.line >= 1 && message.line <= lines && message.column >= 1, "a place in it");
    Require(message.line >= line_before, "in the file's order");
    Require(!message.text.empty(), "words");
    line_before = message.line;
  }
  Require(error == (rules == nullptr), "taken without errors, refused with one");
  if (rules == nullptr) return 0;
  const uint32_t store = rules->StoreClass({"1", "north", {}});
  const uint32_t item = rules->ItemClass({"1", {}});
  Require(rules->Plan(store, item).size() == rules->channels().size(), "a plan for each channel");
  return 0;
}
