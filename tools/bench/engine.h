// Claim tested: the engine alone (decode, apply, evaluate four channels, outbox, encode of what
// changed) over memory, without any I/O, needs a fraction of what Kafka's clients need for a line.
#pragma once

#include <cstdint>
#include <string>

namespace shelf {

struct EngineBenchOptions {
  int64_t lines = 2'000'000;
  int stores = 200;
  int skus = 5'000;  // a store
  int lines_per_event = 10;
  uint64_t seed = 1;
};

struct EngineBenchResult {
  int64_t lines = 0;
  int64_t positions = 0;
  int64_t published = 0;
  double load_cpu_s = 0;       // a full list of every store
  double sales_cpu_s = 0;      // `lines` movements, evaluated and published
  double intake_cpu_s = 0;     // the same movements while catching up: decode and apply alone
  int64_t position_bytes = 0;  // positions and slots
  int64_t store_bytes = 0;     // indexes, rings and the rest of the stores
  int64_t ring_bytes = 0;      // of those, the rings
  int64_t name_bytes = 0;
  uint64_t hash = 0;  // of every on-hand: the same input gives the same result
};

EngineBenchResult RunEngineBench(const EngineBenchOptions& options);
std::string EngineBenchText(const EngineBenchResult& result);

}  // namespace shelf
