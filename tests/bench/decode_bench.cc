// Claim: reading a stock event straight from the wire, with all checks, takes less than half the
// time that the generated protobuf class takes only to parse it, on an arena that is used again.
//
// Compare time_per_line of the two at the same number of lines. The label is a hash of what was
// read: both readers must show the same, on every machine.
#include <benchmark/benchmark.h>
#include <google/protobuf/arena.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/murmur2.h"
#include "decode/decode.h"
#include "shelf/v1/stock_event.pb.h"

namespace shelf {
namespace {

constexpr int kEvents = 1024;

// Receipts of a till: most lines sell one or a few pieces of an item with a barcode of 13 digits.
std::string SaleBytes(int event_number, int64_t lines) {
  v1::StockEvent event;
  event.set_store("0557722");
  event.set_source("pos");
  event.set_epoch(1'700'000'000);
  event.set_sequence(static_cast<uint64_t>(event_number) + 1);
  event.set_event_id("receipt-" + std::to_string(event_number));
  event.set_event_time_ms(1'700'000'000'000 + event_number);
  event.set_sent_time_ms(1'700'000'001'000 + event_number);
  v1::Deltas& deltas = *event.mutable_deltas();
  deltas.set_reason(v1::REASON_SALE);
  for (int64_t i = 0; i < lines; ++i) {
    v1::DeltaLine& line = *deltas.add_lines();
    line.set_sku(std::to_string(4'600'000'000'000 + event_number * 1'000 + i * 7));
    line.set_quantity_milli(-1000 * (1 + i % 3));
  }
  return event.SerializeAsString();
}

std::vector<std::string> SaleEvents(int64_t lines) {
  std::vector<std::string> events;
  for (int i = 0; i < kEvents; ++i) events.push_back(SaleBytes(i, lines));
  return events;
}

uint64_t Mix(uint64_t hash, std::string_view sku, int64_t quantity_milli) {
  return (hash ^ Murmur2(sku) ^ static_cast<uint64_t>(quantity_milli)) * 0x9E3779B97F4A7C15u;
}

void ReportLines(benchmark::State& state, uint64_t hash) {
  const auto lines = static_cast<double>(state.iterations() * state.range(0));
  state.counters["time_per_line"] =
      benchmark::Counter(lines, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.SetLabel(std::to_string(hash));
}

void OwnReader(benchmark::State& state) {
  const std::vector<std::string> events = SaleEvents(state.range(0));
  Event event;
  uint64_t hash = 0;
  for (const std::string& bytes : events) {
    SHELF_CHECK(Decode(bytes, event) == RejectReason::kNone, "the sample is good");
    for (const Line& line : event.lines) hash = Mix(hash, line.sku, line.quantity_milli);
  }
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(Decode(events[next++ % kEvents], event));
    benchmark::DoNotOptimize(event.lines.data());
  }
  ReportLines(state, hash);
}
BENCHMARK(OwnReader)->Arg(1)->Arg(10)->Arg(100);

void GeneratedClass(benchmark::State& state) {
  const std::vector<std::string> events = SaleEvents(state.range(0));
  // A first block that holds the largest event, so that Reset keeps all the memory.
  std::vector<char> block(64 * 1024);
  google::protobuf::ArenaOptions options;
  options.initial_block = block.data();
  options.initial_block_size = block.size();
  google::protobuf::Arena arena(options);
  const auto parse = [&arena](const std::string& bytes) {
    arena.Reset();
    auto* event = google::protobuf::Arena::CreateMessage<v1::StockEvent>(&arena);
    SHELF_CHECK(event->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
                "the sample is good");
    return event;
  };
  uint64_t hash = 0;
  for (const std::string& bytes : events) {
    for (const v1::DeltaLine& line : parse(bytes)->deltas().lines()) {
      hash = Mix(hash, line.sku(), line.quantity_milli());
    }
  }
  size_t next = 0;
  for (auto _ : state) benchmark::DoNotOptimize(parse(events[next++ % kEvents]));
  ReportLines(state, hash);
}
BENCHMARK(GeneratedClass)->Arg(1)->Arg(10)->Arg(100);

}  // namespace
}  // namespace shelf
