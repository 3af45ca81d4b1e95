// What must hold of a file's bytes before a parser sees them.
#pragma once

#include <string_view>
#include <vector>

#include "rules/rule_set.h"

namespace shelf {

// Why `text` cannot be read: longer than `bytes_max`; not UTF-8, or a control character (a parser
// may take one for the end of the file), of which the first is named; a tab where a line begins
// (how far it indents is not said), each line that has one. Empty: nothing.
std::vector<RulesMessage> UnfitText(std::string_view text, size_t bytes_max);

}  // namespace shelf
