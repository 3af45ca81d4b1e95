#include "base/murmur2.h"

#include <string>

#include "support/catch.h"

using namespace shelf;

TEST_CASE("the hash agrees with the values Kafka's own clients test against", "[base]") {
  struct Known {
    const char* key;
    int32_t hash;
  };
  const Known known = GENERATE(Known{"21", -973932308}, Known{"foobar", -790332482},
                               Known{"a-little-bit-long-string", -985981536},
                               Known{"a-little-bit-longer-string", -1486304829},
                               Known{"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
                               Known{"abc", 479470107});
  CAPTURE(known.key);
  CHECK(static_cast<int32_t>(Murmur2(known.key)) == known.hash);
  // A negative hash loses its sign bit, it is not negated.
  CHECK(PartitionOf(known.key, 32) == (known.hash & 0x7fffffff) % 32);
}

TEST_CASE("bytes above 127 count as unsigned", "[base]") {
  // Of a key of four such bytes, one word, and of the same bytes as a remainder.
  CHECK(Murmur2("\xff\xff\xff\xff") != Murmur2("\x7f\x7f\x7f\x7f"));
  CHECK(Murmur2(std::string_view("\0\0\0\xff", 4)) != Murmur2(std::string_view("\0\0\0\x7f", 4)));
}

TEST_CASE("every key has a partition within bounds and one partition takes all", "[base]") {
  for (int i = 0; i < 1000; ++i) {
    const std::string key = std::to_string(i);
    const int32_t partition = PartitionOf(key, 7);
    CHECK((partition >= 0 && partition < 7));
    CHECK(PartitionOf(key, 1) == 0);
  }
  CHECK(PartitionOf("", 5) >= 0);
}
