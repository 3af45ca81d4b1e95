#include "base/interner.h"

#include <algorithm>
#include <cstring>

namespace shelf {
namespace {
constexpr size_t kBlockBytes = 64 * 1024;
}

char* Interner::Allocate(size_t bytes) {
  if (blocks_.empty() || block_used_ + bytes > blocks_.back().size()) {
    blocks_.emplace_back(std::max(bytes, kBlockBytes), '\0');
    block_bytes_ += blocks_.back().size();
    block_used_ = 0;
  }
  char* at = blocks_.back().data() + block_used_;
  block_used_ += bytes;
  return at;
}

uint32_t Interner::Intern(std::string_view text) {
  const uint32_t known = Find(text);
  if (known != static_cast<uint32_t>(-1)) return known;
  char* at = Allocate(text.size());
  if (!text.empty()) std::memcpy(at, text.data(), text.size());
  const auto id = static_cast<uint32_t>(texts_.size());
  texts_.emplace_back(at, text.size());
  index_.emplace(absl::string_view(at, text.size()), id);
  return id;
}

size_t Interner::bytes() const {
  return block_bytes_ + texts_.capacity() * sizeof(std::string_view) +
         index_.capacity() * (sizeof(absl::string_view) + sizeof(uint32_t) + 5);
}

}  // namespace shelf
