// The documents of one kind that a store is remembered by, under their names: with a bound on their
// number, the sum of their bytes, and which of them the next checkpoint must write.
// THREAD: one owner; pure.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "position/document.h"

namespace shelf {

// What the table itself keeps in each record; not stored.
struct DocumentInTable {
  size_t bytes = 0;  // as counted in the sum
  bool dirty = false;
};

// `Record` has a member `DocumentInTable in_table`. What a record says is its owner's affair: the
// derived class finds or adds, changes, and tells the table with MarkDirty, CountBytes and Erase.
template <typename Record>
class DocumentTable {
 public:
  using ByName = std::map<std::string, Record, std::less<>>;

  // Whether a document by that name may come: one that is known, or there is room for one more of
  // kDocumentsMax.
  bool HasRoomFor(std::string_view name) const {
    return by_name_.size() < kDocumentsMax || by_name_.contains(name);
  }
  const ByName& by_name() const { return by_name_; }
  // Null when no document of that name is remembered.
  const Record* Find(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &found->second;
  }

  // Names whose record was changed or forgotten since the last call.
  std::vector<std::string> TakeDirty() {
    std::vector<std::string> taken = std::exchange(dirty_, {});
    for (const std::string& name : taken) {
      const auto found = by_name_.find(name);
      if (found != by_name_.end()) found->second.in_table.dirty = false;
    }
    return taken;
  }

 protected:
  using Entry = typename ByName::value_type;

  DocumentTable() = default;
  ~DocumentTable() = default;

  // Needs HasRoomFor(name). The entry keeps its address until it is forgotten.
  Entry& FindOrAdd(std::string_view name) {
    const auto found = by_name_.find(name);
    return found != by_name_.end() ? *found : *by_name_.try_emplace(std::string(name)).first;
  }
  // As FindOrAdd, for a name that is known.
  Entry& At(std::string_view name) { return *by_name_.find(name); }
  // For restore. Null: there is one by that name.
  Entry* Add(std::string name, Record record) {
    const auto [at, added] = by_name_.try_emplace(std::move(name), std::move(record));
    return added ? &*at : nullptr;
  }
  void MarkDirty(Entry& entry) {
    if (entry.second.in_table.dirty) return;
    entry.second.in_table.dirty = true;
    dirty_.push_back(entry.first);
  }
  // The record holds `now` bytes.
  void CountBytes(Entry& entry, size_t now) {
    record_bytes_ += now - entry.second.in_table.bytes;
    entry.second.in_table.bytes = now;
  }
  // Nothing may borrow the entry's name any more.
  void Erase(Entry& entry) {
    CountBytes(entry, 0);
    MarkDirty(entry);
    by_name_.erase(by_name_.find(entry.first));
  }
  size_t record_bytes() const { return record_bytes_; }

 private:
  ByName by_name_;
  std::vector<std::string> dirty_;
  size_t record_bytes_ = 0;
};

}  // namespace shelf
