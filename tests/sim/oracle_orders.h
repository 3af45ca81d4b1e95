// What orders hold of a store: for each name all that was said of it, from which follows how much
// it holds now.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace shelf::sim::oracle {

// Where a document stands in its source's order.
struct Place {
  std::string source;
  uint64_t epoch = 0;
  uint64_t sequence = 0;
  int64_t time_ms = 0;
};

using Quantities = std::map<std::string, int64_t>;  // by SKU, above 0

class Orders {
 public:
  // `now_ms` is 0 before the first tick.
  void Reserve(const std::string& name, const Place& place, const std::string& channel,
               int64_t expires_ms, Quantities lines);
  void Close(const std::string& name, const Place& place, int64_t now_ms);
  void SettlePart(const std::string& name, const Place& place, const Quantities& taken,
                  int64_t now_ms);
  // Names that are over for good may be used again.
  void Forget(int64_t now_ms);

  // What is held of a SKU; `but_of`: without the orders of that channel.
  int64_t Held(const std::string& sku, int64_t watermark_ms, int64_t now_ms,
               const std::string* but_of = nullptr) const;
  // How many orders hold anything: it changes with what is held.
  int Holding(int64_t watermark_ms, int64_t now_ms) const;

 private:
  struct Part {
    Place place;
    Quantities taken;
  };
  struct Order {
    std::optional<Place> reserved;
    std::string channel;
    int64_t expires_ms = 0;
    Quantities lines;
    std::vector<Part> parts;
    // Who settled or released it, the last word of each source.
    std::vector<Place> closed_by;
    int64_t kept_until_ms = 0;
  };
  static bool Holds(const Order& order, int64_t watermark_ms, int64_t now_ms);
  static int64_t Settled(const Order& order, const std::string& sku);

  std::map<std::string, Order> orders_;
};

}  // namespace shelf::sim::oracle
