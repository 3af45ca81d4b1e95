// Strings to dense ids and back. Ids are given in order of first sight, so the same log gives the
// same ids. Strings live as long as the interner, at stable addresses.
// THREAD: one owner; no locks.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace shelf {

class Interner {
 public:
  Interner() = default;
  Interner(const Interner&) = delete;
  Interner& operator=(const Interner&) = delete;

  // The id of `text`, or -1 when it was never interned. No allocation.
  uint32_t Find(std::string_view text) const {
    auto it = index_.find(absl::string_view(text.data(), text.size()));
    return it == index_.end() ? static_cast<uint32_t>(-1) : it->second;
  }

  // The id of `text`; copies it on first sight only.
  uint32_t Intern(std::string_view text);

  // Valid for ids that Intern returned.
  std::string_view Text(uint32_t id) const { return texts_[id]; }
  uint32_t size() const { return static_cast<uint32_t>(texts_.size()); }

  // Bytes held, for the memory account.
  size_t bytes() const;

 private:
  char* Allocate(size_t bytes);

  std::vector<std::string_view> texts_;  // by id, into blocks_
  std::deque<std::string> blocks_;
  size_t block_used_ = 0;
  size_t block_bytes_ = 0;
  absl::flat_hash_map<absl::string_view, uint32_t> index_;
};

// Typed face of an Interner.
template <typename IdType>
class Names {
 public:
  IdType Find(std::string_view text) const { return IdType(names_.Find(text)); }
  IdType Intern(std::string_view text) { return IdType(names_.Intern(text)); }
  std::string_view Text(IdType id) const { return names_.Text(id.value); }
  uint32_t size() const { return names_.size(); }
  size_t bytes() const { return names_.bytes(); }

 private:
  Interner names_;
};

}  // namespace shelf
