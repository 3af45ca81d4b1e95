// One Protobuf message on the wire, read field by field without copying. What it takes and refuses
// is what the C++ parser of protobuf 3.21 takes and refuses, over-long varints included.
#pragma once

#include <cstdint>
#include <string_view>

namespace shelf {

// The tag of field number `field`, as a `case` label. A known field with another wire type has
// another tag and so falls to `default`, where an unknown field belongs.
constexpr uint32_t VarintTag(uint32_t field) { return field << 3; }
constexpr uint32_t LengthTag(uint32_t field) { return field << 3 | 2; }

// A cursor over the fields of one message:
//
//   while (const uint32_t tag = in.NextTag()) {
//     switch (tag) {
//       case VarintTag(1): count = in.Uint64(); break;
//       default: in.Skip(tag);
//     }
//   }
//   return in.ok();
//
// Failure sticks: after it every read gives zero or empty and NextTag gives 0, so only ok() at the
// end needs looking at. What it returns points into the bytes that it was given. Pure.
class WireReader {
 public:
  // How many messages and groups may stand inside each other below the outermost message.
  static constexpr int kDepthMax = 100;

  explicit WireReader(std::string_view bytes, int depth_left = kDepthMax)
      : at_(reinterpret_cast<const uint8_t*>(bytes.data())),
        end_(at_ + bytes.size()),
        depth_left_(depth_left) {}

  // The next field's tag, 0 at the end of the message and after a failure. The caller reads the
  // field's value, or skips it, before it asks again.
  uint32_t NextTag() {
    if (at_ == end_) return 0;
    if (*at_ >= 0x80) return LongTag();
    return CheckedTag(*at_++);
  }

  uint64_t Uint64() {
    if (at_ != end_ && *at_ < 0x80) return *at_++;
    return LongVarint();
  }
  int64_t Int64() { return static_cast<int64_t>(Uint64()); }
  int64_t Sint64() {
    const uint64_t zigzag = Uint64();
    return static_cast<int64_t>(zigzag >> 1) ^ -static_cast<int64_t>(zigzag & 1);
  }
  // An enum or int32: the low 32 bits of what stands there.
  int32_t Int32() { return static_cast<int32_t>(static_cast<uint32_t>(Uint64())); }
  bool Bool() { return Uint64() != 0; }

  std::string_view Bytes() {
    const uint32_t length = Length();
    const std::string_view bytes(reinterpret_cast<const char*>(at_), length);
    at_ += length;
    return bytes;
  }
  // Bytes that must be UTF-8.
  std::string_view String();
  // A reader of the message in this field; a failed one when there is none. Its own failure is
  // reported back with Require.
  WireReader Message();

  // Skips the value of the field whose tag NextTag has just returned.
  void Skip(uint32_t tag);

  void Require(bool condition) {
    if (!condition) Fail();
  }
  bool ok() const { return !failed_; }

 private:
  uint32_t CheckedTag(uint32_t tag) {
    if (tag >> 3 != 0) return tag;
    Fail();  // no field has number 0
    return 0;
  }
  uint32_t LongTag();
  uint64_t LongVarint();
  // A length within what is left; 0 after a failure.
  uint32_t Length() {
    if (at_ == end_ || *at_ >= 0x80 || *at_ >= left()) return LongLength();
    return *at_++;
  }
  uint32_t LongLength();
  void SkipBytes(uint32_t count);
  void SkipGroup(uint32_t start_tag);
  void Fail() {
    failed_ = true;
    at_ = end_;
  }
  uint64_t left() const { return static_cast<uint64_t>(end_ - at_); }

  const uint8_t* at_;
  const uint8_t* end_;
  int depth_left_;
  bool failed_ = false;
};

}  // namespace shelf
