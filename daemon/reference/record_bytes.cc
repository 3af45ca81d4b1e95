#include "reference/record_bytes.h"

namespace shelf {
namespace {

// Bytes beyond the object itself.
size_t Heap(const std::string& text) {
  static const size_t inside = std::string().capacity();
  return text.capacity() > inside ? text.capacity() + 1 : 0;
}
size_t Heap(const SourceInfo& source) { return Heap(source.name); }
size_t Heap(const ServiceInfo& service) { return Heap(service.method); }
size_t Heap(const std::pair<std::string, std::string>& pair) {
  return Heap(pair.first) + Heap(pair.second);
}
template <typename T>
size_t Heap(const std::vector<T>& all) {
  size_t bytes = all.capacity() * sizeof(T);
  for (const T& one : all) bytes += Heap(one);
  return bytes;
}

size_t NameBytes(const std::string& name) { return sizeof(name) + Heap(name); }

}  // namespace

size_t RecordBytes(const std::string& store, const StoreInfo& info) {
  return NameBytes(store) + sizeof(void*) + sizeof(info) + Heap(info.name) + Heap(info.gln) +
         Heap(info.region) + Heap(info.groups) + Heap(info.services) + Heap(info.sources) +
         Heap(info.channel_ids);
}

size_t RecordBytes(const std::string& sku, const ItemInfo& info) {
  return NameBytes(sku) + sizeof(void*) + sizeof(info) + Heap(info.name) + Heap(info.gtin) +
         Heap(info.category) + Heap(info.unit_of_measure) + Heap(info.channel_ids) +
         Heap(info.blocked_channels) + Heap(info.parent_sku);
}

size_t RecordBytes(const std::string& sku, const ListingInfo& info) {
  return NameBytes(sku) + sizeof(info) + Heap(info.channels);
}

}  // namespace shelf
