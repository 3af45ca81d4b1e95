#include "rules/rules_file.h"

#include <string>
#include <vector>

#include "support/catch.h"

using namespace shelf;

namespace {

std::string Written(const std::vector<RulesMessage>& messages) {
  std::string text;
  for (const RulesMessage& m : messages) {
    text += std::to_string(m.line) + ":" + std::to_string(m.column) + ": " +
            (m.warning ? "warning: " : "") + m.text + "\n";
  }
  return text;
}

std::string MessagesOf(std::string_view yaml) {
  std::vector<RulesMessage> messages;
  RuleSet::Load(yaml, messages);
  return Written(messages);
}

std::string InRule(const std::string& body) {
  return MessagesOf("version: 1\nchannels:\n  c:\n    rules:\n      - {id: r, " + body + "}\n");
}

std::string InChannel(const std::string& body) {
  return MessagesOf("version: 1\nchannels:\n  c: {" + body + "}\n");
}

}  // namespace

TEST_CASE("a bad file is refused with the place and what would be right", "[rules]") {
  struct Row {
    const char* yaml;
    const char* messages;
  };
  for (const Row& row : std::vector<Row>{
           {"", "1:1: the file is empty\n"},
           {"# only a comment\n", "1:1: the file is empty\n"},
           {"[1, 2]\n", "1:1: the file must be a map, not a list\n"},
           {"version: 1\n", "1:1: the file needs channels, as in channels: {own-site: {}}\n"},
           {"channels: {c: {}}\n", "1:1: the file needs version, as in version: 1\n"},
           {"version: 2\nchannels: {c: {}}\n", "1:10: version must be 1, not '2'\n"},
           {"version: 1\nchannels: {}\n", "2:11: channels names none\n"},
           {"version: 1\nchannels: [c]\n", "2:11: channels must be a map, not a list\n"},
           {"version: 1\nchannels:\n",
            "2:1: channels has no value; write it as in channels: {own-site: {}}\n"},
           {"version: 1\nchanels: {c: {}}\nchannels: {c: {}}\n",
            "2:1: unknown key 'chanels' in the file; did you mean 'channels'?\n"},
           {"version: 1\nchannels:\n  c: {}\n  c: {}\n",
            "4:3: 'c' stands twice in channels; the first is in line 3\n"},
           {"version: 1\nchannels:\n  c:\n",
            "3:3: 'c' in channels has no value; write {} for one without settings\n"},
           {"version: 1\nchannels: {c: {}}\n---\nversion: 1\n",
            "3:1: a second YAML document; a rules file is one alone\n"},
           {"version: 1\nchannels: {c: {\n",
            "2:15: not YAML: this { is not closed, or what follows in it lacks a comma\n"},
           {"version: 1\nchannels: {c: {trace: \"\xff\"}}\n", "2:24: the file is not UTF-8 here\n"},
           {"version: 1\n\x04"
            "channels: {c: {}}\n",
            "2:1: a control character\n"},
           {"version: 1\nchannels: {\"a\\tb\": {}}\n",
            "2:12: a name in channels must be a text of 1 to 64 bytes without control characters, "
            "not 'a\tb'\n"}}) {
    CAPTURE(row.yaml);
    CHECK(MessagesOf(row.yaml) == row.messages);
  }
}

TEST_CASE("a bad channel is refused with the place and what would be right", "[rules]") {
  struct Row {
    const char* channel;
    const char* messages;
  };
  for (const Row& row : std::vector<Row>{
           {"metods: [x]", "3:7: unknown key 'metods' in channel 'c'; did you mean 'methods'?\n"},
           {"colour: red",
            "3:7: unknown key 'colour' in channel 'c'; known are methods, limited_at, "
            "min_interval, own_reservations_taken_off, priority, trace, rules\n"},
           {"methods: []", "3:16: methods is an empty list; leave it out to mean every one\n"},
           {"methods: [[a]]",
            "3:17: methods must be a text of 1 to 64 bytes without control characters, not a "
            "list\n"},
           {"limited_at: few",
            "3:19: limited_at must be a number of units from 0 to 999999999 with at most three "
            "decimals, not 'few'\n"},
           {"trace: yes", "3:14: trace must be true or false, not 'yes'; did you mean 'true'?\n"},
           {"trace: true, trace: false",
            "3:20: 'trace' stands twice in channel 'c'; the first is in line 3\n"},
           {"rules: {id: r}", "3:14: rules must be a list, not a map\n"},
           {"rules: [r]", "3:15: a rule must be a map, not 'r'\n"},
           {"rules: [{limits: {cap: 1}}]", "3:15: a rule needs id, as in id: everywhere\n"},
           {"rules: [{id: '', limits: {cap: 1}}]",
            "3:20: id must be a text of 1 to 64 bytes without control characters, not ''\n"},
           {"rules: [{id: r, limits: {cap: 1}}, {id: r, limits: {cutoff_below: 1}, when: {item: "
            "x}}]",
            "3:42: the rule id 'r' stands twice in this channel; the first is in line 3\n"}}) {
    CAPTURE(row.channel);
    CHECK(InChannel(row.channel) == row.messages);
  }
}

TEST_CASE("min_interval is a duration of the channel, and none without it", "[rules]") {
  const auto interval_ms = [](const std::string& body) {
    std::vector<RulesMessage> messages;
    const auto rules = RuleSet::Load("version: 1\nchannels: {c: {" + body + "}}\n", messages);
    REQUIRE(rules != nullptr);
    return rules->channels()[0].min_interval_ms;
  };
  CHECK(interval_ms("") == 0);
  CHECK(interval_ms("min_interval: 30s") == 30'000);
  CHECK(interval_ms("min_interval: 0s") == 0);
  CHECK(InChannel("min_interval: 30").find("min_interval") != std::string::npos);
}

TEST_CASE("a channel's own reservations are deducted for it unless it says it has done so",
          "[rules]") {
  const auto taken_off = [](const std::string& body) {
    std::vector<RulesMessage> messages;
    const auto rules = RuleSet::Load("version: 1\nchannels: {c: {" + body + "}}\n", messages);
    REQUIRE(rules != nullptr);
    return rules->channels()[0].own_reservations_taken_off;
  };
  CHECK_FALSE(taken_off(""));
  CHECK_FALSE(taken_off("own_reservations_taken_off: false"));
  CHECK(taken_off("own_reservations_taken_off: true"));
  CHECK(InChannel("own_reservations_taken_off: 1") ==
        "3:35: own_reservations_taken_off must be true or false, not '1'; did you mean 'true'?\n");
}

TEST_CASE("a bad rule is refused with the place and what would be right", "[rules]") {
  struct Row {
    const char* rule;
    const char* messages;
  };
  for (const Row& row : std::vector<Row>{
           {"sync-lag: []", "5:17: unknown key 'sync-lag' in a rule; did you mean 'sync_lag'?\n"},
           {"limits: {cap: -1}",
            "5:31: limits.cap must be a number of units from 0 to 999999999 with at most three "
            "decimals, not '-1'\n"},
           {"limits: {cap: 1.0005}",
            "5:31: limits.cap must be a number of units from 0 to 999999999 with at most three "
            "decimals, not '1.0005'\n"},
           {"limits: {}", "5:25: limits needs cutoff_below or cap\n"},
           {"limits: 5", "5:25: limits must be a map, not '5'\n"},
           {"limits: {cuttoff_below: 2}",
            "5:26: unknown key 'cuttoff_below' in limits; did you mean 'cutoff_below'?\n"},
           {"limits: {cap: ~}", "5:26: limits.cap has no value; write it as in cap: 50\n"},
           {"safety_stock: {}",
            "5:31: safety_stock needs one of subtract, percent and days_of_cover\n"},
           {"safety_stock: {subtract: 1, percent: 10}",
            "5:31: safety_stock needs one of subtract, percent and days_of_cover, not subtract and "
            "percent together\n"},
           {"safety_stock: {percent: 101}",
            "5:41: safety_stock.percent must be a percentage from 0% to 100% with at most 6 "
            "decimals, not '101'\n"},
           {"safety_stock: {days_of_cover: 3651}",
            "5:47: safety_stock.days_of_cover must be a number from 0 to 3650 with at most three "
            "decimals, not '3651'\n"},
           {"presence: {}", "5:27: presence needs after_nil_pick or quiet_limit\n"},
           {"presence: {after_nil_pick: forever}",
            "5:44: presence.after_nil_pick must be until_evidence, not 'forever'\n"},
           {"presence: {quiet_limit: never}",
            "5:41: presence.quiet_limit must be a number from 0 to 1000000 with at most three "
            "decimals, not 'never'\n"},
           {"presence: {min_confidence: 0.8}",
            "5:28: presence.min_confidence is not available in this version of shelfd\n"},
           {"presence: {margin: 300, penalty: 900}",
            "5:28: presence.margin is not available in this version of shelfd\n"
            "5:41: presence.penalty is not available in this version of shelfd\n"},
           {"allocation: {group: g}",
            "5:29: allocation needs share, as in share: 60\n"
            "5:37: allocation.group names no group: 'g'; the file has no allocation_groups\n"},
           {"steady: {}", "5:25: steady needs rise_after, as in rise_after: 10m\n"},
           {"sync_lag: {over: 1m, keep: 0}", "5:27: sync_lag must be a list, not a map\n"},
           {"sync_lag: [{keep: 0}]", "5:28: a sync_lag tier needs over, as in over: 30m\n"},
           {"sync_lag: [{over: 1m}]", "5:28: a sync_lag tier needs keep or subtract\n"},
           {"sync_lag: [{over: 30, keep: 0}]",
            "5:35: sync_lag.over must be a duration with its unit, such as 250ms, 90s, 30m, 4h or "
            "2d, at "
            "most 3650d, not '30'; the unit is missing\n"},
           {"sync_lag: [{over: 3651d, keep: 0}]",
            "5:35: sync_lag.over must be a duration with its unit, such as 250ms, 90s, 30m, 4h or "
            "2d, at "
            "most 3650d, not '3651d'\n"},
           {"sync_lag: [{over: 1m, keep: 12.5%}]",
            "5:45: sync_lag.keep must be a whole percentage from 0% to 100%, not '12.5%'\n"},
           {"sync_lag: [{over: 2m, keep: 50}, {over: 1m, keep: 0}]",
            "5:50: sync_lag tiers must ascend: over is not above that of the tier before\n"},
           {"sync_lag: [{over: 1m, keep: 50}, {over: 1m, keep: 0}]",
            "5:50: sync_lag tiers must ascend: over is not above that of the tier before\n"},
           {"sync_lag: [{over: 1m, keep: 50}, {over: 2m, keep: 60}]",
            "5:50: warning: this sync_lag tier offers more than the one before, at a higher lag\n"},
           {"priority: high, limits: {cap: 1}",
            "5:27: priority must be a whole number from -1000000 to 1000000, not 'high'\n"},
           {"priority: 1000001, limits: {cap: 1}",
            "5:27: priority must be a whole number from -1000000 to 1000000, not '1000001'\n"},
           {"when: {}, limits: {cap: 1}",
            "5:23: when needs item, category, store, group or region; leave it out to mean "
            "everything\n"},
           {"when: {item: []}, limits: {cap: 1}",
            "5:30: when.item is an empty list; leave it out to mean every one\n"},
           {"when: {items: [x]}, limits: {cap: 1}",
            "5:24: unknown key 'items' in when; did you mean 'item'?\n"},
           {"when: {store: {id: 1}}, limits: {cap: 1}",
            "5:31: when.store must be a text of 1 to 64 bytes without control characters, not a "
            "map\n"},
           {"priority: 1", "5:9: warning: rule 'r' sets no stage\n"}}) {
    CAPTURE(row.rule);
    CHECK(InRule(row.rule) == row.messages);
  }
}

TEST_CASE("all errors of a file come at once, in its order", "[rules]") {
  CHECK(MessagesOf(R"(version: 3
channels:
  c:
    trace: maybe
    rules:
      - {id: a, limits: {cap: much}}
      - {id: a, stedy: {}}
)") == "1:10: version must be 1, not '3'\n"
       "4:12: trace must be true or false, not 'maybe'\n"
       "6:31: limits.cap must be a number of units from 0 to 999999999 with at most three "
       "decimals, not 'much'\n"
       "7:9: the rule id 'a' stands twice in this channel; the first is in line 6\n"
       "7:17: unknown key 'stedy' in a rule; did you mean 'steady'?\n");
}

TEST_CASE("names have a longest length, and it is counted in bytes", "[rules]") {
  const std::string longest(64, 's');
  CHECK(InRule("when: {store: " + longest + "}, limits: {cap: 1}").empty());
  CHECK(InRule("when: {store: " + longest + "x}, limits: {cap: 1}") ==
        "5:31: when.store must be a text of 1 to 64 bytes without control characters, not '" +
            std::string(60, 's') + "…'\n");
  CHECK(InRule("when: {item: " + std::string(128, 'i') + "}, limits: {cap: 1}").empty());
  CHECK_FALSE(InRule("when: {item: " + std::string(129, 'i') + "}, limits: {cap: 1}").empty());
}

TEST_CASE("there are at most 64 channels, and at most 65000 rules in one", "[rules]") {
  std::string yaml = "version: 1\nchannels:\n";
  for (int i = 0; i < 64; ++i) yaml += "  c" + std::to_string(i) + ": {}\n";
  CHECK(MessagesOf(yaml).empty());
  CHECK(MessagesOf(yaml + "  one-more: {}\n") ==
        "67:3: channel 'one-more' is one too many: at most 64\n");

  std::string rules = "version: 1\nchannels: {c: {rules: [";
  for (int i = 0; i < 65'001; ++i) rules += "{},";
  CHECK(MessagesOf(rules + "]}}\n") == "2:23: rules has 65001 elements; at most 65000\n");
}

TEST_CASE("a file that is too large is refused before it is parsed", "[rules]") {
  CHECK(MessagesOf(std::string(kRulesFileBytesMax + 1, '#')) ==
        "1:1: the file is larger than 16777216 bytes\n");
}

TEST_CASE("numbers that name things keep their zeros, and anchors may be used", "[rules]") {
  std::vector<RulesMessage> messages;
  const RulesFile file = ReadRulesFile(R"(version: 1
channels:
  a:
    rules: &shared
      - {id: r, when: {store: 0557722, item: [0042, 0042]}, limits: {cap: 1}}
  b: {rules: *shared}
)",
                                       messages);
  CHECK(Written(messages).empty());
  REQUIRE(file.rules.size() == 2);
  CHECK(file.rules[1][0].store.stores == std::vector<std::string>{"0557722"});
  CHECK(file.rules[1][0].item.items == std::vector<std::string>{"0042"});
}

TEST_CASE("a nest of lists as deep as the file is refused, not followed", "[rules]") {
  const std::string deep = "version: 1\nchannels: " + std::string(100'000, '[');
  CHECK_FALSE(MessagesOf(deep).empty());
}
