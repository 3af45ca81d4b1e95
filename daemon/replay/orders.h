// Orders between their Reserve and what became of them. A line of an order is judged once: it
// failed when a pick found less than was asked for, it was good when a pick found all of it, or
// documents that settle the order sold all of it. What is neither within the day that a reservation
// may hold, counted from its newest Reserve, stays open.
//
// A sale that comes through two systems is one, and so is one that a source which started over
// sends again: what one source sold in one epoch adds up, of several sums the largest counts, as
// for what a reservation holds (position/reservations.h). THREAD: one owner.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/time.h"
#include "replay/figures.h"
#include "replay/labels.h"

namespace shelf {

struct OrderLine {
  std::string sku;
  Label category = 0;
  int64_t quantity_milli = 0;
  std::array<bool, kSides> offered{};  // when it was reserved
  bool judged = false;
};

// What the documents of one source and epoch that settle an order have sold of an item.
struct OrderSale {
  std::string source;
  uint64_t epoch = 0;
  std::string sku;
  int64_t milli = 0;
};

struct Order {
  Label channel = 0;
  std::vector<OrderLine> lines;  // empty: nothing of it is judged
  std::vector<OrderSale> sales;  // one for each source, epoch and item
  int64_t reserved_ms = 0;       // newest
};

class OrderBook {
 public:
  // Above, the oldest order is taken for open.
  static constexpr size_t kOrdersMax = 1'000'000;

  enum class Outcome : uint8_t { kFailed, kGood, kOpen };
  // `milli`: what was not there of a failed line, else the line's quantity.
  using Judged = std::function<void(const Order& order, const OrderLine& line, Outcome outcome,
                                    int64_t milli)>;

  // Told of every line once.
  explicit OrderBook(Judged judged) : judged_(std::move(judged)) {}

  bool Knows(std::string_view store, std::string_view id) const;
  // The first Reserve of an order is the one it is judged by; later ones hold it for longer.
  void Reserve(std::string_view store, std::string_view id, Order order, PartitionTime now);
  // The next two concern the orders that it knows.
  void Pick(std::string_view store, std::string_view id, std::string_view sku,
            int64_t requested_milli, int64_t found_milli);
  // Lines of one item are sold in their order.
  void Sell(std::string_view store, std::string_view id, const OrderSale& sale);

  // Orders last reserved a day before `now` are forgotten, their open lines judged so.
  void Forget(PartitionTime now);
  // The recording is over.
  void ForgetAll() { Forget(kNever); }

 private:
  struct Age {
    int64_t reserved_ms;
    std::string key;
  };
  OrderLine* OpenLine(std::string_view store, std::string_view id, std::string_view sku,
                      Order*& order);
  void Judge(const Order& order, OrderLine& line, Outcome outcome, int64_t milli);
  void ForgetOldest();

  const Judged judged_;
  absl::flat_hash_map<std::string, Order> orders_;
  std::deque<Age> ages_;  // in the order of Reserve; of an order only the newest is its age
};

}  // namespace shelf
