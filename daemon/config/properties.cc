#include "config/properties.h"

#include <array>

namespace shelf {
namespace {

using enum PropertyType;

constexpr int64_t kKiB = 1024;
constexpr int64_t kMiB = 1024 * kKiB;
constexpr int64_t kGiB = 1024 * kMiB;
constexpr int64_t kPathBytesMax = 4096;
constexpr int64_t kTopicBytesMax = 249;  // Kafka's own bound

#define SHELF_TEXT(member) \
  TextSlot([](Config& c, const std::string&) -> std::string& { return c.member; })
#define SHELF_NUMBER(member) \
  NumberSlot([](Config& c, const std::string&) -> int64_t& { return c.member; })

constexpr std::array kProperties = {
    Property{"instance", kName, "", 1, 64, "", false, false, SHELF_TEXT(instance),
             "Names this instance: the key of its start records and Kafka's client id. One name, "
             "one running daemon."},
    Property{"brokers", kBrokers, "", 1, kPathBytesMax, "", false, false, SHELF_TEXT(brokers),
             "Where the Kafka cluster is found."},
    Property{"state_dir", kText, "", 1, kPathBytesMax, "", false, false, SHELF_TEXT(state_dir),
             "The folder of the checkpoint, made if it is not there. Relative to the working "
             "directory."},
    Property{"rules", kText, "", 0, kPathBytesMax, "", false, false, SHELF_TEXT(rules),
             "The rules file, see rules.md. Empty: one channel `default` that is offered the "
             "whole base."},
    Property{"rules.zero_share_max", kInteger, "%", 0, 100, "", false, false,
             SHELF_NUMBER(rules_zero_share_max),
             "The brake on mass zeroing: a new rule set that would set a larger share of the keys "
             "above zero to zero, of a channel or of all, and more than 20 of them, is not taken "
             "without `--force`. See [rules on a running system](../operating/rules.md)."},
    Property{"topics.stock_events", kName, "", 1, kTopicBytesMax, "", false, false,
             SHELF_TEXT(topics.stock_events), "What stores and their systems report; ticks."},
    Property{"topics.reference", kName, "", 1, kTopicBytesMax, "", false, false,
             SHELF_TEXT(topics.reference), "Stores, items, listings and stop-sales."},
    Property{"topics.availability", kName, "", 1, kTopicBytesMax, "", false, false,
             SHELF_TEXT(topics.availability), "What channels may sell."},
    Property{"topics.locations", kName, "", 1, kTopicBytesMax, "", false, false,
             SHELF_TEXT(topics.locations), "The beacon of each channel and location."},
    Property{"topics.stock_requests", kName, "", 1, kTopicBytesMax, "", false, false,
             SHELF_TEXT(topics.stock_requests), "What the daemon asks agents to send again."},
    Property{"topics.stock_rejects", kName, "", 1, kTopicBytesMax, "", false, false,
             SHELF_TEXT(topics.stock_rejects), "Input that could not be used, with the reason."},
    Property{"topics.shelfd_starts", kName, "", 1, kTopicBytesMax, "", false, false,
             SHELF_TEXT(topics.shelfd_starts),
             "One record a start; its offset is the incarnation."},
    Property{
        "topics.partitions", kInteger, "partitions", 1, 10'000, "", false, false,
        SHELF_NUMBER(topics_partitions),
        "How many partitions `topics.stock_events` and all that mirrors it have. For good: with "
        "another number stores would be elsewhere than their state."},
    Property{"topics.replication_factor", kInteger, "replicas", 1, 15, "", false, false,
             SHELF_NUMBER(topics_replication_factor),
             "The least number of copies of each partition."},
    Property{"topics.min_insync_replicas", kInteger, "replicas", 1, 15, "", false, false,
             SHELF_NUMBER(topics_min_insync_replicas),
             "The least number of copies that must hold a record before it counts as written."},
    Property{"topics.longest_outage_h", kInteger, "h", 1, 87'600, "", false, false,
             SHELF_NUMBER(topics_longest_outage_h),
             "The longest time that shelfd, its disk included, may be away while stores go on "
             "reporting: what they send must stay in the log for as long. Count the age of the "
             "oldest copy of the state that you would go back to."},
    Property{"topics.verify", kChoice, "", 0, 0, "refuse warn", false, false,
             SHELF_TEXT(topics_verify),
             "What `run` does about topics that would lose data, or that it may not describe: "
             "`refuse` does not start, `warn` says so and goes on. See "
             "[topics](../operating/topics.md)."},
    Property{"channels.<channel>.topic", kName, "", 1, kTopicBytesMax, "", false, false,
             TextSlot([](Config& c, const std::string& channel) -> std::string& {
               return c.channels[channel].topic;
             }),
             "A topic of its own for this channel's availability. Left out: "
             "`topics.availability`."},
    Property{"channels.<channel>.format", kChoice, "", 0, 0, "protobuf json", false, false,
             FormatSlot([](Config& c, const std::string& channel) -> ValueFormat& {
               return c.channels[channel].format;
             }),
             "The form of this channel's records: Protobuf, or its canonical JSON."},
    Property{"admin.listen", kLoopback, "", 1, 64, "", false, false, SHELF_TEXT(admin_listen),
             "Where shelfctl and health checks find the daemon. Loopback only; port 0 takes any "
             "free one."},
    Property{"checkpoint.interval_ms", kInteger, "ms", 500, 600'000, "", false, false,
             SHELF_NUMBER(checkpoint_interval_ms), "The least time between two checkpoints."},
    Property{"ring.days", kInteger, "days", 1, 60, "", false, false, SHELF_NUMBER(ring_days),
             "How long a store's movements are kept, so that a late count can be placed among "
             "them."},
    Property{"ring.bytes_max_per_store", kBytes, "bytes", 64 * kKiB, kGiB, "", false, false,
             SHELF_NUMBER(ring_bytes_max_per_store),
             "The bound of a store's kept movements; the oldest go first."},
    Property{"outbox.keys_max", kInteger, "keys", 1000, 50'000'000, "", false, false,
             SHELF_NUMBER(outbox_keys_max),
             "How many keys may wait to be published before the intake stops."},
    Property{"inflight.records_max", kInteger, "records", 100, 1'000'000, "", false, false,
             SHELF_NUMBER(inflight_records_max),
             "How many records may be sent and not yet acknowledged."},
    Property{"outputs.watch_interval_ms", kInteger, "ms", 200, 600'000, "", false, false,
             SHELF_NUMBER(outputs_watch_interval_ms),
             "How often the outputs are looked at for records of somebody else: for so long, and a "
             "little more, a predecessor that wakes up may be believed."},
    Property{"tick.interval_ms", kInteger, "ms", 100, 5000, "", false, false,
             SHELF_NUMBER(tick_interval_ms),
             "How often the daemon appends its time to each partition. Well below the 10 s after "
             "which it counts as deaf."},
    Property{"beacon.interval_s", kInteger, "s", 1, 3600, "", false, false,
             SHELF_NUMBER(beacon_interval_s),
             "How often each location's state is sent when nothing changes."},
    Property{"intake.batch_records_max", kInteger, "records", 1, 100'000, "", false, false,
             SHELF_NUMBER(intake_batch_records_max),
             "The most input records taken at once, between two looks at the clock."},
    Property{"metrics.funnel_interval_s", kInteger, "s", 0, 86'400, "", false, false,
             SHELF_NUMBER(metrics_funnel_interval_s),
             "How often the funnel is counted for the metrics, from the end of one count to the "
             "next; 0: never. A count takes at most a twentieth of the worker's time."},
    Property{"log.level", kChoice, "", 0, 0, "trace debug info warn error", false, false,
             SHELF_TEXT(log_level), "The least severe messages that are written."},
    Property{"librdkafka.<property>", kText, "", 0, kMiB, "", false, true,
             TextSlot([](Config& c, const std::string& name) -> std::string& {
               return c.librdkafka[name];
             }),
             "Any property of librdkafka, for every client of the daemon, applied after its own "
             "settings. Names and values are librdkafka's to check."},
    Property{"rocksdb.<option>", kText, "", 0, kPathBytesMax, "", false, false,
             TextSlot([](Config& c, const std::string& name) -> std::string& {
               return c.rocksdb[name];
             }),
             "Any option of RocksDB by its name. Names and values are RocksDB's to check."},
};

#undef SHELF_TEXT
#undef SHELF_NUMBER

// The given part of `name` under a property that has one; empty when it is not that property.
std::string_view GivenPart(const Property& property, std::string_view name) {
  const std::string_view before = property.before_given();
  const std::string_view after = property.after_given();
  if (name.size() <= before.size() + after.size()) return {};
  if (!name.starts_with(before) || !name.ends_with(after)) return {};
  return name.substr(before.size(), name.size() - before.size() - after.size());
}

}  // namespace

std::string_view Property::after_given() const {
  const size_t end = name.find('>');
  return end == std::string_view::npos ? std::string_view() : name.substr(end + 1);
}

std::span<const Property> Properties() { return kProperties; }

std::optional<NamedProperty> FindProperty(std::string_view name) {
  for (const Property& property : kProperties) {
    if (!property.has_given_part()) {
      if (property.name == name) return NamedProperty{&property, {}};
      continue;
    }
    const std::string_view given = GivenPart(property, name);
    if (!given.empty()) return NamedProperty{&property, std::string(given)};
  }
  return std::nullopt;
}

bool IsSection(std::string_view name) {
  const std::string inside = std::string(name) + '.';
  for (const Property& property : kProperties) {
    const std::string_view before = property.before_given();
    if (before.starts_with(inside)) return true;
    if (!property.after_given().empty() && name.starts_with(before) &&
        name.size() > before.size()) {
      return true;
    }
  }
  return false;
}

}  // namespace shelf
