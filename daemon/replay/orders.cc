#include "replay/orders.h"

#include <algorithm>

#include "position/reservations.h"

namespace shelf {
namespace {

std::string KeyOf(std::string_view store, std::string_view id) {
  std::string key(store);
  key.push_back('\0');
  key.append(id);
  return key;
}

void AddSale(const OrderSale& sale, std::vector<OrderSale>& sales) {
  const auto known = std::find_if(sales.begin(), sales.end(), [&](const OrderSale& s) {
    return s.epoch == sale.epoch && s.source == sale.source && s.sku == sale.sku;
  });
  if (known == sales.end()) {
    sales.push_back(sale);
  } else {
    known->milli = std::min(known->milli + sale.milli, kDocumentSumMilliMax);
  }
}

int64_t SoldMilli(const std::vector<OrderSale>& sales, std::string_view sku) {
  int64_t most = 0;
  for (const OrderSale& sale : sales) {
    if (sale.sku == sku) most = std::max(most, sale.milli);
  }
  return most;
}

}  // namespace

bool OrderBook::Knows(std::string_view store, std::string_view id) const {
  return orders_.contains(KeyOf(store, id));
}

void OrderBook::Reserve(std::string_view store, std::string_view id, Order order,
                        PartitionTime now) {
  std::string key = KeyOf(store, id);
  const auto [known, added] = orders_.try_emplace(key);
  if (added) known->second = std::move(order);
  known->second.reserved_ms = now.ms;
  ages_.push_back({.reserved_ms = now.ms, .key = std::move(key)});
  if (ages_.size() > kOrdersMax) ForgetOldest();
}

OrderLine* OrderBook::OpenLine(std::string_view store, std::string_view id, std::string_view sku,
                               Order*& order) {
  const auto known = orders_.find(KeyOf(store, id));
  if (known == orders_.end()) return nullptr;
  order = &known->second;
  const auto line = std::find_if(order->lines.begin(), order->lines.end(),
                                 [&](const OrderLine& l) { return l.sku == sku && !l.judged; });
  return line != order->lines.end() ? &*line : nullptr;
}

void OrderBook::Judge(const Order& order, OrderLine& line, Outcome outcome, int64_t milli) {
  line.judged = true;
  judged_(order, line, outcome, milli);
}

void OrderBook::Pick(std::string_view store, std::string_view id, std::string_view sku,
                     int64_t requested_milli, int64_t found_milli) {
  Order* order = nullptr;
  OrderLine* const line = OpenLine(store, id, sku, order);
  if (line == nullptr) return;
  if (found_milli < requested_milli) {
    Judge(*order, *line, Outcome::kFailed, requested_milli - found_milli);
  } else {
    Judge(*order, *line, Outcome::kGood, line->quantity_milli);
  }
}

void OrderBook::Sell(std::string_view store, std::string_view id, const OrderSale& sale) {
  Order* order = nullptr;
  if (OpenLine(store, id, sale.sku, order) == nullptr) return;
  AddSale(sale, order->sales);
  int64_t left_milli = SoldMilli(order->sales, sale.sku);
  for (OrderLine& line : order->lines) {
    if (line.sku != sale.sku) continue;
    left_milli -= line.quantity_milli;
    if (left_milli < 0) return;
    if (!line.judged) Judge(*order, line, Outcome::kGood, line.quantity_milli);
  }
}

void OrderBook::ForgetOldest() {
  const Age oldest = std::move(ages_.front());
  ages_.pop_front();
  const auto order = orders_.find(oldest.key);
  if (order == orders_.end() || order->second.reserved_ms > oldest.reserved_ms) return;
  for (OrderLine& line : order->second.lines) {
    if (!line.judged) Judge(order->second, line, Outcome::kOpen, line.quantity_milli);
  }
  orders_.erase(order);
}

void OrderBook::Forget(PartitionTime now) {
  const int64_t horizon_ms = now == kNever ? now.ms : now.ms - kMaxHoldMs;
  while (!ages_.empty() && ages_.front().reserved_ms < horizon_ms) ForgetOldest();
}

}  // namespace shelf
