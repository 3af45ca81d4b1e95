#include "rules/scope.h"

#include <span>

namespace shelf {
namespace {

bool Contains(const std::vector<std::string>& sorted, std::string_view text) {
  return std::binary_search(sorted.begin(), sorted.end(), text);
}

bool StartsWith(std::span<const std::string> path, const std::vector<std::string>& prefix) {
  return path.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), path.begin());
}

std::string Key(char kind, std::string_view text) {
  std::string key(1, kind);
  key += text;
  return key;
}

std::vector<std::string> Keys(char kind, std::span<const std::string> texts) {
  std::vector<std::string> keys;
  keys.reserve(texts.size());
  for (const std::string& text : texts) keys.push_back(Key(kind, text));
  return keys;
}

// A level that itself contains the separator may find too much; Matches decides.
void AppendLevel(std::string& key, const std::string& level) {
  key += '\0';
  key += level;
}

}  // namespace

bool Matches(const ItemCondition& condition, const ItemScope& item) {
  return (condition.items.empty() || Contains(condition.items, item.sku)) &&
         StartsWith(item.category, condition.category);
}

bool Matches(const StoreCondition& condition, const StoreScope& store) {
  auto in_a_group = [&] {
    return std::any_of(store.groups.begin(), store.groups.end(),
                       [&](const std::string& group) { return Contains(condition.groups, group); });
  };
  return (condition.stores.empty() || Contains(condition.stores, store.store)) &&
         (condition.groups.empty() || in_a_group()) &&
         (condition.regions.empty() || Contains(condition.regions, store.region));
}

std::vector<std::string> LookupKeys(const ItemCondition& condition) {
  if (!condition.items.empty()) return Keys('i', condition.items);
  std::string path(1, 'c');
  for (const std::string& level : condition.category) AppendLevel(path, level);
  return {path};
}

std::vector<std::string> LookupKeys(const ItemScope& item) {
  std::vector<std::string> keys{Key('i', item.sku)};
  std::string path(1, 'c');
  for (const std::string& level : item.category) {
    AppendLevel(path, level);
    keys.push_back(path);
  }
  return keys;
}

std::vector<std::string> LookupKeys(const StoreCondition& condition) {
  if (!condition.stores.empty()) return Keys('s', condition.stores);
  if (!condition.groups.empty()) return Keys('g', condition.groups);
  return Keys('r', condition.regions);
}

std::vector<std::string> LookupKeys(const StoreScope& store) {
  std::vector<std::string> keys = Keys('g', store.groups);
  keys.push_back(Key('s', store.store));
  keys.push_back(Key('r', store.region));
  return keys;
}

}  // namespace shelf
