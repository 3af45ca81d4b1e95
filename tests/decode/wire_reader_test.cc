#include "decode/wire_reader.h"

#include <string>

#include "support/catch.h"

namespace shelf {
namespace {

std::string Bytes(std::initializer_list<int> values) {
  std::string bytes;
  for (const int value : values) bytes.push_back(static_cast<char>(value));
  return bytes;
}

// True when all fields can be skipped to the end.
bool Skips(std::string_view bytes) {
  WireReader in(bytes);
  while (const uint32_t tag = in.NextTag()) in.Skip(tag);
  return in.ok();
}

uint64_t OnlyVarint(const std::string& bytes, bool& ok) {
  WireReader in(bytes);
  const uint64_t value = in.Uint64();
  ok = in.ok() && in.NextTag() == 0 && in.ok();
  return value;
}

TEST_CASE("a varint has one to ten bytes", "[decode]") {
  bool ok = false;
  CHECK(OnlyVarint(Bytes({0x7F}), ok) == 127);
  CHECK(ok);
  CHECK(OnlyVarint(Bytes({0x96, 0x01}), ok) == 150);
  CHECK(ok);
  CHECK(OnlyVarint(Bytes({0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}), ok) == 1);
  CHECK(ok);
  CHECK(OnlyVarint(std::string(9, '\xFF') + '\x7F', ok) == ~uint64_t{0});
  CHECK(ok);
  OnlyVarint(std::string(10, '\x80') + '\0', ok);
  CHECK_FALSE(ok);
  OnlyVarint(Bytes({0x80}), ok);
  CHECK_FALSE(ok);
  OnlyVarint("", ok);
  CHECK_FALSE(ok);
}

TEST_CASE("zigzag gives back both ends of int64", "[decode]") {
  CHECK(WireReader(Bytes({0x00})).Sint64() == 0);
  CHECK(WireReader(Bytes({0x01})).Sint64() == -1);
  CHECK(WireReader(Bytes({0x02})).Sint64() == 1);
  CHECK(WireReader(std::string(9, '\xFF') + '\x01').Sint64() == INT64_MIN);
  CHECK(WireReader("\xFE" + std::string(8, '\xFF') + '\x01').Sint64() == INT64_MAX);
}

TEST_CASE("an enum keeps the low 32 bits of its varint", "[decode]") {
  CHECK(WireReader(Bytes({0x83, 0x80, 0x80, 0x80, 0x10})).Int32() == 3);
  CHECK(WireReader(std::string(9, '\xFF') + '\x01').Int32() == -1);
}

TEST_CASE("field number 0 is no field, in any spelling", "[decode]") {
  for (int tag = 0; tag < 8; ++tag) CHECK_FALSE(Skips(Bytes({tag, 0, 0, 0, 0, 0, 0, 0, 0})));
  CHECK_FALSE(Skips(Bytes({0x80, 0x00, 0x00})));
}

TEST_CASE("wire types 6 and 7 and a lone end of group are refused", "[decode]") {
  CHECK_FALSE(Skips(Bytes({0x0E, 0x00})));
  CHECK_FALSE(Skips(Bytes({0x0F, 0x00})));
  CHECK_FALSE(Skips(Bytes({0x0C})));
}

TEST_CASE("each wire type is skipped whole, or refused when it breaks off", "[decode]") {
  for (const std::string& whole :
       {Bytes({0x08, 0x80, 0x01}), Bytes({0x09, 1, 2, 3, 4, 5, 6, 7, 8}),
        Bytes({0x0A, 2, 'a', 'b'}), Bytes({0x0B, 0x10, 0x01, 0x0C}), Bytes({0x0D, 1, 2, 3, 4})}) {
    CHECK(Skips(whole));
    for (size_t length = 1; length < whole.size(); ++length) {
      CHECK_FALSE(Skips(whole.substr(0, length)));
    }
  }
}

TEST_CASE("a group ends with its own number", "[decode]") {
  CHECK(Skips(Bytes({0x0B, 0x13, 0x14, 0x0C})));
  CHECK_FALSE(Skips(Bytes({0x0B, 0x13, 0x0C, 0x14})));
}

TEST_CASE("groups stand at most a hundred deep", "[decode]") {
  const auto nested = [](size_t depth) {
    return std::string(depth, '\x0B') + std::string(depth, '\x0C');
  };
  CHECK(Skips(nested(WireReader::kDepthMax)));
  CHECK_FALSE(Skips(nested(WireReader::kDepthMax + 1)));
}

TEST_CASE("messages stand at most a hundred deep", "[decode]") {
  const std::string empty_message = Bytes({0x00});
  WireReader in(empty_message, 1);
  CHECK(in.Message().ok());
  WireReader too_deep(empty_message, 0);
  CHECK_FALSE(too_deep.Message().ok());
  CHECK_FALSE(too_deep.ok());
}

TEST_CASE("a length has at most five bytes and stays below 2^31", "[decode]") {
  CHECK(Skips(Bytes({0x0A, 0x81, 0x80, 0x80, 0x80, 0x00, 'a'})));
  CHECK_FALSE(Skips(Bytes({0x0A, 0x81, 0x80, 0x80, 0x80, 0x80, 0x00, 'a'})));
  CHECK_FALSE(Skips(Bytes({0x0A, 0x81, 0x80, 0x80, 0x80, 0x08, 'a'})));
  CHECK_FALSE(Skips(Bytes({0x0A, 0x81, 0x80, 0x80, 0x80, 0x10, 'a'})));
}

TEST_CASE("after a failure everything reads as nothing", "[decode]") {
  const std::string bytes = Bytes({0x0A, 0x09, 'a'});
  WireReader in(bytes);
  REQUIRE(in.NextTag() == LengthTag(1));
  CHECK(in.String().empty());
  CHECK_FALSE(in.ok());
  CHECK(in.NextTag() == 0);
  CHECK(in.Uint64() == 0);
  CHECK(in.Bytes().empty());
  CHECK_FALSE(in.Message().ok());
}

}  // namespace
}  // namespace shelf
