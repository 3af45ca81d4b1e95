// A small chain by chance: its reference data, and documents of its stores as they arrive, some
// late, some twice, some not at all, some of no use. The same seed makes the same on every machine.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "io/memory_log.h"
#include "shelf/v1/reference.pb.h"
#include "shelf/v1/stock_event.pb.h"
#include "sim/rule_choice.h"

namespace shelf::sim {

class RandomChain {
 public:
  // Appends to `stock-events` and `reference` of the log, which outlives it.
  RandomChain(uint64_t seed, MemoryLog& log) : chance_(seed), log_(log) {}

  // Most of the stores and items.
  void Describe(int64_t now_ms);
  // One record of reference data more.
  void ChangeReference(int64_t now_ms);
  // A document or a list more, and what else arrives meanwhile.
  void Document(int64_t now_ms);
  RuleChoice Rules() { return ChooseRules(chance_.random, names); }

  int64_t Below(int64_t bound) { return chance_.Below(bound); }
  int64_t Among(int64_t least, int64_t most) { return chance_.Among(least, most); }
  bool Percent(int64_t percent) { return chance_.Percent(percent); }

  // What was appended, for people.
  std::string text() const { return text_.str(); }
  void Note(const std::string& text) { text_ << text << "\n"; }

  const Names names = {.channels = {"site", "market", "app"},
                       .stores = {"1", "2", "3"},
                       .skus = {"a", "b", "c", "d"},
                       .groups = {"pilot", "city"},
                       .regions = {"north", "south"},
                       .methods = {"click_and_collect", "courier"},
                       .categories = {{"Grocery"}, {"Grocery", "Fresh"}, {"Toys"}}};

 private:
  using Texts = std::vector<std::string>;

  struct Dice {
    explicit Dice(uint64_t seed) : random(seed) {}
    int64_t Below(int64_t bound) {
      return static_cast<int64_t>(random() % static_cast<uint64_t>(bound));
    }
    int64_t Among(int64_t least, int64_t most) { return least + Below(most - least + 1); }
    bool Percent(int64_t percent) { return Below(100) < percent; }
    template <typename T>
    const T& OneOf(const std::vector<T>& values) {
      return values[static_cast<size_t>(Below(static_cast<int64_t>(values.size())))];
    }
    std::mt19937_64 random;
  };

  void PutStore(const std::string& store);
  void AddHours(v1::Store& record);
  void PutItem(const std::string& sku);
  void PutListing(const std::string& store, const std::string& sku);
  void PutStop(const std::string& store, const std::string& sku);
  // The source's next document.
  v1::StockEvent Blank(const std::string& source);
  void Movement();
  void List();
  void Count();
  void Pick();
  void Order();
  void Promise();
  void Spoil(v1::StockEvent& event);
  void Send(const v1::StockEvent& given);
  void Append(const v1::StockEvent& event);
  int64_t Ago(int64_t least_minutes, int64_t most_minutes);
  int64_t Units(int64_t least, int64_t most);

  Dice chance_;
  MemoryLog& log_;
  std::ostringstream text_;
  int64_t now_ms_ = 0;
  std::string store_;                                           // of the document
  std::map<std::string, std::pair<uint64_t, uint64_t>> order_;  // by source: epoch, sequence
  std::vector<v1::StockEvent> late_;
  std::vector<v1::StockEvent> sent_;
  int names_ = 0;  // of orders
};

}  // namespace shelf::sim
