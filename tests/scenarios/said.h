// What a scenario's daemon says, as the text that a chapter expects (behaviour.h).
#pragma once

#include <map>
#include <string>

#include "nlohmann/json.hpp"
#include "scenarios/behaviour.h"

namespace shelf {

// Whether many moments pass in a row, so that what is said there needs its time.
bool IsLong(const ScenarioRow& row);

// Turns records into text, in their order.
class Sayings {
 public:
  // Scenario::watch.
  explicit Sayings(std::string watch) : watch_(std::move(watch)) {}

  // `record` is one of the pipe's output lines. Appends at most one line.
  void Add(const nlohmann::json& record, bool with_time, Lines& out);

 private:
  std::string Location(const nlohmann::json& value, const std::string& key);

  const std::string watch_;
  std::map<std::string, bool> frozen_;  // by location's key, as said last
};

}  // namespace shelf
