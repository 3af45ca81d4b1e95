// What must hold of a file's bytes before a parser sees them.
#pragma once

#include <optional>
#include <string_view>

#include "rules/rule_set.h"

namespace shelf {

// The first reason why `text` cannot be read: longer than `bytes_max`, not UTF-8, or a control
// character (a parser may take one for the end of the file). nullopt: none.
std::optional<RulesMessage> UnfitText(std::string_view text, size_t bytes_max);

}  // namespace shelf
