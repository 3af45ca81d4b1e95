// What on-hand, Tb and the watermark of one store are by definition, computed by brute force from
// every document that ever arrived. One book, one epoch a source, a ring without bounds.
//
//   on_hand = anchor.quantity + sum of book deltas after the anchor
//           + sum of early deltas with time > max(anchor.time, Tb)
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "position/support.h"

namespace shelf::position_test {

class Oracle {
 public:
  explicit Oracle(bool early_required) : early_required_(early_required) {}

  // A document arrives while partition time is `now`.
  void Arrive(const Document& document, EventTime now);

  int64_t OnHandMilli(const std::string& sku) const;
  EventTime complete_through() const { return tb_; }
  EventTime watermark() const;
  // How many statements lost or won by being lower within the clock skew, and how many lists ended
  // whole: a test of the oracle's histories, that they reach what they are meant to.
  int within_skew() const { return within_skew_; }
  int lists_completed() const { return static_cast<int>(completed_.size()); }
  int early_healed() const { return early_healed_; }

 private:
  struct Anchor {
    enum class Kind { kNone, kCount, kList } kind = Kind::kNone;
    int64_t quantity_milli = 0;
    EventTime time;
    std::string source;
    uint64_t sequence = 0;
    std::set<uint64_t> kept;  // book sequences before the anchor's that count all the same
  };

  bool IsRefused(const Document& document, EventTime now) const;
  void NoteReceived(const Document& document, EventTime now);
  void ApplyBody(const Document& document);
  void ApplyList(const Document& document);
  void EndList(const std::string& list);
  void State(const std::string& sku, const Anchor& anchor);
  bool Replaces(const std::string& sku, const Anchor& anchor);
  bool IsAfter(const Document& movement, const Anchor& anchor) const;
  int64_t Under(const Anchor& anchor, const std::string& sku) const;
  uint64_t Contiguous(const std::string& source) const;
  EventTime Promise(const std::string& source) const;
  void MoveTb();

  const bool early_required_;
  std::vector<Document> documents_;                     // those not refused, in order of arrival
  std::map<std::string, std::set<uint64_t>> received_;  // or given up as healed
  std::map<std::string, Anchor> anchors_;
  std::set<std::string> known_;
  std::set<std::string> completed_;  // lists
  EventTime revealed_;               // the newest time of an early document that revealed a gap
  EventTime tb_;
  int within_skew_ = 0;
  int early_healed_ = 0;
};

}  // namespace shelf::position_test
