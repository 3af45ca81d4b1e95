#include "loop/output_offsets.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <random>
#include <set>
#include <vector>

#include "support/catch.h"

using namespace shelf;

namespace {

const OutputPartition kOutput{Topic::kAvailability, 3};
using Spans = std::vector<OutputSpan>;

Delivery At(int64_t offset) {
  return {.topic = kOutput.first, .partition = kOutput.second, .offset = offset, .status = {}};
}

Delivery Failed() {
  return {.topic = kOutput.first,
          .partition = kOutput.second,
          .offset = -1,
          .status = absl::AbortedError("the producer was replaced")};
}

OutputSpan Span(int64_t from, int64_t to) { return {kOutput, from, to}; }

// The log ended at 10 when it began.
class Offsets : public OutputOffsets {
 public:
  Offsets() { Begin({{kOutput, 10}}); }
  void Write(const Delivery& delivery) {
    Sent(kOutput);
    Delivered(delivery);
  }
  int64_t known_to() const { return KnownTo().at(kOutput); }
};

}  // namespace

TEST_CASE("offsets that follow one another are ours", "[loop]") {
  Offsets offsets;
  for (const int64_t offset : {10, 11, 12}) offsets.Write(At(offset));
  CHECK(offsets.Unread().empty());
  CHECK(offsets.known_to() == 13);
  offsets.SawEnd(kOutput, 13);
  CHECK(offsets.Unread().empty());
}

TEST_CASE("what lies between two of ours is somebody else's until it is read", "[loop]") {
  Offsets offsets;
  offsets.Write(At(12));
  offsets.Write(At(13));
  offsets.Write(At(15));
  CHECK(offsets.Unread() == Spans{Span(10, 12), Span(14, 15)});
  CHECK(offsets.known_to() == 10);
  offsets.Read(Span(10, 12));
  CHECK(offsets.Unread() == Spans{Span(14, 15)});
  CHECK(offsets.known_to() == 14);
  offsets.Read(Span(14, 15));
  CHECK(offsets.known_to() == 16);
}

TEST_CASE("an end above ours while nothing is on its way is somebody else's", "[loop]") {
  Offsets offsets;
  offsets.Write(At(10));
  offsets.SawEnd(kOutput, 14);
  offsets.SawEnd(kOutput, 12);  // asked for earlier
  CHECK(offsets.Unread() == Spans{Span(11, 14)});
  offsets.Write(At(14));
  CHECK(offsets.Unread() == Spans{Span(11, 14)});
}

TEST_CASE("an end says nothing while a record of ours may lie below it", "[loop]") {
  Offsets offsets;
  offsets.Sent(kOutput);
  offsets.Sent(kOutput);
  offsets.SawEnd(kOutput, 12);
  offsets.Delivered(At(10));
  offsets.SawEnd(kOutput, 12);
  CHECK(offsets.Unread().empty());
  offsets.Delivered(At(11));
  offsets.SawEnd(kOutput, 12);
  CHECK(offsets.Unread().empty());
}

TEST_CASE("a record whose answer was lost is looked at once, wherever it is", "[loop]") {
  Offsets offsets;
  SECTION("it failed, and the one sent in its place lies behind it") {
    offsets.Write(Failed());
    offsets.Write(At(11));
    CHECK(offsets.Unread() == Spans{Span(10, 11)});
  }
  SECTION("the broker says that it has it and not where") {
    offsets.Write(At(-1));
    offsets.SawEnd(kOutput, 11);
    CHECK(offsets.Unread() == Spans{Span(10, 11)});
  }
  offsets.Read(Span(10, 11));
  offsets.SawEnd(kOutput, 11);
  CHECK(offsets.Unread().empty());
}

TEST_CASE("a record that was sent twice and is answered with its old place moves nothing",
          "[loop]") {
  Offsets offsets;
  offsets.Write(At(10));
  offsets.Write(At(11));
  offsets.Write(At(10));
  CHECK(offsets.known_to() == 12);
  offsets.Write(At(12));
  CHECK(offsets.Unread().empty());
}

TEST_CASE("a partition that the start did not name begins at its first record", "[loop]") {
  OutputOffsets offsets;
  offsets.Sent(kOutput);
  offsets.Delivered(At(0));
  CHECK(offsets.Unread().empty());
}

TEST_CASE("there are not more than so many spans, and none is forgotten", "[loop]") {
  Offsets offsets;
  const int64_t writes = 3 * static_cast<int64_t>(OutputOffsets::kSpansMax);
  for (int64_t n = 0; n < writes; ++n) offsets.Write(At(11 + 2 * n));
  const Spans spans = offsets.Unread();
  REQUIRE(spans.size() == OutputOffsets::kSpansMax);
  for (int64_t n = 0; n < writes; ++n) {
    CHECK(std::any_of(spans.begin(), spans.end(), [&](const OutputSpan& span) {
      return span.from <= 10 + 2 * n && 10 + 2 * n < span.to;
    }));
  }
  // The last one grows while it is read.
  offsets.Write(At(1000));
  for (const OutputSpan& span : spans) offsets.Read(span);
  CHECK(offsets.Unread() == Spans{Span(spans.back().to, 1000)});
}

namespace {

// A log that two write to, and a watch that reads what the offsets name. Answers get lost.
class RandomRun {
 public:
  explicit RandomRun(uint32_t seed) : random_(seed) {}

  void Step() {
    switch (Pick(7)) {
      case 0:
      case 1:
        return Send();
      case 2:
      case 3:
        return Answer();
      case 4:
        not_ours_.insert(end_++);
        return;
      case 5:
        seen_end_ = end_;  // told later
        return;
      case 6:
        CHECK_FALSE(offsets_.SawEnd(kOutput, seen_end_));
        seen_end_ = end_;  // whoever looks again asks again
        return ReadSome();
    }
  }

  // Everything is answered and looked at.
  void Finish() {
    while (!on_the_way_.empty()) Answer();
    offsets_.SawEnd(kOutput, end_);
    for (const OutputSpan& span : offsets_.Unread()) Read(span);
    CHECK(not_ours_.empty());
    CHECK(offsets_.known_to() == end_);
  }

  // No checkpoint goes past what has not been read.
  void CheckKnown() {
    if (!not_ours_.empty()) REQUIRE(offsets_.known_to() <= *not_ours_.begin());
  }

 private:
  uint32_t Pick(uint32_t below) { return static_cast<uint32_t>(random_() % below); }

  void Send() {
    offsets_.Sent(kOutput);
    // Its place; none when it does not arrive.
    on_the_way_.push_back(Pick(6) == 0 ? std::nullopt : std::optional<int64_t>(end_++));
  }

  void Answer() {
    if (on_the_way_.empty()) return;
    const std::optional<int64_t> offset = on_the_way_.front();
    on_the_way_.pop_front();
    const uint32_t answer = Pick(8);
    if (!offset.has_value() || answer == 0) return offsets_.Delivered(Failed());
    offsets_.Delivered(At(answer == 1 ? -1 : *offset));
  }

  void ReadSome() {
    for (const OutputSpan& span : offsets_.Unread()) {
      if (Pick(2) == 0) Read(span);
    }
  }

  void Read(const OutputSpan& span) {
    not_ours_.erase(not_ours_.lower_bound(span.from), not_ours_.lower_bound(span.to));
    offsets_.Read(span);
  }

  std::mt19937 random_;
  Offsets offsets_;
  int64_t end_ = 10;
  int64_t seen_end_ = 10;
  std::deque<std::optional<int64_t>> on_the_way_;
  std::set<int64_t> not_ours_;  // and not read yet
};

}  // namespace

TEST_CASE("whoever writes and whatever is answered, all that is not ours is read in the end",
          "[loop]") {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    INFO("seed " << seed);
    RandomRun run(seed);
    for (int step = 0; step < 200; ++step) {
      run.Step();
      run.CheckKnown();
    }
    run.Finish();
  }
}
