// What one instance is told at its start. The member initialisers are the defaults; the table in
// properties.h gives each member its name, range and meaning, and makes the parser, --set and
// docs/reference/config.md.
// THREAD: plain data.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace shelf {

enum class ValueFormat : uint8_t { kProtobuf, kJson };

struct TopicNames {
  std::string stock_events = "stock-events";
  std::string reference = "reference";
  std::string availability = "availability";
  std::string locations = "locations";
  std::string stock_requests = "stock-requests";
  std::string stock_rejects = "stock-rejects";
  std::string shelfd_starts = "shelfd-starts";
};

// Where and how one channel's availability is written.
struct ChannelOutput {
  std::string topic;  // empty: topics.availability
  ValueFormat format = ValueFormat::kProtobuf;
};

struct Config {
  std::string instance = "shelfd-1";
  std::string brokers = "127.0.0.1:9092";
  std::string state_dir = "shelfd-state";
  std::string rules;                  // path; empty: the built-in rule set
  int64_t rules_zero_share_max = 30;  // percent
  TopicNames topics;
  // What `shelfctl topics apply` makes of them, and what `run` insists on.
  int64_t topics_partitions = 32;
  int64_t topics_replication_factor = 3;
  int64_t topics_min_insync_replicas = 2;
  int64_t topics_longest_outage_h = 168;
  std::string topics_verify = "refuse";  // refuse, warn

  std::map<std::string, ChannelOutput> channels;  // those named here; all others have the defaults
  std::string admin_listen = "127.0.0.1:8711";    // host:port, loopback; port 0: any free one
  std::string log_level = "info";                 // trace, debug, info, warn, error

  int64_t checkpoint_interval_ms = 1000;
  int64_t ring_days = 7;
  int64_t ring_bytes_max_per_store = int64_t{4} << 20;
  int64_t outbox_keys_max = 200'000;
  int64_t inflight_records_max = 100'000;
  int64_t outputs_watch_interval_ms = 5000;
  int64_t tick_interval_ms = 1000;
  int64_t beacon_interval_s = 30;
  int64_t intake_batch_records_max = 5000;
  int64_t metrics_funnel_interval_s = 60;

  std::map<std::string, std::string> librdkafka;  // for every Kafka client; unchecked here
  std::map<std::string, std::string> rocksdb;     // option name -> value, as RocksDB parses them

  const ChannelOutput& Output(std::string_view channel) const;
};

// One thing wrong with a configuration. All are errors.
struct ConfigMessage {
  std::string file;  // as given; "--set" for ApplySet
  int line = 0;      // 1-based; 0: the whole
  int column = 0;
  std::string text;

  // "shelfd.yaml:4:3: unknown key …"
  std::string ToString() const;
};

// Reads a YAML configuration over the defaults and appends all that is wrong to `messages`; what
// has a message keeps its default. Empty text is the default configuration. Sections may be nested
// or dotted (`checkpoint: {interval_ms: 500}`, `checkpoint.interval_ms: 500`).
Config LoadConfig(std::string_view text, const std::string& file_name,
                  std::vector<ConfigMessage>& messages);

// Sets one property from "key=value", for example "tick.interval_ms=500",
// "channels.own-site.format=json" or "librdkafka.socket.nagle.disable=true". Like LoadConfig, a
// message and no change when it cannot be.
void ApplySet(Config& config, std::string_view assignment, std::vector<ConfigMessage>& messages);

// What can only be judged when all is read: topics that collide, formats that mix on one topic,
// more replicas in sync than there are.
// Called once, after LoadConfig and every ApplySet.
void CheckConfig(const Config& config, const std::string& file_name,
                 std::vector<ConfigMessage>& messages);

// Every property with its value, one "name: value" a line, passwords and keys masked, control
// characters as \xNN.
std::string ConfigAsText(const Config& config);

// docs/reference/config.md.
std::string ConfigReferenceMarkdown();

}  // namespace shelf
