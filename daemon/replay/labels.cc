#include "replay/labels.h"

namespace shelf {

Label Labels::Find(std::string_view name, Ids& ids, std::vector<std::string>& names) {
  const auto [at, is_new] = ids.try_emplace(std::string(name), static_cast<Label>(names.size()));
  if (is_new) names.emplace_back(name);
  return at->second;
}

Label Labels::ChannelOf(const World& world, ChannelId channel, std::vector<Label>& known) {
  while (known.size() < world.channel_names.size()) {
    known.push_back(Channel(world.channel_names[known.size()]));
  }
  return known[channel.value];
}

Label Labels::CategoryOf(World& world, SkuId sku) {
  if (!sku.valid()) return NoCategory();
  if (sku.value >= of_sku_.size()) of_sku_.resize(sku.value + 1, kUnknown);
  Label& label = of_sku_[sku.value];
  if (label != kUnknown) return label;
  const ItemInfo* const item = world.reference.FindItem(world.sku_names.Text(sku));
  if (item == nullptr) return NoCategory();
  label = item->category.empty() ? NoCategory()
                                 : Find(item->category.front(), category_ids_, categories_);
  return label;
}

}  // namespace shelf
