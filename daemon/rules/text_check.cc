#include "rules/text_check.h"

#include <algorithm>
#include <cstdint>

namespace shelf {
namespace {

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// The length of the UTF-8 sequence that starts `text` (not empty); 0 when it is malformed,
// overlong, a surrogate or above U+10FFFF.
size_t SequenceBytes(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return 1;
  const size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return 0;
  if (!std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(bytes),
                   IsContinuation)) {
    return 0;
  }
  const auto second = static_cast<unsigned char>(text[1]);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool surrogate = lead == 0xed && second > 0x9f;
  const bool too_high = lead == 0xf4 && second > 0x8f;
  return overlong || surrogate || too_high ? 0 : bytes;
}

bool IsForbiddenControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

RulesMessage At(std::string_view before, const char* words) {
  RulesMessage message;
  message.line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  const size_t line_at = before.rfind('\n');
  message.column =
      static_cast<int>(before.size() - (line_at == std::string_view::npos ? 0 : line_at + 1)) + 1;
  message.text = words;
  return message;
}

void AddUnreadable(std::string_view text, std::vector<RulesMessage>& messages) {
  for (size_t at = 0; at < text.size();) {
    const size_t bytes = SequenceBytes(text.substr(at));
    if (bytes == 0) {
      messages.push_back(At(text.substr(0, at), "the file is not UTF-8 here"));
      return;
    }
    if (IsForbiddenControl(text[at])) {
      messages.push_back(At(text.substr(0, at), "a control character"));
      return;
    }
    at += bytes;
  }
}

void AddTabs(std::string_view text, std::vector<RulesMessage>& messages) {
  int number = 0;
  for (size_t from = 0; from < text.size();) {
    const size_t end = std::min(text.find('\n', from), text.size());
    const std::string_view line = text.substr(from, end - from);
    const size_t words = std::min(line.find_first_not_of(" \t\r"), line.size());
    const size_t tab = line.substr(0, words).find('\t');
    ++number;
    if (tab != std::string_view::npos && words < line.size() && line[words] != '#') {
      messages.push_back({number, static_cast<int>(tab) + 1, false,
                          "a tab in the indentation; YAML wants spaces"});
    }
    from = end + 1;
  }
}

}  // namespace

std::vector<RulesMessage> UnfitText(std::string_view text, size_t bytes_max) {
  std::vector<RulesMessage> messages;
  if (text.size() > bytes_max) {
    messages.push_back(
        {1, 1, false, "the file is larger than " + std::to_string(bytes_max) + " bytes"});
    return messages;
  }
  AddUnreadable(text, messages);
  if (messages.empty()) AddTabs(text, messages);
  return messages;
}

}  // namespace shelf
