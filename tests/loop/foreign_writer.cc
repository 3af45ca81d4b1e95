#include "loop/foreign_writer.h"

#include <map>
#include <utility>

#include "base/murmur2.h"
#include "loop/foreign_records.h"

namespace shelf {
namespace {

constexpr char kOutputTopic[] = "availability";

}  // namespace

v1::Availability RecordOf(const KeyNames& key) {
  v1::Availability record;
  record.set_channel(key.channel);
  record.set_location(key.store);
  record.set_sku(key.sku);
  return record;
}

void WriteAs(uint64_t incarnation, const std::string& key, Harness& harness) {
  const KeyNames names = NamesIn(key).value();
  v1::Availability record = RecordOf(names);
  record.set_sellable(77);
  record.set_version(incarnation << 40 | 1);
  harness.log().Append(kOutputTopic, PartitionOf(names.store, kPartitions), key,
                       record.SerializeAsString());
}

void WatchOutputs(Harness& harness) {
  const MemoryLog& log = harness.log();
  std::map<OutputPartition, int64_t> ends;
  for (int32_t p = 0; p < kPartitions; ++p) {
    ends[{Topic::kAvailability, p}] = log.HighWatermark(kOutputTopic, p);
  }
  for (const OutputSpan& span : harness.worker().SawOutputEnds(ends)) {
    ForeignReader reader(span);
    const int32_t partition = span.output.second;
    reader.LogBegins(log.LowWatermark(kOutputTopic, partition));
    for (const MemoryRecord& record : log.Records(kOutputTopic, partition)) {
      reader.Take({.partition = partition,
                   .offset = record.offset,
                   .key = record.key,
                   .value = record.value});
    }
    harness.worker().TakeForeign(std::move(reader).Found());
  }
}

}  // namespace shelf
