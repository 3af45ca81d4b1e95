// Little-endian fields in a row of bytes, for checkpoint rows and keys.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace shelf {

static_assert(std::endian::native == std::endian::little, "rows are stored as they lie in memory");

// Appends fixed-width integers (little-endian) and length-prefixed strings.
class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}
  template <typename T>
  void Put(T value) {
    static_assert(std::is_integral_v<T> || std::is_enum_v<T>);
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    out_.append(bytes, sizeof(T));
  }
  void PutString(std::string_view text) {
    Put(static_cast<uint32_t>(text.size()));
    out_.append(text);
  }
  // Big-endian, so that keys sort by number.
  void PutSortable(uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out_.push_back(static_cast<char>(value >> shift));
  }

 private:
  std::string& out_;
};

// Reads what ByteWriter wrote. After a read past the end every value is 0 and ok() is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}
  template <typename T>
  T Get() {
    T value{};
    if (!Has(sizeof(T))) return value;
    std::memcpy(&value, rest_.data(), sizeof(T));
    rest_.remove_prefix(sizeof(T));
    return value;
  }
  std::string_view GetString() {
    const auto size = Get<uint32_t>();
    if (!Has(size)) return {};
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  uint32_t GetSortable() {
    uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | Get<uint8_t>();
    return value;
  }
  bool ok() const { return ok_; }
  bool done() const { return ok_ && rest_.empty(); }

 private:
  bool Has(size_t bytes) {
    if (ok_ && rest_.size() >= bytes) return true;
    ok_ = false;
    rest_ = {};
    return false;
  }
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace shelf
