// Kafka's default partitioner, so that a store's events are where the daemon expects them.
#pragma once

#include <cstdint>
#include <string_view>

namespace shelf {

// MurmurHash2, 32 bit, seed 0x9747b28c, as org.apache.kafka.common.utils.Utils.murmur2 computes it.
uint32_t Murmur2(std::string_view key);

// The partition of `key` among `partitions` (>= 1): toPositive(murmur2(key)) % partitions.
int32_t PartitionOf(std::string_view key, int32_t partitions);

}  // namespace shelf
