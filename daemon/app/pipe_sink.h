// Where `shelfd pipe` writes: each record one JSON line, acknowledged at once.
// THREAD: one owner.
#pragma once

#include <array>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "app/pipe_input.h"
#include "io/sink.h"

namespace shelf {

class PipeSink final : public Sink {
 public:
  // Borrows `out`, which outlives the sink.
  explicit PipeSink(std::ostream& out) : out_(out) {}

  // What is handled from here on: rejects carry its value as it came, and its trouble with the
  // number of its line. Borrowed until the next call; null: nothing.
  void SetInput(const PipeRecord* input, int64_t line_number);

  // Writes the reject of a line that never became a record. `time_ms`: partition time.
  void RefuseLine(std::string_view line, std::string_view detail, int64_t time_ms);

  // Values: of availability canonical JSON, of all others Protobuf.
  bool TrySend(const OutRecord& record) override;
  void Drain(int wait_ms, std::vector<Delivery>& out) override;

 private:
  void WriteReject(const OutRecord& record);
  std::string DetailOf(std::string_view said) const;

  std::ostream& out_;
  const PipeRecord* input_ = nullptr;
  int64_t line_number_ = 0;
  std::vector<Delivery> delivered_;   // not drained yet
  std::array<int64_t, 8> offsets_{};  // next, by Topic
  std::string json_;                  // reused
};

}  // namespace shelf
