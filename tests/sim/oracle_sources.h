// What came of one source of a store: which numbers of the epoch in force, with which promises.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace shelf::sim::oracle {

enum class Role { kBook, kEarly, kEvidence };

enum class Arrival { kNew, kDuplicate, kOldEpoch, kTooManyGaps };

class Source {
 public:
  // Takes note of a document's number. Nothing changes unless it is new.
  Arrival Arrive(uint64_t arrived_epoch, uint64_t sequence);
  // Of the document that arrived last: it showed that others are missing before it, or it began an
  // epoch that is not the source's first.
  bool showed_gap() const { return showed_gap_; }
  bool began_anew() const { return began_anew_; }

  // The document of that number promises this much.
  void Promise(uint64_t sequence, int64_t through_ms);
  // What is missing through here does not matter any more.
  void Forgive(uint64_t through) { forgiven_ = through > forgiven_ ? through : forgiven_; }
  void ForgiveAll() { Forgive(came_.empty() ? 0 : came_.rbegin()->first); }

  uint64_t epoch() const { return epoch_; }
  // Everything through here has come, or is forgiven.
  uint64_t Complete() const;
  bool HasGap() const { return !came_.empty() && came_.rbegin()->first > Complete(); }
  // The largest promise with nothing missing before it.
  int64_t Promised() const;

  Role role = Role::kEvidence;
  bool required = false;
  // It began a new epoch, and nothing has made up for the old one's end yet.
  bool starts_over = false;
  // Of an early source: through here the book must be complete for what is missing not to matter.
  int64_t missing_until_ms = 0;
  // The promise that counts: not while it starts over.
  int64_t complete_through_ms = 0;

 private:
  int RunsBeyond(uint64_t complete) const;

  uint64_t epoch_ = 0;
  std::map<uint64_t, int64_t> came_;  // of the epoch: the promise of each number, 0: none
  uint64_t forgiven_ = 0;
  int64_t promised_before_ = 0;  // in earlier epochs
  bool showed_gap_ = false;
  bool began_anew_ = false;
};

// What a store's record says of a source that it does not name, or without one.
Role RoleByName(const std::string& source);

}  // namespace shelf::sim::oracle
