// Judges what the two sides offered by the documents that tell what was there: orders and their
// picks, counts, adjustments. A document is looked at before it is applied, when the offers are
// still those that it proves right or wrong, and after, when the positions know what it says.
// THREAD: one owner.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "decode/event.h"
#include "replay/figures.h"
#include "replay/labels.h"
#include "replay/offers.h"
#include "replay/orders.h"
#include "replay/side.h"

namespace shelf {

class Judge {
 public:
  // All are borrowed and outlive it. Both sides hold the same positions under the same ids.
  Judge(std::array<Side*, kSides> sides, Labels& labels, const Offers& offers);

  // Whether a document says anything to judge by. Others need no Before and After.
  static bool Wants(const Event& event);

  // The next record holds `event`; it has not been handled yet. The event's bytes live until After.
  void Before(const Event& event);
  // Both sides have handled it. `counts`: the time has come from which on figures are wanted;
  // `accepted`: it was neither a duplicate nor refused.
  void After(const Event& event, bool counts, bool accepted);

  void PassTime(PartitionTime now) { orders_.Forget(now); }
  // What has no outcome yet never gets one.
  void Finish() { orders_.ForgetAll(); }

  // By channel and category; offered_milli is not filled in.
  const std::map<std::pair<Label, Label>, FigureRow>& rows() const { return rows_; }
  int64_t orders_from_before() const { return orders_from_before_; }
  // Lines of orders of a channel that neither side's rules had then, by channel; empty: they name
  // none.
  const std::map<std::string, Amount>& orders_elsewhere() const { return orders_elsewhere_; }

 private:
  // What each side offered of the line's position, by channel, before the document.
  struct LineBefore {
    PositionId position;
    Label category = 0;
    std::array<std::vector<int64_t>, kSides> offered;
    std::array<int64_t, kSides> best{};
  };

  World& world() { return sides_[kOldSide]->world(); }
  FigureRow& Row(Label channel, Label category) { return rows_[{channel, category}]; }
  bool EitherSells(const Event& event) const;
  void NoteOrder(const Event& event);
  Order OrderOf(const Event& event) const;
  void NotePicks(const Event& event);
  void NotePickWithoutOrder(const Line& line, const LineBefore& before);
  void NoteSettlement(const Event& event);
  // Of each position once, however many lines of the document speak of it: together they have left
  // what is there.
  void NoteTruths(const Event& event);
  void NoteTruth(const LineBefore& before, bool is_count);
  void TakeOutcome(const Order& order, const OrderLine& line, OrderBook::Outcome outcome,
                   int64_t milli);

  const std::array<Side*, kSides> sides_;
  Labels& labels_;
  const Offers& offers_;
  const Label no_order_;  // the channel of picks that name none
  OrderBook orders_;
  std::map<std::pair<Label, Label>, FigureRow> rows_;
  std::vector<LineBefore> before_;             // by line of the event; reused
  absl::flat_hash_set<PositionId> spoken_of_;  // by the event's lines; reused
  std::array<std::vector<Label>, kSides> channel_labels_;
  bool from_before_ = false;  // the picks' order was reserved before the recording
  int64_t orders_from_before_ = 0;
  std::map<std::string, Amount> orders_elsewhere_;
};

}  // namespace shelf
