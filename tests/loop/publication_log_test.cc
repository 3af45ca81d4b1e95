#include "loop/publication_log.h"

#include "loop/publications_in_flight.h"
#include "support/catch.h"

using namespace shelf;

namespace {

Publication Of(uint64_t version) {
  Publication publication;
  publication.version = version;
  return publication;
}

OutboxKey Key(uint32_t position, uint8_t channel = 0) {
  return {.position = PositionId(position), .channel = ChannelId(channel)};
}

}  // namespace

TEST_CASE(
    "of a key's acknowledged records the log finds the newest, before and after it drops the rest",
    "[loop]") {
  PublicationLog log;
  CHECK(log.Find(7) == nullptr);
  log.Append(7, Of(1));
  log.Append(8, Of(2));
  REQUIRE(log.Find(7) != nullptr);
  CHECK(log.Find(7)->version == 1);
  log.Append(7, Of(3));
  CHECK(log.Find(7)->version == 3);
  log.Compact();
  REQUIRE(log.size() == 2);
  CHECK(log.entries()[0].publication.version == 2);
  CHECK(log.entries()[1].publication.version == 3);
  CHECK(log.Find(7)->version == 3);
  CHECK(log.Find(8)->version == 2);
  log.Clear();
  CHECK(log.Find(7) == nullptr);
  log.Append(8, Of(4));
  CHECK(log.Find(8)->version == 4);
}

TEST_CASE("what nobody gathers stays bounded by the number of keys", "[loop]") {
  PublicationLog log;
  constexpr uint64_t kKeys = 1000;
  for (uint64_t version = 1; version <= 500'000; ++version)
    log.Append(version % kKeys, Of(version));
  CHECK(log.size() <= 70'000);
  for (uint64_t key = 0; key < kKeys; ++key) {
    REQUIRE(log.Find(key) != nullptr);
    REQUIRE(log.Find(key)->version == (key == 0 ? 500'000 : 499'000 + key));
  }
}

TEST_CASE("newer publications that are added to a log replace what it has of their keys",
          "[loop]") {
  PublicationLog log;
  log.Append(1, Of(1));
  log.Append(2, Of(2));
  PublicationLog newer;
  newer.Append(1, Of(3));
  log.Append(newer);
  CHECK(log.Find(1)->version == 3);
  CHECK(log.Find(2)->version == 2);
}

TEST_CASE("a record's publication is found whether it is answered for in its turn or not",
          "[loop]") {
  PublicationsInFlight in_flight;
  for (uint32_t i = 0; i < 100; ++i) {
    in_flight.Add(static_cast<int32_t>(i % 3), {.key = Key(i), .publication = Of(i)});
  }
  in_flight.Add(0, {.key = Key(0, 1), .publication = Of(1000)});
  // Backwards: each but the last out of its turn.
  for (uint32_t i = 100; i-- > 50;) {
    const auto sent = in_flight.Take(static_cast<int32_t>(i % 3), Key(i));
    REQUIRE(sent.has_value());
    CHECK(sent->publication.version == i);
  }
  for (uint32_t i = 0; i < 50; ++i) {
    const auto sent = in_flight.Take(static_cast<int32_t>(i % 3), Key(i));
    REQUIRE(sent.has_value());
    CHECK(sent->publication.version == i);
    CHECK_FALSE(in_flight.Take(static_cast<int32_t>(i % 3), Key(i)).has_value());
  }
  const auto other_channel = in_flight.Take(0, Key(0, 1));
  REQUIRE(other_channel.has_value());
  CHECK(other_channel->publication.version == 1000);
}

TEST_CASE("a key that goes out again after its answer is found with its second publication",
          "[loop]") {
  PublicationsInFlight in_flight;
  in_flight.Add(0, {.key = Key(1), .publication = Of(1)});
  in_flight.Add(0, {.key = Key(2), .publication = Of(2)});
  CHECK(in_flight.Take(0, Key(2))->publication.version == 2);
  in_flight.Add(0, {.key = Key(2), .publication = Of(3)});
  CHECK(in_flight.Take(0, Key(2))->publication.version == 3);
  CHECK(in_flight.Take(0, Key(1))->publication.version == 1);
}
