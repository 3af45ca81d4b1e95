#include "rules/yaml_trouble.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace shelf {
namespace {

struct Words {
  std::string_view said;  // how the parser's words begin
  std::string_view mean;
};

constexpr auto kWords = std::to_array<Words>({
    {"the referenced anchor is not defined",
     "the alias names no anchor that stands before it; an anchor is set with &name"},
    {"alias not found after *",
     "a * begins an alias, and its name is missing; as a text it needs quotes"},
    {"anchor not found after &",
     "an & begins an anchor, and its name is missing; as a text it needs quotes"},
    {"illegal map value",
     "a ':' where no value can begin: the line is indented otherwise than its neighbours, or a "
     "text with ': ' in it lacks its quotes"},
    {"end of map not found",
     "this line belongs to nothing: it is indented otherwise than its neighbours, or a ':' is "
     "missing"},
    {"end of sequence not found",
     "this line belongs to nothing: it is indented otherwise than its neighbours, or its '-' is "
     "missing"},
    {"illegal block entry",
     "a '-' where no list can begin: the list starts in a line of its own, below its key"},
    {"illegal flow end", "a bracket is closed here that is not open"},
    {"illegal EOF in scalar", "a quote is opened and not closed"},
    {"unknown token", "a text that begins with this sign needs quotes"},
    {"unknown escape character",
     "a backslash in \"double quotes\" is written twice, or the text stands in 'single quotes'"},
});

// A bracket or a quote, and where it was opened.
struct Opened {
  char sign = 0;
  int line = 0;
  int column = 0;
};

// Follows a text's brackets and quotes; comments have none, and a quote inside of a word is none.
class Marks {
 public:
  void Take(char c) {
    ++column_;
    if (in_comment_) {
      in_comment_ = c != '\n';
    } else if (quote_) {
      InQuote(c);
    } else {
      Plain(c);
    }
    if (c == '\n') {
      ++line_;
      column_ = 0;
    }
    before_ = c;
    if (c != ' ') word_before_ = c;
  }

  std::optional<Opened> bracket() const {
    return brackets_.empty() ? std::nullopt : std::optional(brackets_.back());
  }
  std::optional<Opened> quote() const { return quote_; }
  // The newest quote that was closed in another line, and that line.
  std::optional<Opened> long_quote() const { return long_quote_; }
  int long_quote_ends() const { return long_quote_ends_; }

 private:
  void Plain(char c) {
    const bool begins = std::string_view("\n:,[{-").find(word_before_) != std::string_view::npos;
    if ((c == '"' || c == '\'') && begins) {
      quote_ = Opened{c, line_, column_};
    } else if (c == '#' && (before_ == ' ' || before_ == '\n')) {
      in_comment_ = true;
    } else if ((c == '{' || c == '[') && (begins || !brackets_.empty())) {
      brackets_.push_back({c, line_, column_});
    } else if ((c == '}' || c == ']') && !brackets_.empty()) {
      brackets_.pop_back();
    }
  }

  // In 'single quotes' '' is one quote; it closes and opens again, which comes to the same here.
  void InQuote(char c) {
    if (escaped_) {
      escaped_ = false;
    } else if (c == '\\' && quote_->sign == '"') {
      escaped_ = true;
    } else if (c == quote_->sign) {
      if (quote_->line != line_) {
        long_quote_ = quote_;
        long_quote_ends_ = line_;
      }
      quote_.reset();
    }
  }

  std::vector<Opened> brackets_;
  std::optional<Opened> quote_, long_quote_;
  int long_quote_ends_ = 0;
  char before_ = '\n';
  char word_before_ = '\n';  // the last that is no space
  bool escaped_ = false;
  bool in_comment_ = false;
  int line_ = 1;
  int column_ = 0;
};

// What is open where the place begins.
Marks MarksBefore(std::string_view text, int line, int column) {
  Marks marks;
  int at_line = 1;
  int at_column = 1;
  for (const char c : text) {
    if (at_line > line || (at_line == line && at_column >= column)) break;
    marks.Take(c);
    at_column = c == '\n' ? 1 : at_column + 1;
    if (c == '\n') ++at_line;
  }
  return marks;
}

RulesMessage At(const Opened& place, std::string text) {
  return {place.line, place.column, false, "not YAML: " + std::move(text)};
}

}  // namespace

RulesMessage YamlTrouble(std::string_view text, int line, int column, const std::string& said) {
  const Marks marks = MarksBefore(text, line, column);
  if (const auto quote = marks.long_quote()) {
    return At(*quote,
              "this quote is closed only in line " + std::to_string(marks.long_quote_ends()));
  }
  const bool of_brackets =
      said.find("flow not found") != std::string::npos || said.starts_with("illegal block entry");
  const auto open = marks.bracket();
  if (of_brackets && open) {
    return At(*open, std::string("this ") + open->sign +
                         " is not closed, or what follows in it lacks a comma");
  }
  const auto words = std::find_if(kWords.begin(), kWords.end(),
                                  [&](const Words& w) { return said.starts_with(w.said); });
  return {line, column, false,
          "not YAML: " + (words == kWords.end() ? said : std::string(words->mean))};
}

std::optional<RulesMessage> UnclosedQuote(std::string_view text) {
  Marks marks;
  for (const char c : text) marks.Take(c);
  const auto quote = marks.quote();
  if (!quote) return std::nullopt;
  return At(*quote, "this quote is not closed");
}

}  // namespace shelf
