#include "config/config.h"

#include <string>
#include <vector>

#include "support/catch.h"

using namespace shelf;

namespace {

std::string Written(const std::vector<ConfigMessage>& messages) {
  std::string text;
  for (const ConfigMessage& message : messages) text += message.ToString() + "\n";
  return text;
}

std::string MessagesOf(std::string_view yaml) {
  std::vector<ConfigMessage> messages;
  LoadConfig(yaml, "f", messages);
  return Written(messages);
}

std::string MessagesOfSet(std::string_view assignment) {
  std::vector<ConfigMessage> messages;
  Config config;
  ApplySet(config, assignment, messages);
  CHECK(ConfigAsText(config) == ConfigAsText(Config{}));
  return Written(messages);
}

std::string MessagesOfCheck(std::string_view yaml) {
  std::vector<ConfigMessage> messages;
  const Config config = LoadConfig(yaml, "f", messages);
  REQUIRE(messages.empty());
  CheckConfig(config, "f", messages);
  return Written(messages);
}

}  // namespace

TEST_CASE("an empty file is the default configuration, and it is consistent", "[config]") {
  std::vector<ConfigMessage> messages;
  for (const char* empty : {"", "\n", "# nothing\n", "{}", "librdkafka:\n", "channels:\n"}) {
    CAPTURE(empty);
    const Config config = LoadConfig(empty, "f", messages);
    CheckConfig(config, "f", messages);
    CHECK(Written(messages).empty());
    CHECK(ConfigAsText(config) == ConfigAsText(Config{}));
  }
}

TEST_CASE("a text of which the parser would make documents without end is refused", "[config]") {
  CHECK(MessagesOf("!p,\n,") == "f:1:1: the file has more than one YAML document\n");
  CHECK(MessagesOf("!p,\xff\xff\n\xc1") == "f:1:1: the file has more than one YAML document\n");
}

TEST_CASE("a value with a line end is shown on its line", "[config]") {
  std::vector<ConfigMessage> messages;
  const Config config = LoadConfig("librdkafka: {client.id: \"a\\nring.days: 9\"}", "f", messages);
  REQUIRE(messages.empty());
  CHECK(config.librdkafka.at("client.id") == "a\nring.days: 9");
  CHECK(ConfigAsText(config).ends_with("librdkafka.client.id: a\\x0aring.days: 9\n"));
}

TEST_CASE("every property can be set, nested or dotted", "[config]") {
  std::vector<ConfigMessage> messages;
  const Config config = LoadConfig(R"(
instance: eu-1
brokers: "a:1,b:2"
state_dir: /var/lib/shelfd
rules: rules.yaml
topics:
  stock_events: t1
  reference: t2
  availability: t3
  locations: t4
  stock_requests: t5
  stock_rejects: t6
  shelfd_starts: t7
  partitions: 12
  replication_factor: 5
  min_insync_replicas: 3
  longest_outage_h: 72
  verify: warn
channels:
  own-site: {topic: t8, format: json}
  a.b: {format: json}
  plain: {}
admin.listen: "[::1]:0"
checkpoint.interval_ms: 500
ring:
  days: 3
  bytes_max_per_store: 8MiB
outbox: {keys_max: 1000}
inflight: {records_max: 100}
tick: {interval_ms: 250}
beacon: {interval_s: 5}
intake: {batch_records_max: 7}
log: {level: debug}
librdkafka:
  socket.nagle.disable: true
  sasl.password: hush
rocksdb: {max_background_jobs: 2}
)",
                                   "f", messages);
  CHECK(Written(messages).empty());
  CHECK(config.instance == "eu-1");
  CHECK(config.brokers == "a:1,b:2");
  CHECK(config.state_dir == "/var/lib/shelfd");
  CHECK(config.rules == "rules.yaml");
  CHECK(config.topics.stock_events == "t1");
  CHECK(config.topics.reference == "t2");
  CHECK(config.topics.availability == "t3");
  CHECK(config.topics.locations == "t4");
  CHECK(config.topics.stock_requests == "t5");
  CHECK(config.topics.stock_rejects == "t6");
  CHECK(config.topics.shelfd_starts == "t7");
  CHECK(config.topics_partitions == 12);
  CHECK(config.topics_replication_factor == 5);
  CHECK(config.topics_min_insync_replicas == 3);
  CHECK(config.topics_longest_outage_h == 72);
  CHECK(config.topics_verify == "warn");
  CHECK(config.Output("own-site").topic == "t8");
  CHECK(config.Output("own-site").format == ValueFormat::kJson);
  CHECK(config.Output("a.b").format == ValueFormat::kJson);
  CHECK(config.Output("a.b").topic.empty());
  CHECK(config.Output("not named").format == ValueFormat::kProtobuf);
  CHECK(config.admin_listen == "[::1]:0");
  CHECK(config.checkpoint_interval_ms == 500);
  CHECK(config.ring_days == 3);
  CHECK(config.ring_bytes_max_per_store == 8 << 20);
  CHECK(config.outbox_keys_max == 1000);
  CHECK(config.inflight_records_max == 100);
  CHECK(config.tick_interval_ms == 250);
  CHECK(config.beacon_interval_s == 5);
  CHECK(config.intake_batch_records_max == 7);
  CHECK(config.log_level == "debug");
  CHECK(config.librdkafka.at("socket.nagle.disable") == "true");
  CHECK(config.rocksdb.at("max_background_jobs") == "2");
}

TEST_CASE("a bad file is refused with the place and what would be right", "[config]") {
  struct Row {
    const char* yaml;
    const char* messages;
  };
  for (const Row& row : std::vector<Row>{
           {"[a]\n", "f:1:1: the file must be a map of properties\n"},
           {"broker: a:1\n", "f:1:1: unknown property 'broker'; did you mean 'brokers'?\n"},
           {"colour: red\n", "f:1:1: unknown property 'colour'\n"},
           {"checkpiont: {interval_ms: 1000}\n",
            "f:1:1: unknown property 'checkpiont'; did you mean 'checkpoint'?\n"},
           {"ring:\n  dayz: 7\n",
            "f:2:3: unknown property 'ring.dayz'; did you mean 'ring.days'?\n"},
           {"channels: {web: {formatt: json}}\n",
            "f:1:18: unknown property 'channels.web.formatt'; did you mean "
            "'channels.web.format'?\n"},
           {"ring: 7\n", "f:1:1: 'ring' is a section, not a property\n"},
           {"channels: {web: json}\n", "f:1:12: 'channels.web' is a section, not a property\n"},
           {"brokers: [a, b]\n", "f:1:10: 'brokers' takes a single value\n"},
           {"brokers:\n", "f:1:1: 'brokers' has no value\n"},
           {"ring: {days: 7}\nring.days: 8\n", "f:2:1: 'ring.days' is set twice\n"},
           {"ring: {days: 0}\n",
            "f:1:14: ring.days: must be a whole number of days from 1 to 60, not '0'\n"},
           {"ring: {days: 7d}\n",
            "f:1:14: ring.days: must be a whole number of days from 1 to 60, not '7d'\n"},
           {"checkpoint.interval_ms: 499\n",
            "f:1:25: checkpoint.interval_ms: must be a whole number of ms from 500 to 600000, not "
            "'499'\n"},
           {"ring.bytes_max_per_store: 4MB\n",
            "f:1:27: ring.bytes_max_per_store: must be a number of bytes from 65536 to 1073741824, "
            "KiB, MiB or GiB allowed, not '4MB'\n"},
           {"log.level: loud\n",
            "f:1:12: log.level: must be one of trace, debug, info, warn, error, not 'loud'\n"},
           {"channels: {web: {format: xml}}\n",
            "f:1:26: channels.web.format: must be one of protobuf, json, not 'xml'\n"},
           {"topics.reference: a/b\n",
            "f:1:19: topics.reference: must be 1 to 249 letters, digits, dots, underscores or "
            "dashes, not 'a/b'\n"},
           {"brokers: 'a:1,,b:2'\n",
            "f:1:10: brokers: must be host:port, or several with commas between them, not "
            "'a:1,,b:2'\n"},
           {"librdkafka: {bootstrap.servers: a}\n",
            "f:1:33: librdkafka.bootstrap.servers: set brokers instead of "
            "librdkafka.bootstrap.servers\n"},
           {"a: {b: c\n", "f:2:1: not YAML: end of map flow not found\n"},
           {"instance: a\n---\ninstance: b\n", "f:1:1: the file has more than one YAML document\n"},
           {"instance: a\n\x04rules: b\n", "f:2:1: a control character in this line\n"}}) {
    CAPTURE(row.yaml);
    CHECK(MessagesOf(row.yaml) == row.messages);
  }
}

TEST_CASE("all errors of a file come at once, and what is right is taken", "[config]") {
  std::vector<ConfigMessage> messages;
  const Config config =
      LoadConfig("ring: {days: x}\nlogg: {}\nbeacon: {interval_s: 5}\n", "f", messages);
  CHECK(Written(messages) ==
        "f:1:14: ring.days: must be a whole number of days from 1 to 60, not 'x'\n"
        "f:2:1: unknown property 'logg'; did you mean 'log'?\n");
  CHECK(config.ring_days == Config{}.ring_days);
  CHECK(config.beacon_interval_s == 5);
}

TEST_CASE("the admin port listens on loopback only", "[config]") {
  for (const char* good : {"127.0.0.1:8711", "127.255.0.3:0", "localhost:65535", "[::1]:80"}) {
    CAPTURE(good);
    CHECK(MessagesOf(std::string("admin.listen: '") + good + "'").empty());
  }
  for (const char* bad : {"0.0.0.0:8711", "10.0.0.1:80", "127.0.0.1", "127.0.0.1:", "127.0.0:1",
                          "127.0.0.1.:1", "127.0.0.256:1", "127.evil.example:1", ":8711",
                          "localhost:65536", "localhost:-1", "[::]:80", "*:80"}) {
    CAPTURE(bad);
    CHECK_FALSE(MessagesOf(std::string("admin.listen: '") + bad + "'").empty());
  }
}

TEST_CASE("a --set changes one property over what the file said", "[config]") {
  std::vector<ConfigMessage> messages;
  Config config = LoadConfig("ring: {days: 3}\n", "f", messages);
  ApplySet(config, "ring.days=5", messages);
  ApplySet(config, "channels.own-site.format=json", messages);
  ApplySet(config, "librdkafka.client.rack=a=b", messages);
  ApplySet(config, "rules=", messages);
  CHECK(Written(messages).empty());
  CHECK(config.ring_days == 5);
  CHECK(config.channels.at("own-site").format == ValueFormat::kJson);
  CHECK(config.librdkafka.at("client.rack") == "a=b");
}

TEST_CASE("a bad --set says why and changes nothing", "[config]") {
  CHECK(MessagesOfSet("ring.days") == "--set: 'ring.days' is not key=value\n");
  CHECK(MessagesOfSet("ring.day=3") ==
        "--set: unknown property 'ring.day'; did you mean 'ring.days'?\n");
  CHECK(MessagesOfSet("ring=3") == "--set: 'ring' is a section, not a property\n");
  CHECK(MessagesOfSet("ring.days=61") ==
        "--set: ring.days: must be a whole number of days from 1 to 60, not '61'\n");
  CHECK(MessagesOfSet("channels.web.format=xml") ==
        "--set: channels.web.format: must be one of protobuf, json, not 'xml'\n");
  CHECK(MessagesOfSet("librdkafka.metadata.broker.list=a") ==
        "--set: librdkafka.metadata.broker.list: set brokers instead of "
        "librdkafka.metadata.broker.list\n");
}

TEST_CASE("topics that collide and formats that mix are refused", "[config]") {
  CHECK(MessagesOfCheck("topics: {availability: stock-events}") ==
        "f: topics.stock_events and topics.availability are both 'stock-events'\n");
  CHECK(MessagesOfCheck("channels: {web: {topic: reference}}") ==
        "f: channels.web.topic is 'reference', which is topics.reference\n");
  CHECK(MessagesOfCheck("channels: {a: {format: json}, b: {format: protobuf}}") ==
        "f: channels 'a' and 'b' write different formats to one topic, 'availability'\n");
  CHECK(MessagesOfCheck("channels: {a: {format: json, topic: t}, b: {format: protobuf}}").empty());
  CHECK(MessagesOfCheck("channels: {a: {topic: t}, b: {topic: t}, c: {topic: availability}}")
            .empty());
}

TEST_CASE("a topic that wants more replicas in sync than it has is refused", "[config]") {
  CHECK(MessagesOfCheck("topics: {replication_factor: 1}") ==
        "f: topics.min_insync_replicas is 2, more than topics.replication_factor, which is 1\n");
  CHECK(MessagesOfCheck("topics: {replication_factor: 1, min_insync_replicas: 1}").empty());
}

TEST_CASE("only names of topics can collide, not their numbers", "[config]") {
  CHECK(MessagesOfCheck("topics: {partitions: 3, replication_factor: 3, availability: \"3\"}")
            .empty());
}

TEST_CASE("passwords and keys are not shown", "[config]") {
  Config config;
  config.librdkafka = {{"sasl.password", "hush"}, {"ssl.key.pem", "hush"}, {"sasl.username", "me"}};
  const std::string text = ConfigAsText(config);
  CHECK(text.find("hush") == std::string::npos);
  CHECK(text.find("librdkafka.sasl.password: (hidden)\n") != std::string::npos);
  CHECK(text.find("librdkafka.sasl.username: me\n") != std::string::npos);
}
