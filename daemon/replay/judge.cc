#include "replay/judge.h"

#include <algorithm>

#include "base/murmur2.h"

namespace shelf {
namespace {

bool IsCorrection(const Line& line) {
  return line.reason == Reason::kAdjustment && line.quantity_milli < 0;
}

}  // namespace

Judge::Judge(std::array<Side*, kSides> sides, Labels& labels, const Offers& offers)
    : sides_(sides),
      labels_(labels),
      offers_(offers),
      no_order_(labels.Channel("")),
      orders_([this](const Order& order, const OrderLine& line, OrderBook::Outcome outcome,
                     int64_t milli) { TakeOutcome(order, line, outcome, milli); }) {}

bool Judge::Wants(const Event& event) {
  switch (event.body) {
    case Body::kReserve:
    case Body::kPickResults:
    case Body::kCounts:
      return true;
    case Body::kDeltas:
      return !event.settles_reservation.empty() ||
             std::any_of(event.lines.begin(), event.lines.end(), IsCorrection);
    default:
      return false;
  }
}

void Judge::Before(const Event& event) {
  before_.resize(event.lines.size());
  const size_t channels = labels_.channels().size();
  for (size_t i = 0; i < event.lines.size(); ++i) {
    LineBefore& before = before_[i];
    before.position = world().FindPosition(event.store, event.lines[i].sku);
    for (int s = 0; s < kSides; ++s) {
      std::vector<int64_t>& offered = before.offered[static_cast<size_t>(s)];
      offered.assign(channels, 0);
      if (!before.position.valid()) continue;
      for (Label c = 0; c < channels; ++c) offered[c] = offers_.Of(s, before.position, c);
    }
    for (size_t s = 0; s < kSides; ++s) {
      before.best[s] = *std::max_element(before.offered[s].begin(), before.offered[s].end());
    }
  }
  if (event.body != Body::kPickResults || event.document.empty()) return;
  const Store* const store = world().FindStore(event.store);
  from_before_ = store != nullptr && store->state.reservations.Find(event.document) != nullptr;
}

void Judge::After(const Event& event, bool counts, bool accepted) {
  if (!counts || !accepted) return;
  for (size_t i = 0; i < event.lines.size(); ++i) {
    before_[i].position = world().FindPosition(event.store, event.lines[i].sku);  // it may be new
    before_[i].category = labels_.CategoryOf(world(), world().sku_names.Find(event.lines[i].sku));
  }
  if (event.body == Body::kReserve) NoteOrder(event);
  if (event.body == Body::kPickResults) NotePicks(event);
  if (!event.settles_reservation.empty()) NoteSettlement(event);
  if (event.body == Body::kCounts || event.body == Body::kDeltas) NoteTruths(event);
}

// Whether the rules of a side have the channel of the order, where the store is.
bool Judge::EitherSells(const Event& event) const {
  return std::any_of(sides_.begin(), sides_.end(), [&](Side* side) {
    World& world = side->world();
    const ChannelId channel = world.ChannelNamed(event.channel);
    const auto& channels = world.RulesOf(*world.FindStore(event.store)).set->channels();
    return channel.valid() && channel.value < channels.size() && !channels[channel.value].retired;
  });
}

// Where neither side sells, neither can have lost or won anything: the order is known, so that its
// picks are not taken for nobody's, and has no lines to judge.
void Judge::NoteOrder(const Event& event) {
  Order order;
  if (EitherSells(event)) {
    order = OrderOf(event);
  } else if (!orders_.Knows(event.store, event.document)) {
    Amount& lines = orders_elsewhere_[std::string(event.channel)];
    for (const Line& line : event.lines) lines.Add(line.quantity_milli);
  }
  orders_.Reserve(event.store, event.document, std::move(order),
                  world().PartitionOf(*world().FindStore(event.store)).now);
}

Order Judge::OrderOf(const Event& event) const {
  Order order;
  order.channel = labels_.Channel(event.channel);
  for (size_t i = 0; i < event.lines.size(); ++i) {
    const Line& line = event.lines[i];
    OrderLine& made = order.lines.emplace_back();
    made.sku = std::string(line.sku);
    made.category = before_[i].category;
    made.quantity_milli = line.quantity_milli;
    for (size_t s = 0; s < kSides; ++s) {
      const std::vector<int64_t>& offered = before_[i].offered[s];
      made.offered[s] =
          order.channel < offered.size() && offered[order.channel] >= line.quantity_milli;
    }
  }
  return order;
}

void Judge::NotePicks(const Event& event) {
  const bool known = !event.document.empty() && orders_.Knows(event.store, event.document);
  if (!known && !event.document.empty() && from_before_) {
    ++orders_from_before_;
    return;
  }
  for (size_t i = 0; i < event.lines.size(); ++i) {
    const Line& line = event.lines[i];
    if (known) {
      orders_.Pick(event.store, event.document, line.sku, line.quantity_milli, line.found_milli);
    } else {
      NotePickWithoutOrder(line, before_[i]);
    }
  }
}

// Nobody says through which channel it was ordered: the best offer of any stands for it, as it was
// when the pick became known.
void Judge::NotePickWithoutOrder(const Line& line, const LineBefore& before) {
  Order order;
  order.channel = no_order_;
  OrderLine judged{.sku = {}, .category = before.category, .quantity_milli = line.quantity_milli};
  for (size_t s = 0; s < kSides; ++s) judged.offered[s] = before.best[s] >= line.quantity_milli;
  const bool failed = line.found_milli < line.quantity_milli;
  TakeOutcome(order, judged, failed ? OrderBook::Outcome::kFailed : OrderBook::Outcome::kGood,
              failed ? line.quantity_milli - line.found_milli : line.quantity_milli);
}

void Judge::NoteSettlement(const Event& event) {
  for (const Line& line : event.lines) {
    if (line.reason != Reason::kSale || line.quantity_milli >= 0) continue;
    orders_.Sell(event.store, event.settles_reservation,
                 {.source = std::string(event.source),
                  .epoch = event.epoch,
                  .sku = std::string(line.sku),
                  .milli = -line.quantity_milli});
  }
}

void Judge::NoteTruths(const Event& event) {
  const bool is_count = event.body == Body::kCounts;
  spoken_of_.clear();
  for (size_t i = 0; i < event.lines.size(); ++i) {
    const Line& line = event.lines[i];
    if (is_count ? line.shelf_only : !IsCorrection(line)) continue;
    const PositionId position = before_[i].position;
    if (position.valid() && spoken_of_.insert(position).second) NoteTruth(before_[i], is_count);
  }
}

// The base is what the document left free to sell: what was offered beyond it was not there, what
// is there beyond the offer was hidden.
void Judge::NoteTruth(const LineBefore& before, bool is_count) {
  for (size_t s = 0; s < kSides; ++s) {
    World& side = sides_[s]->world();
    const size_t channels = side.RulesOf(before.position).set->channels().size();
    const auto decisions = sides_[s]->worker().evaluator().DecideAll(before.position);
    for (uint16_t c = 0; c < channels; ++c) {
      const Decision& decision = decisions[c];
      const Label label = labels_.ChannelOf(side, ChannelId(c), channel_labels_[s]);
      const int64_t offered = label < before.offered[s].size() ? before.offered[s][label] : 0;
      const bool sells = decision.ineligible == Ineligible::kNo;
      if (!sells && offered == 0) continue;
      FigureRow& row = Row(label, before.category);
      const int64_t beyond = offered - decision.base_milli;
      if (beyond > 0) row.sides[s].absent.Add(beyond);
      if (is_count && beyond < 0 && sells) row.sides[s].hidden.Add(-beyond);
      if (is_count && s == kOldSide) ++row.counted;
    }
  }
}

void Judge::TakeOutcome(const Order& order, const OrderLine& line, OrderBook::Outcome outcome,
                        int64_t milli) {
  FigureRow& row = Row(order.channel, line.category);
  if (outcome == OrderBook::Outcome::kOpen) {
    row.open.Add(milli);
    return;
  }
  const bool failed = outcome == OrderBook::Outcome::kFailed;
  (failed ? row.failed : row.good).Add(milli);
  for (size_t s = 0; s < kSides; ++s) {
    SideFigures& side = row.sides[s];
    Amount& taken = failed ? side.failed_taken : side.good_taken;
    Amount& refused = failed ? side.failed_avoided : side.good_lost;
    (line.offered[s] ? taken : refused).Add(milli);
  }
}

}  // namespace shelf
