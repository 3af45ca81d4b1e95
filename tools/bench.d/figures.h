// What a benchmark tells: one JSON object, in the order of measuring, and how it is timed.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace shelf {

// Hashes stand in it as hexadecimal text, since JSON's numbers end at 2^53.
using Figures = nlohmann::ordered_json;

std::string HashText(uint64_t hash);

// From its construction on: CPU time of all threads of this process, and wall time.
class Stopwatch {
 public:
  Stopwatch();
  double cpu_s() const;
  double wall_s() const;
  // Adds cpu_s, wall_s, and what they are for each of `lines`.
  void Tell(int64_t lines, Figures& figures) const;

 private:
  std::chrono::steady_clock::time_point wall_start_;
  double cpu_start_s_;
};

}  // namespace shelf
