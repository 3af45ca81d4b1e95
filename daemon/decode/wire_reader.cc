#include "decode/wire_reader.h"

#include "decode/utf8.h"

namespace shelf {
namespace {

enum WireType : uint32_t {
  kVarint = 0,
  kFixed64 = 1,
  kLengthDelimited = 2,
  kStartGroup = 3,
  kEndGroup = 4,
  kFixed32 = 5,
};
constexpr uint32_t kWireTypeMask = 7;

}  // namespace

// At most five bytes; bits above 32 are dropped.
uint32_t WireReader::LongTag() {
  uint32_t tag = 0;
  for (int i = 0; i < 5 && at_ != end_; ++i) {
    const uint8_t byte = *at_++;
    tag |= static_cast<uint32_t>(byte & 0x7F) << (7 * i);
    if (byte < 0x80) return CheckedTag(tag);
  }
  Fail();
  return 0;
}

// At most ten bytes; bits above 64 are dropped.
uint64_t WireReader::LongVarint() {
  uint64_t value = 0;
  for (int i = 0; i < 10 && at_ != end_; ++i) {
    const uint8_t byte = *at_++;
    value |= static_cast<uint64_t>(byte & 0x7F) << (7 * i);
    if (byte < 0x80) return value;
  }
  Fail();
  return 0;
}

// Unlike other varints a length has at most five bytes and must be below 2^31, so what would
// overflow is refused instead of truncated.
uint32_t WireReader::LongLength() {
  uint32_t length = 0;
  for (int i = 0; i < 5 && at_ != end_; ++i) {
    const uint8_t byte = *at_++;
    if (i == 4 && byte >= 8) break;
    length |= static_cast<uint32_t>(byte & 0x7F) << (7 * i);
    if (byte >= 0x80) continue;
    if (length <= left()) return length;
    break;
  }
  Fail();
  return 0;
}

std::string_view WireReader::String() {
  const std::string_view text = Bytes();
  Require(IsUtf8(text));
  return text;
}

WireReader WireReader::Message() {
  const std::string_view bytes = Bytes();
  Require(depth_left_ > 0);
  WireReader message(bytes, depth_left_ - 1);
  message.Require(ok());
  return message;
}

void WireReader::Skip(uint32_t tag) {
  switch (tag & kWireTypeMask) {
    case kVarint:
      Uint64();
      return;
    case kFixed64:
      return SkipBytes(8);
    case kLengthDelimited:
      Bytes();
      return;
    case kStartGroup:
      return SkipGroup(tag);
    case kFixed32:
      return SkipBytes(4);
    default:  // a group's end without its start, or no wire type at all
      return Fail();
  }
}

void WireReader::SkipBytes(uint32_t count) {
  if (count > left()) return Fail();
  at_ += count;
}

void WireReader::SkipGroup(uint32_t start_tag) {
  if (depth_left_ == 0) return Fail();
  --depth_left_;
  const uint32_t end_tag = start_tag - kStartGroup + kEndGroup;
  uint32_t tag = NextTag();
  for (; tag != end_tag && tag != 0; tag = NextTag()) Skip(tag);
  Require(tag == end_tag);
  ++depth_left_;
}

}  // namespace shelf
