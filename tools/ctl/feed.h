// What another system offers on one channel: today's feed, as a file or as a topic.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "agent/rows.h"
#include "app/topics.h"
#include "config/config.h"
#include "io/source.h"

namespace shelf::ctl {

// A row that cannot be compared, kept aside.
struct FeedFault {
  int64_t line = 0;  // in the file, from 1; of a topic its offset
  std::string reason;
  std::string row;  // as it was read, its fields separated by commas
};

struct Feed {
  // Thousandths of the unit of measure, >= 0, by store and SKU.
  using Quantities = absl::flat_hash_map<std::string, int64_t>;

  absl::flat_hash_map<std::string, Quantities> stores;
  uint64_t rows = 0;             // read, faults too
  uint64_t repeated = 0;         // named a key again: the later one counts
  uint64_t faults = 0;           // all of them
  std::vector<FeedFault> shown;  // the first kFaultsMax of them
  static constexpr size_t kFaultsMax = 100'000;

  void Put(std::string_view store, std::string_view sku, int64_t quantity_milli);
  void Refuse(FeedFault fault);
};

struct FeedFileOptions {
  agent::FileOptions file;  // its columns: store, sku, quantity
  char decimal_sign = '.';
};

// InvalidArgument: no such file, no header, columns that do not fit. DataLoss: it is damaged.
absl::StatusOr<Feed> ReadFeedFile(const FeedFileOptions& options);

// One record of an availability topic into the feed of `channel`, binary or JSON; those of other
// channels are passed over, a tombstone takes its key away.
void TakeFeedRecord(const Record& record, std::string_view channel, Feed& feed);

// The newest record of each of the channel's keys, up to where the topic ends now. Unavailable: no
// broker answers. NotFound: there is no such topic.
absl::StatusOr<Feed> ReadFeedTopic(const Config& config, const std::string& topic,
                                   const std::string& channel);

// line,reason,row
void WriteFaults(const Feed& feed, std::ostream& out);

}  // namespace shelf::ctl
