#include "rules/option_value.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rules/values.h"

namespace shelf {
namespace {

constexpr int kMilliDecimals = 3;
constexpr std::string_view kDigits = "0123456789";

int DecimalsOf(const Option& option) {
  switch (option.type) {
    case OptionType::kUnits:
    case OptionType::kNumber:
      return kMilliDecimals;
    case OptionType::kPercent:
      return option.decimals;
    default:
      return 0;
  }
}

std::optional<int64_t> ParseSigned(std::string_view text, int decimals) {
  const bool negative = text.starts_with('-');
  const auto value = ParseDecimal(text.substr(negative ? 1 : 0), decimals);
  return negative && value ? -*value : value;
}

std::optional<int64_t> Parse(const Option& option, std::string_view text) {
  if (option.type == OptionType::kDuration) return ParseDurationMs(text);
  if (option.type == OptionType::kPercent) return ParsePercent(text, option.decimals);
  return ParseSigned(text, DecimalsOf(option));
}

int64_t PowerOfTen(int decimals) {
  int64_t power = 1;
  for (int i = 0; i < decimals; ++i) power *= 10;
  return power;
}

std::string Range(const Option& option, const char* sign = "") {
  return "from " + std::to_string(option.min) + sign + " to " + std::to_string(option.max) + sign;
}

// "10 min", "10minutes" -> "10m"; empty when the unit is no other word for one of ours.
std::string InOurUnits(std::string_view count, std::string_view unit) {
  static constexpr auto kWords = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"sec", "s"},  {"secs", "s"},   {"second", "s"},  {"seconds", "s"}, {"min", "m"},
       {"mins", "m"}, {"minute", "m"}, {"minutes", "m"}, {"hr", "h"},      {"hrs", "h"},
       {"hour", "h"}, {"hours", "h"},  {"day", "d"},     {"days", "d"},    {"S", "s"},
       {"M", "m"},    {"H", "h"},      {"D", "d"},       {"ms", "ms"},     {"s", "s"},
       {"m", "m"},    {"h", "h"},      {"d", "d"}});
  const auto word = std::find_if(kWords.begin(), kWords.end(),
                                 [&](const auto& pair) { return pair.first == unit; });
  return word == kWords.end() ? "" : std::string(count) + std::string(word->second);
}

std::string DurationHint(std::string_view text) {
  const size_t digits = std::min(text.find_first_not_of(kDigits), text.size());
  if (digits == 0) return "";
  if (digits == text.size()) return "; the unit is missing";
  if (text[digits] == '.' || text[digits] == ',') {
    return "; it takes no decimals, but smaller units";
  }
  const size_t unit = text.find_first_not_of(' ', digits);
  if (unit == std::string_view::npos) return "";
  const std::string ours = InOurUnits(text.substr(0, digits), text.substr(unit));
  return ours.empty() || ours == text ? "" : "; did you mean '" + ours + "'?";
}

std::string SwitchHint(std::string_view text) {
  for (std::string_view yes : {"yes", "Yes", "on", "On", "True", "TRUE", "1"}) {
    if (text == yes) return "; did you mean 'true'?";
  }
  for (std::string_view no : {"no", "No", "off", "Off", "False", "FALSE", "0"}) {
    if (text == no) return "; did you mean 'false'?";
  }
  return "";
}

std::string NumberHint(const Option& option, std::string_view text) {
  const size_t comma = text.find(',');
  if (comma != std::string_view::npos) return "; decimals stand after a point";
  if (option.type != OptionType::kPercent && text.ends_with('%')) return "; it is no percentage";
  // 0.8 for 80 %: a part of one.
  const auto part = ParseDecimal(text, 2);
  if (option.type == OptionType::kPercent && part && *part < 100) {
    return "; did you mean '" + std::to_string(*part) + "%'?";
  }
  const size_t end = text.find_first_not_of("0123456789.");
  const bool has_unit = end != 0 && end != std::string_view::npos && text[end] != '%';
  return has_unit ? "; the number stands alone, without a unit" : "";
}

}  // namespace

std::optional<int64_t> ParseOption(const Option& option, std::string_view text) {
  const std::optional<int64_t> value = Parse(option, text);
  const int64_t scale = PowerOfTen(DecimalsOf(option));
  if (!value || *value < option.min * scale || *value > option.max * scale) return std::nullopt;
  return value;
}

std::string WantedOf(const Option& option) {
  switch (option.type) {
    case OptionType::kUnits:
      return "a number of units " + Range(option) + " with at most three decimals";
    case OptionType::kNumber:
      return "a number " + Range(option) + " with at most three decimals";
    case OptionType::kWhole:
      return "a whole number " + Range(option);
    case OptionType::kPercent:
      if (option.decimals == 0) return "a whole percentage " + Range(option, "%");
      return "a percentage " + Range(option, "%") + " with at most " +
             std::to_string(option.decimals) + " decimals";
    case OptionType::kDuration:
      return "a duration with its unit, such as 250ms, 90s, 30m, 4h or 2d, at most " +
             std::to_string(option.max / 86'400'000) + "d";
    case OptionType::kSwitch:
      return "true or false";
    case OptionType::kWord:
      return std::string(option.example);
    case OptionType::kMap:
    case OptionType::kNamedMaps:
      return "a map";
    case OptionType::kMaps:
      return "a list";
    default:
      return "a text of " + std::to_string(option.min) + " to " + std::to_string(option.max) +
             " bytes without control characters";
  }
}

std::string HintFor(const Option& option, std::string_view text) {
  switch (option.type) {
    case OptionType::kDuration:
      return DurationHint(text);
    case OptionType::kSwitch:
      return SwitchHint(text);
    case OptionType::kUnits:
    case OptionType::kNumber:
    case OptionType::kWhole:
    case OptionType::kPercent:
      return NumberHint(option, text);
    default:
      return "";
  }
}

}  // namespace shelf
