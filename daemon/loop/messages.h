// What the daemon says beside availability: beacons of locations, requests to agents, ticks.
// THREAD: the worker's.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "io/sink.h"
#include "loop/publisher.h"
#include "loop/world.h"
#include "shelf/v1/request.pb.h"

namespace shelf {

// LocationState: every `interval_ms` of partition time, and at once where Store::beacon_due. A
// channel that the rules do not have any more gets one that ends it.
class Beacon {
 public:
  Beacon(World& world, Sink& sink, Versions& versions, int64_t interval_ms)
      : world_(world), sink_(sink), versions_(versions), interval_ms_(interval_ms) {}

  // Sends what is due in a live partition.
  void Run(Partition& partition);
  // Sends the states of one store's locations now; false when the sink took not all. Of a channel
  // that was removed the last one, until it is in the log.
  bool Send(Store& store);
  // What became of a state, tagged kBeacon or kStateEnded.
  void Delivered(const Delivery& delivery);
  // Every known store of the partition has ended the states of the channels that were removed.
  bool StatesAreEnded(const Partition& partition) const;

 private:
  void Fill(const Store& store, const ChannelRules& channel, v1::LocationState& state);
  bool SendState(const Store& store, ChannelId channel, const ChannelRules& rules);

  World& world_;
  Sink& sink_;
  Versions& versions_;
  const int64_t interval_ms_;
  std::string key_, value_;
};

enum class RequestKind : uint8_t { kResend, kList };

// ResyncRequest: at once when something is found missing, then with doubling pauses until it came;
// where something came meanwhile the pauses begin anew.
class Requests {
 public:
  Requests(World& world, Sink& sink, Versions& versions)
      : world_(world), sink_(sink), versions_(versions) {}

  // Asks again for whatever is missing in a live partition's stores and due, and for the counts
  // that are still wanted.
  void Run(Partition& partition);
  // Asks now for all that is missing of the source, or for a full list; an early source is never
  // asked for a list, since it heals when the book passes it.
  void Ask(Store& store, int source, RequestKind kind, std::string_view reason);
  // The same, unless it was asked for a moment ago.
  void AskWhenDue(Store& store, int source, RequestKind kind, std::string_view reason);
  // A document of the source has been applied. While a list comes in, no other is asked for: who
  // sends it must be able to finish. After its end what it still lacks is.
  void NoteDocument(Store& store, int source, Body body);
  // The event `sequence` has shown that what lies before it is missing: asks for that alone, and
  // only when it lies above all that came; what was missing before has been asked for.
  void AskForNewGap(Store& store, int source, uint64_t sequence);
  // Answers an event of an old epoch, once a pause: a flood of them is one mistake.
  void AnswerOldEpoch(Store& store, int source);
  // Asks people for the counts that the store wants; a SKU once a pause.
  void AskForCounts(Store& store);

 private:
  v1::ResyncRequest Blank(const Store& store, const SourceState& source, std::string_view reason);
  bool Send(const v1::ResyncRequest& request);
  bool IsDue(const Store& store, const CountWanted& wanted);

  World& world_;
  Sink& sink_;
  Versions& versions_;
};

// The owner's ticks: time and what is in force, appended to each input partition.
class Ticker {
 public:
  Ticker(World& world, Sink& sink, uint64_t incarnation, int64_t interval_ms)
      : world_(world), sink_(sink), incarnation_(incarnation), interval_ms_(interval_ms) {}

  // Appends a tick to every owned partition whose last one is acknowledged, when `wall_ms` (Unix
  // ms, the caller's clock) is an interval past the last round. `reference_offset`: the newest
  // reference record that has been read; -1 = none.
  void Run(int64_t wall_ms, int64_t reference_offset);
  void Delivered(const Delivery& delivery);
  // Ticks appended and not acknowledged.
  size_t unacknowledged() const { return unacknowledged_.size(); }

 private:
  World& world_;
  Sink& sink_;
  const uint64_t incarnation_;
  const int64_t interval_ms_;
  int64_t last_round_ms_ = INT64_MIN;
  uint64_t count_ = 0;
  std::set<int32_t> unacknowledged_;  // partitions
};

}  // namespace shelf
