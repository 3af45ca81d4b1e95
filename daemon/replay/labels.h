// What figures are added up by: channels by name (the two sides may number them differently), and
// the widest category of each item.
// THREAD: one owner.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "loop/world.h"

namespace shelf {

// Index of a channel or a category in a report.
using Label = uint32_t;

class Labels {
 public:
  Label Channel(std::string_view name) { return Find(name, channel_ids_, channels_); }
  // The label of a side's channel; `known` is that side's, and grows as its channels do.
  Label ChannelOf(const World& world, ChannelId channel, std::vector<Label>& known);

  // Fixed when the item is first known: figures that were begun in a category are ended in it.
  Label CategoryOf(World& world, SkuId sku);
  // Of an item that no position has.
  Label NoCategory() { return Find("", category_ids_, categories_); }

  const std::vector<std::string>& channels() const { return channels_; }
  const std::vector<std::string>& categories() const { return categories_; }

 private:
  using Ids = absl::flat_hash_map<std::string, Label>;
  static Label Find(std::string_view name, Ids& ids, std::vector<std::string>& names);

  static constexpr Label kUnknown = 0xffffffff;
  Ids channel_ids_, category_ids_;
  std::vector<std::string> channels_, categories_;
  std::vector<Label> of_sku_;  // by SkuId
};

}  // namespace shelf
