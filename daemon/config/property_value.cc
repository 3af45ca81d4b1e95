// How each type of property is read from text and written back.
#include <algorithm>
#include <charconv>

#include "config/properties.h"

namespace shelf {
namespace {

std::string Range(const Property& p) {
  return std::to_string(p.min) + " to " + std::to_string(p.max);
}

bool IsNameChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

std::optional<int64_t> Whole(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "4MiB" is 4 and 20 bits to shift by; "4" is 4 and 0.
std::optional<int64_t> Bytes(std::string_view text) {
  int shift = 0;
  for (const auto& [suffix, bits] :
       {std::pair<std::string_view, int>{"KiB", 10}, {"MiB", 20}, {"GiB", 30}}) {
    if (!text.ends_with(suffix)) continue;
    text.remove_suffix(suffix.size());
    shift = bits;
    break;
  }
  const std::optional<int64_t> count = Whole(text);
  if (!count || *count < 0 || *count > (INT64_MAX >> shift)) return std::nullopt;
  return *count << shift;
}

bool IsPort(std::string_view text) {
  const std::optional<int64_t> port = Whole(text);
  return port && *port >= 0 && *port <= 65535 && text.front() != '-';
}

// 127.0.0.0/8 as four numbers.
bool IsLoopbackV4(std::string_view host) {
  if (!host.starts_with("127.")) return false;
  int parts = 0;
  while (!host.empty()) {
    const size_t dot = std::min(host.find('.'), host.size());
    const std::optional<int64_t> part = Whole(host.substr(0, dot));
    if (!part || *part < 0 || *part > 255) return false;
    ++parts;
    if (dot + 1 == host.size()) return false;
    host.remove_prefix(std::min(dot + 1, host.size()));
  }
  return parts == 4;
}

bool IsLoopback(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || !IsPort(text.substr(colon + 1))) return false;
  const std::string_view host = text.substr(0, colon);
  return host == "localhost" || host == "[::1]" || IsLoopbackV4(host);
}

bool IsBrokerList(std::string_view text) {
  while (true) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view broker = text.substr(0, comma);
    if (broker.empty() || broker.find_first_of(" \t\n") != std::string_view::npos) return false;
    if (comma == text.size()) return true;
    text.remove_prefix(comma + 1);
  }
}

bool IsChoice(std::string_view text, std::string_view choices) {
  while (!choices.empty()) {
    const size_t space = std::min(choices.find(' '), choices.size());
    if (choices.substr(0, space) == text) return true;
    choices.remove_prefix(std::min(space + 1, choices.size()));
  }
  return false;
}

std::string OneOf(std::string_view choices) {
  std::string text = "one of ";
  for (char c : choices) c == ' ' ? text += ", " : text += c;
  return text;
}

bool HasLength(std::string_view text, const Property& p) {
  return static_cast<int64_t>(text.size()) >= p.min && static_cast<int64_t>(text.size()) <= p.max;
}

bool FitsText(const Property& p, std::string_view text) {
  switch (p.type) {
    case PropertyType::kChoice:
      return IsChoice(text, p.choices);
    case PropertyType::kLoopback:
      return IsLoopback(text);
    case PropertyType::kBrokers:
      return HasLength(text, p) && IsBrokerList(text);
    case PropertyType::kName:
      return HasLength(text, p) && std::all_of(text.begin(), text.end(), IsNameChar) &&
             text != "." && text != "..";
    default:
      return HasLength(text, p);
  }
}

std::string Wanted(const Property& p) {
  switch (p.type) {
    case PropertyType::kText:
      return "a text of " + Range(p) + " bytes";
    case PropertyType::kInteger:
      return "a whole number of " + std::string(p.unit) + " from " + Range(p);
    case PropertyType::kBytes:
      return "a number of bytes from " + Range(p) + ", KiB, MiB or GiB allowed";
    case PropertyType::kChoice:
      return OneOf(p.choices);
    case PropertyType::kName:
      return Range(p) + " letters, digits, dots, underscores or dashes";
    case PropertyType::kBrokers:
      return "host:port, or several with commas between them";
    case PropertyType::kLoopback:
      return "host:port on loopback, such as 127.0.0.1:8711";
  }
  return "";
}

// `librdkafka` values win over the daemon's own, and these would silently win over `brokers`.
bool IsBrokersByAnotherName(const NamedProperty& named) {
  return named.property->before_given() == "librdkafka." &&
         (named.given == "bootstrap.servers" || named.given == "metadata.broker.list");
}

bool SetNumber(int64_t& number, const Property& p, const std::string& text) {
  const std::optional<int64_t> value = p.type == PropertyType::kBytes ? Bytes(text) : Whole(text);
  if (!value || *value < p.min || *value > p.max) return false;
  number = *value;
  return true;
}

}  // namespace

std::string SetProperty(Config& config, const NamedProperty& named, const std::string& text) {
  const Property& p = *named.property;
  if (IsBrokersByAnotherName(named)) return "set brokers instead of librdkafka." + named.given;
  bool fits = true;
  if (const auto* number = std::get_if<NumberSlot>(&p.slot)) {
    fits = SetNumber((*number)(config, named.given), p, text);
  } else if (!FitsText(p, text)) {
    fits = false;
  } else if (const auto* format = std::get_if<FormatSlot>(&p.slot)) {
    (*format)(config, named.given) = text == "json" ? ValueFormat::kJson : ValueFormat::kProtobuf;
  } else {
    std::get<TextSlot>(p.slot)(config, named.given) = text;
  }
  return fits ? "" : "must be " + Wanted(p) + ", not '" + text + "'";
}

std::string PropertyText(Config& config, const NamedProperty& named) {
  const Property& p = *named.property;
  if (const auto* number = std::get_if<NumberSlot>(&p.slot)) {
    return std::to_string((*number)(config, named.given));
  }
  if (const auto* format = std::get_if<FormatSlot>(&p.slot)) {
    return (*format)(config, named.given) == ValueFormat::kJson ? "json" : "protobuf";
  }
  return std::get<TextSlot>(p.slot)(config, named.given);
}

}  // namespace shelf
