// A shop told by hand, for tests of the oracle.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "shelf/v1/reference.pb.h"
#include "shelf/v1/stock_event.pb.h"
#include "sim/oracle.h"
#include "support/store_documents.h"

namespace shelf::sim {

inline constexpr int64_t kDay = 1'793'577'600'000;  // 2026-11-02 00:00 UTC, a Monday
inline constexpr int64_t kMinuteMs = 60'000;
inline constexpr int64_t kHourMs = 60 * kMinuteMs;

inline int64_t At(int hour, int minute) { return kDay + hour * kHourMs + minute * kMinuteMs; }

inline ChannelChoice Channel(const std::string& name, std::vector<StageRuleChoice> rules = {}) {
  ChannelChoice channel;
  channel.name = name;
  channel.rules = std::move(rules);
  return channel;
}

inline RuleChoice OneChannel(StageRuleChoice rule) {
  RuleChoice choice;
  rule.id = "r";
  choice.channels.push_back(Channel("site", {std::move(rule)}));
  return choice;
}

// One partition, stores "1" and "2", items "a" and "b", ticks by hand.
class Shop {
 public:
  explicit Shop(const RuleChoice& rules = {.groups = {}, .channels = {Channel("site")}}) {
    oracle.AddRules("rules", rules);
  }

  void Put(const std::string& key, const std::string& value) {
    oracle.AddReference(reference_++, key, value);
  }
  void PutStore(const v1::Store& store) {
    Put("store/" + store.store(), store.SerializeAsString());
  }
  void PutUsual() {
    for (const char* name : {"1", "2"}) {
      v1::Store store;
      store.set_store(name);
      PutStore(store);
    }
    for (const char* sku : {"a", "b"}) {
      v1::Item item;
      item.set_sku(sku);
      Put(std::string("item/") + sku, item.SerializeAsString());
    }
  }

  int64_t Append(const v1::StockEvent& event) {
    oracle.AddInput(0, next_, now_, event.has_tick() ? "" : event.store(),
                    event.SerializeAsString());
    oracle.AdvanceTo(0, ++next_);
    return next_ - 1;
  }
  // A tick each second would tell the same: none is missing for more than ten seconds.
  void TickTo(int64_t to, const std::string& rules = "") {
    for (; now_ < to; now_ = std::min(to, now_ + 10'000)) Tick(rules);
    Tick(rules);
  }
  void Tick(const std::string& rules = "") {
    v1::StockEvent event;
    event.set_source("shelfd");
    event.set_epoch(2);
    event.mutable_tick()->set_time_ms(now_);
    event.mutable_tick()->set_rule_set(rules);
    event.mutable_tick()->set_reference_offset(reference_ - 1);
    Append(event);
  }
  void Begin(int64_t at) {
    now_ = at;
    PutUsual();
    Tick();
  }

  void Sell(const std::string& source, const std::string& sku, int64_t units, int64_t at,
            int64_t claim = 0) {
    v1::StockEvent event = documents.Movement("1", source, v1::REASON_SALE, sku, -units, at);
    event.set_complete_through_ms(claim);
    Append(event);
  }
  void Claim(const std::string& source, int64_t claim) {
    v1::StockEvent event = documents.Next("1", source, now_);
    event.mutable_heartbeat();
    event.set_complete_through_ms(claim);
    Append(event);
  }
  void List(std::vector<std::pair<std::string, int64_t>> units, int64_t at, int64_t claim) {
    for (v1::StockEvent& part : documents.List("1", units, at)) {
      part.set_complete_through_ms(claim);
      Append(part);
    }
  }
  void Count(const std::string& sku, int64_t units, int64_t at) {
    Append(documents.Count("1", sku, units, at));
  }

  int64_t OnHand(const std::string& sku) const {
    return oracle.Of("site", "1", sku).on_hand_milli / 1000;
  }
  int64_t Sellable(const std::string& sku, const std::string& channel = "site") const {
    return oracle.Of(channel, "1", sku).sellable;
  }

  Oracle oracle;
  StoreDocuments documents;
  int64_t now_ = 0;

 private:
  int64_t next_ = 0;
  int64_t reference_ = 0;
};

}  // namespace shelf::sim
