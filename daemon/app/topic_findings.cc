#include "app/topic_findings.h"

#include <charconv>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"

namespace shelf {
namespace {

// A number as "at least" compares it: endless is more than anything.
std::optional<int64_t> Rank(const std::string& value) {
  int64_t number = 0;
  const char* const end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (value.empty() || error != std::errc() || stop != end) return std::nullopt;
  return number < 0 ? std::numeric_limits<int64_t>::max() : number;
}

bool AtLeast(const std::string& found, const std::string& wanted) {
  const std::optional<int64_t> have = Rank(found);
  return have.has_value() && *have >= Rank(wanted).value_or(0);
}

// "604800000 (168 h)": nobody reads milliseconds.
std::string Readable(std::string_view setting, const std::string& value) {
  const std::optional<int64_t> ms = Rank(value);
  if (!setting.ends_with(".ms") || !ms.has_value()) return value;
  if (value.front() == '-') return value + " (endless)";
  constexpr int64_t kSecondMs = 1000, kMinuteMs = 60 * kSecondMs, kHourMs = 60 * kMinuteMs;
  for (const auto& [unit_ms, unit] :
       {std::pair{kHourMs, " h)"}, {kMinuteMs, " min)"}, {kSecondMs, " s)"}}) {
    if (*ms > 0 && *ms % unit_ms == 0) return absl::StrCat(value, " (", *ms / unit_ms, unit);
  }
  return value;
}

std::string Copies(int32_t count) { return absl::StrCat(count, count == 1 ? " copy" : " copies"); }

bool Names(const std::string& policies, const std::string& policy) {
  return ("," + policies + ",").find("," + policy + ",") != std::string::npos;
}

std::string ValueOf(const TopicDescription& topic, std::string_view setting) {
  const auto it = topic.settings.find(std::string(setting));
  return it == topic.settings.end() ? "" : it->second;
}

// Kafka takes -1 for endless, and the largest number comes to the same.
bool IsEndless(const std::string& value) {
  return Rank(value) == std::numeric_limits<int64_t>::max();
}

// Whether nothing is ever deleted by age or size, whatever the policy is called.
bool IsEndless(const TopicDescription& topic) {
  return IsEndless(ValueOf(topic, "retention.ms")) && IsEndless(ValueOf(topic, "retention.bytes"));
}

// Another policy removes what the one before kept: earlier records of a key, or old ones.
bool Deletes(std::string_view setting, const std::string& found, const std::string& set_to) {
  if (setting == "cleanup.policy") return true;
  return (setting == "retention.ms" || setting == "retention.bytes") && !AtLeast(set_to, found);
}

const char* ApplySets(bool deletes) {
  return deletes ? "`shelfctl topics apply --force` sets it, which may delete records at once"
                 : "`shelfctl topics apply` sets it";
}

bool Satisfies(const SettingWant& want, const TopicDescription& topic) {
  const std::string found = ValueOf(topic, want.name);
  switch (want.demand) {
    case Demand::kExactly:
      return found == want.value;
    case Demand::kAtLeast:
    case Demand::kAboveInput:
      return AtLeast(found, want.value);
    case Demand::kKeepsEvents:
      return !Names(found, "compact");
    case Demand::kKeepsKeys:
      return Names(found, "compact") && (!Names(found, "delete") || IsEndless(topic));
  }
  return false;
}

std::string WantedText(const SettingWant& want) {
  const bool least = want.demand == Demand::kAtLeast || want.demand == Demand::kAboveInput;
  const std::string value = Readable(want.name, want.value);
  return least && want.value != "-1" ? absl::StrCat("at least ", value) : value;
}

// The findings of one topic.
class Comparison {
 public:
  Comparison(const TopicPlan& plan, std::vector<TopicFinding>& findings)
      : plan_(plan), findings_(findings) {}

  void Missing();
  void Closed(const absl::Status& status);
  void Described(const TopicDescription& topic);

 private:
  void Shape(const TopicDescription& topic);
  bool HasItsPartitions(const TopicDescription& topic) const;
  void Setting(const SettingWant& want, const TopicDescription& topic);
  // Adds a finding that setting `set_to` mends, were the topic ours for sure.
  void AddSettable(const SettingWant& want, const TopicDescription& topic, Severity severity,
                   const std::string& sentence, const std::string& set_to);
  void Untold(const SettingWant& want);
  void InSync(const SettingWant& want, const TopicDescription& topic);
  void AddInSync(const SettingWant& want, const TopicDescription& topic, Severity severity,
                 const std::string& trouble);
  std::optional<std::string> InSyncToSet(const SettingWant& want,
                                         const TopicDescription& topic) const;
  std::string Is(const SettingWant& want, const TopicDescription& topic) const;
  // `sentence` goes on after the topic's name.
  void Add(std::string_view setting, const std::string& found, const std::string& wanted,
           Severity severity, const std::string& sentence) {
    findings_.push_back({plan_.name, std::string(setting), found, wanted, severity, std::nullopt,
                         absl::StrCat("topic ", plan_.name, ": ", sentence)});
  }

  const TopicPlan& plan_;
  std::vector<TopicFinding>& findings_;
};

void Comparison::Missing() {
  Add("topic", "", absl::StrCat(plan_.partitions, " partitions"), Severity::kLosesData,
      "is not there; `shelfctl topics apply` makes it");
}

void Comparison::Closed(const absl::Status& status) {
  Add("access", "", "Describe and DescribeConfigs", Severity::kLosesData,
      absl::StrCat("may not be described (", std::string(status.message()),
                   "), so nobody knows what it loses; allow Describe and DescribeConfigs on it, or "
                   "look at it yourself and set topics.verify: warn"));
}

std::string PartitionTrouble(const TopicPlan& plan, int32_t found) {
  if (plan.partition_demand == PartitionDemand::kOne) {
    return absl::StrCat("has ", found,
                        " partitions, has to have 1: the order of its records counts. Make it anew "
                        "with one");
  }
  return absl::StrCat(
      "has ", found, " partitions, topics.partitions is ", plan.partitions,
      ": with another number a store's events come to another partition than those before. Set "
      "topics.partitions to ",
      found,
      " if that is how all were made; partitions that were added cannot be taken away, so "
      "else make the topic anew, and start with an empty state folder");
}

bool Comparison::HasItsPartitions(const TopicDescription& topic) const {
  return plan_.partition_demand == PartitionDemand::kAny || topic.partitions == plan_.partitions;
}

void Comparison::Shape(const TopicDescription& topic) {
  if (!HasItsPartitions(topic)) {
    Add("partitions", absl::StrCat(topic.partitions), absl::StrCat(plan_.partitions),
        Severity::kLosesData, PartitionTrouble(plan_, topic.partitions));
  }
  if (topic.replicas_min >= plan_.replicas) return;
  Add("replicas", absl::StrCat(topic.replicas_min), absl::StrCat("at least ", plan_.replicas),
      plan_.durability,
      absl::StrCat("a partition has ", Copies(topic.replicas_min),
                   ", topics.replication_factor is ", plan_.replicas,
                   ": what fewer disks hold is lost sooner. Add copies with Kafka's "
                   "kafka-reassign-partitions, or set topics.replication_factor to ",
                   topic.replicas_min, " if that is meant"));
}

std::string Comparison::Is(const SettingWant& want, const TopicDescription& topic) const {
  const std::string name(want.name);
  return absl::StrCat(name, " is ", Readable(want.name, ValueOf(topic, want.name)),
                      topic.overrides.contains(name) ? "" : " (by the brokers' default)");
}

void Comparison::Untold(const SettingWant& want) {
  Add(want.name, "", WantedText(want), Severity::kAdvice,
      absl::StrCat("the brokers do not tell its ", std::string(want.name),
                   "; see to it that it is ", WantedText(want)));
}

void Comparison::AddSettable(const SettingWant& want, const TopicDescription& topic,
                             Severity severity, const std::string& sentence,
                             const std::string& set_to) {
  const std::string found = ValueOf(topic, want.name);
  const bool settable = HasItsPartitions(topic);
  const bool deletes = settable && Deletes(want.name, found, set_to);
  Add(want.name, found, WantedText(want), severity,
      absl::StrCat(sentence, "; ",
                   settable
                       ? ApplySets(deletes)
                       : "with these partitions it may be somebody else's, and is left alone"));
  if (settable) findings_.back().set_to = set_to;
  findings_.back().deletes = deletes;
}

// What fewer copies than wanted can hold cannot be asked of the topic.
std::optional<std::string> Comparison::InSyncToSet(const SettingWant& want,
                                                   const TopicDescription& topic) const {
  return AtLeast(absl::StrCat(topic.replicas_min), want.value) ? std::optional(want.value)
                                                               : std::nullopt;
}

void Comparison::AddInSync(const SettingWant& want, const TopicDescription& topic,
                           Severity severity, const std::string& trouble) {
  const std::string sentence = Is(want, topic) + trouble;
  if (const std::optional<std::string> set_to = InSyncToSet(want, topic); set_to.has_value()) {
    AddSettable(want, topic, severity, sentence, *set_to);
  } else {
    Add(want.name, ValueOf(topic, want.name), WantedText(want), severity,
        sentence + "; first it needs as many copies");
  }
}

// More copies have to be in sync than may fail, and fewer than there are.
void Comparison::InSync(const SettingWant& want, const TopicDescription& topic) {
  const std::string found = ValueOf(topic, want.name);
  const std::string copies = absl::StrCat(topic.replicas_min);
  const std::string but_copies = absl::StrCat("a partition has ", Copies(topic.replicas_min));
  if (!AtLeast(copies, found)) {
    AddInSync(want, topic, Severity::kLosesData,
              absl::StrCat(", but ", but_copies, ": no record can be written"));
  } else if (!AtLeast(found, want.value)) {
    AddInSync(want, topic, want.severity,
              absl::StrCat(", has to be ", WantedText(want), ", else ", std::string(want.why)));
  } else if (found == copies && topic.replicas_min > 1) {
    Add(want.name, found, absl::StrCat("less than ", copies), Severity::kAdvice,
        absl::StrCat(Is(want, topic), ", and ", but_copies,
                     ": with one broker away nothing can be written; add copies"));
  }
}

void Comparison::Setting(const SettingWant& want, const TopicDescription& topic) {
  if (!topic.settings.contains(std::string(want.name))) return Untold(want);
  if (want.name == kMinInsyncReplicas) return InSync(want, topic);
  if (Satisfies(want, topic)) return;
  const bool only_grows = want.demand == Demand::kKeepsKeys && IsEndless(topic);
  AddSettable(want, topic, only_grows ? Severity::kAdvice : want.severity,
              absl::StrCat(Is(want, topic), ", has to be ", WantedText(want), ", else ",
                           only_grows ? "the topic grows without end" : std::string(want.why)),
              want.value);
}

void Comparison::Described(const TopicDescription& topic) {
  Shape(topic);
  for (const SettingWant& want : plan_.settings) Setting(want, topic);
}

}  // namespace

std::vector<TopicFinding> CompareTopics(
    const std::vector<TopicPlan>& plan,
    const std::vector<absl::StatusOr<TopicDescription>>& found) {
  std::vector<TopicFinding> findings;
  for (size_t t = 0; t < plan.size(); ++t) {
    Comparison comparison(plan[t], findings);
    if (found[t].ok()) {
      comparison.Described(*found[t]);
    } else if (absl::IsNotFound(found[t].status())) {
      comparison.Missing();
    } else {
      comparison.Closed(found[t].status());
    }
  }
  return findings;
}

void FitToInput(const TopicDescription& input, std::vector<TopicPlan>& plan) {
  const std::optional<int64_t> input_bytes = Rank(ValueOf(input, kMaxMessageBytes));
  if (!input_bytes.has_value()) return;
  const std::string above = std::to_string(*input_bytes + kRejectExtraBytes);
  for (TopicPlan& topic : plan) {
    for (SettingWant& want : topic.settings) {
      if (want.demand == Demand::kAboveInput && !AtLeast(want.value, above)) want.value = above;
    }
  }
}

std::vector<std::string> NamesOf(const std::vector<TopicPlan>& plan) {
  std::vector<std::string> names;
  for (const TopicPlan& topic : plan) names.push_back(topic.name);
  return names;
}

}  // namespace shelf
