// What the YAML parser's words mean for the author of a rules file, and what it does not say.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rules/rule_set.h"

namespace shelf {

// The parser stopped at `line` and `column` (from 1) of `text` and said `said`. The message stands
// where the author has to look: for a bracket that is not closed, where it was opened.
RulesMessage YamlTrouble(std::string_view text, int line, int column, const std::string& said);

// A quote that is not closed, which the parser takes for one that reaches to the end of the file.
std::optional<RulesMessage> UnclosedQuote(std::string_view text);

}  // namespace shelf
