// The examples of docs/rules.md. Fenced blocks carry a word that says what they are:
//
//   ```yaml     a whole rules file; it loads, and gives no warning that no `check` block shows
//   ```story    what happens, and what the channels are told by the yaml block before it: rows as
//   in
//               a chapter of behaviour.h, without the indentation
//   ```check    what `shelfd check` says of the yaml block before it: LINE:COLUMN: error|warning: …
//   ```explain CHANNEL STORE SKU   what `shelfctl explain` shows of the key at the story's end
//
// All others are for the reader alone.
#pragma once

#include <filesystem>
#include <vector>

#include "scenarios/behaviour.h"

namespace shelf {

struct CheckedRules {
  int line = 0;  // in the page, of the block's first line
  std::string rules;
  std::string expected;  // messages, a line each
};

struct ExplainedKey {
  int line = 0;
  Scenario story;  // the one before it
  std::string channel, store, sku;
  std::string expected;
};

struct Guide {
  std::vector<Scenario> stories;  // titled by the heading they stand under
  std::vector<ExplainedKey> explained;
  std::vector<CheckedRules> rules;
};

Guide ReadGuide(const std::filesystem::path& page);

}  // namespace shelf
