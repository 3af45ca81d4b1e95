#include "tally.h"

#include "absl/container/flat_hash_map.h"
#include "load.h"
#include "shelf/v1/availability.pb.h"
#include "whole_topic.h"

namespace shelf {
namespace {

constexpr int kWaitMs = 100;

class Tallying {
 public:
  explicit Tallying(const std::string& channel) : prefix_(channel + "/") {}

  bool Take(const Record& record) {
    ++records_;
    bytes_ += static_cast<int64_t>(record.key.size() + record.value.size());
    if (!record.key.starts_with(prefix_)) return true;
    if (!said_.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()))) {
      return false;
    }
    uint64_t& hash = hashes_[std::string(record.key)];
    hash_ -= hash;
    hash = LineHash(said_.location(), said_.sku(), said_.sellable() * said_.step_milli());
    hash_ += hash;
    return true;
  }

  Figures Told() const {
    return {{"records", records_},
            {"bytes", bytes_},
            {"keys", hashes_.size()},
            {"hash", HashText(hash_)}};
  }

 private:
  const std::string prefix_;
  v1::Availability said_;
  absl::flat_hash_map<std::string, uint64_t> hashes_;  // what each key's last record adds
  uint64_t hash_ = 0;
  int64_t records_ = 0, bytes_ = 0;
};

}  // namespace

absl::StatusOr<Figures> Tally(const TallyOptions& options) {
  auto topic = WholeTopic::Open(options.kafka, options.topic, {});
  if (!topic.ok()) return topic.status();
  Tallying tallying(options.channel);
  std::vector<Record> records;
  while (!topic->done()) {
    if (absl::Status status = topic->Poll(kWaitMs, records); !status.ok()) return status;
    for (const Record& record : records) {
      if (!tallying.Take(record)) return absl::DataLossError("a record is no Availability");
    }
  }
  return tallying.Told();
}

}  // namespace shelf
