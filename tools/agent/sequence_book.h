// Which sequence each (store, source) gets next, and which run is under way: what makes a repeated
// run send the same events under the same sequences. docs/decisions/0006-agent-sequences.md.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "agent/state_folder.h"

namespace shelf::agent {

// One sending of stock events.
struct Run {
  std::string source;
  std::string fingerprint;  // everything that decides which events it makes; compared, not read
  std::string description;  // for people
  // Not empty: rows under this key are sent once. Empty: they can be sent again without harm.
  std::string once_key;
  int64_t row_first = 1;  // both inclusive
  int64_t row_last = 0;
};

// Begin, Take for each event in order, and, when all are acknowledged, Finish. Take moves nothing
// on disk: a run that does not reach Finish starts from the same sequences when it is repeated.
class SequenceBook {
 public:
  // Borrows `folder`. A folder without a book begins one whose epoch is the second of `now_ms`.
  // Internal: the disk, or a book that cannot be read.
  static absl::StatusOr<std::unique_ptr<SequenceBook>> Open(const StateFolder& folder,
                                                            int64_t now_ms);

  // Starts `source` again at sequence 1 in an epoch above every earlier one. Gives up a run that
  // was interrupted; if that was another source's, it gets a new epoch too, as nobody knows how
  // many of its sequences were used.
  absl::Status StartEpoch(const std::string& source, int64_t now_ms);

  // Writes the run down. Returns when it was begun for the first time, Unix milliseconds.
  // FailedPrecondition: another run was interrupted, or (without `again`) some of the rows were
  // sent before.
  absl::StatusOr<int64_t> Begin(const Run& run, bool again, int64_t now_ms);

  // Between Begin and Finish, of the run's source.
  uint64_t epoch() const { return open_source_->epoch; }
  uint64_t Take(std::string_view store);
  uint64_t Peek(std::string_view store) const;  // what Take would return
  // Of the run's source, in any epoch, sorted.
  std::vector<std::string> StoresEverSent() const;

  // Every event of the run is acknowledged.
  absl::Status Finish();

 private:
  using NextSequences = std::map<std::string, uint64_t, std::less<>>;  // by store

  struct SourceBook {
    uint64_t epoch = 0;
    NextSequences next;
  };
  struct SentRows {
    std::string once_key;
    int64_t row_first = 0;
    int64_t row_last = 0;
  };
  struct OpenRun {
    Run run;
    int64_t begun_ms = 0;
  };

  explicit SequenceBook(const StateFolder& folder) : folder_(folder) {}

  absl::Status Load(const std::string& text);
  absl::Status Save() const;
  SourceBook& BookOf(const std::string& source);
  void RaiseEpoch(const std::string& source, int64_t now_ms);
  void NoteSent(const Run& run);
  const SentRows* FindSent(const Run& run) const;

  const StateFolder& folder_;
  uint64_t first_epoch_ = 0;
  std::map<std::string, SourceBook> sources_;
  std::vector<SentRows> sent_;       // oldest first, at most kSentMax
  std::optional<OpenRun> open_run_;  // begun and not finished, by this process or one before

  // While a run is open in this process.
  SourceBook* open_source_ = nullptr;
  NextSequences taken_;  // what `next` becomes at Finish
};

}  // namespace shelf::agent
