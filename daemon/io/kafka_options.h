// How every Kafka client of the daemon reaches the cluster.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace shelf {

struct KafkaOptions {
  std::string brokers;  // "host:port,host:port"
  std::string client_id = "shelfd";

  // Producer only. The queue is short on purpose: what waits belongs in the outbox, where a newer
  // value replaces it. 100 k records were also faster than 1 M.
  std::string compression = "lz4";  // none, gzip, snappy, lz4, zstd
  int32_t linger_ms = 5;            // paid once per record when traffic is low
  int32_t queue_records_max = 100'000;
  int32_t queue_kbytes_max = 128 * 1024;

  // Consumer only. Read ahead of Poll, over all partitions of one source.
  int32_t prefetch_kbytes_max = 64 * 1024;

  // Raw librdkafka properties, applied after everything the daemon sets itself, so they win even
  // where that breaks a promise of Source or Sink.
  std::map<std::string, std::string> librdkafka;
};

}  // namespace shelf
