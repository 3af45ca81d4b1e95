#include "app/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace shelf {
namespace {

constexpr double kMsToS = 1e-3;
constexpr double kMilli = 1e-3;
constexpr MetricKind kCounter = MetricKind::kCounter;
constexpr MetricKind kGauge = MetricKind::kGauge;

constexpr std::array kMetrics = {
    Metric{"shelfd_caught_up", kGauge, false, "caught_up", 1,
           "1 when the log is caught up in every partition and numbers are published."},
    Metric{"shelfd_incarnation", kGauge, false, "incarnation", 1,
           "Number of this start; it only rises."},
    Metric{"shelfd_rule_set_info", MetricKind::kInfo, false, "rule_set", 1,
           "The newest rule set, by the hash that its explanations name."},
    Metric{
        "shelfd_rules_refused", kGauge, false, "rules_refused", 1,
        "1 when the newest rules that were proposed cannot be used or the brake held them back."},
    Metric{"shelfd_records_total", kCounter, false, "counters/records", 1,
           "Records of stock-events handled since the start, ticks included."},
    Metric{"shelfd_lines_total", kCounter, false, "counters/lines", 1,
           "Lines of documents applied since the start."},
    Metric{"shelfd_ticks_total", kCounter, false, "counters/ticks", 1,
           "Ticks consumed since the start; while they stand still, so does time."},
    Metric{"shelfd_duplicates_total", kCounter, false, "counters/duplicates", 1,
           "Documents that had come before."},
    Metric{"shelfd_lists_held_total", kCounter, false, "counters/lists_held", 1,
           "Full lists that had to wait for an operator."},
    Metric{"shelfd_reserved_beyond_total", kCounter, false, "counters/reserved_beyond", 1,
           "Reservations of more than there was."},
    Metric{"shelfd_foreign_keys_total", kCounter, false, "counters/foreign_keys", 1,
           "Keys said again since somebody else had written them."},
    Metric{"shelfd_stray_keys", kGauge, false, "stray_channels/keys_beyond", 1,
           "Keys in the output of channels that nobody knows and for which there is no place: they "
           "cannot be set to zero."},
    Metric{"shelfd_checkpoints_total", kCounter, false, "counters/checkpoints", 1,
           "Checkpoints written."},
    Metric{"shelfd_checkpoints_failed_total", kCounter, false, "counters/checkpoints_failed", 1,
           "Checkpoints that could not be written and went out with the next."},
    Metric{"shelfd_evaluations_total", kCounter, false, "counters/evaluations", 1,
           "Positions evaluated."},
    Metric{"shelfd_published_total", kCounter, false, "counters/published", 1,
           "Availability records sent."},
    Metric{"shelfd_rejected_total", kCounter, false, "rejects/total", 1,
           "Records and lines refused."},
    Metric{"shelfd_rejects_total", kCounter, false, "rejects/by_reason/{reason}", 1,
           "The same by reason; a reason is there from its first one on."},
    Metric{"shelfd_rejects_unacknowledged", kGauge, false, "rejects/unacknowledged", 1,
           "Refused records on their way to stock-rejects."},
    Metric{"shelfd_outbox_keys", kGauge, false, "outbox/{state}", 1,
           "Keys whose newest number is not in the log: waiting, held for the channel's "
           "min_interval, in_flight."},
    Metric{"shelfd_stores", kGauge, false, "stores", 1, "Stores known."},
    Metric{"shelfd_positions", kGauge, false, "positions", 1, "Positions known."},
    Metric{"shelfd_lists_held", kGauge, false, "holds", 1,
           "Full lists that wait for an operator now."},
    Metric{"shelfd_store_lag_worst_seconds", kGauge, false, "lag/worst_ms", kMsToS,
           "The longest known lag of a store, in its trading time."},
    Metric{"shelfd_stores_lag_unknown", kGauge, false, "lag/unknown", 1,
           "Stores that have never promised anything."},
    Metric{"shelfd_stores_frozen", kGauge, false, "lag/frozen", 1,
           "Stores of which documents are missing or a list waits."},
    Metric{"shelfd_stores_state_lost", kGauge, false, "lag/state_lost", 1,
           "Stores whose full list is awaited after a loss."},
    Metric{"shelfd_stores_behind", kGauge, false, "lag/behind/{behind}", 1,
           "Stores by how far they are behind; each is in one range."},
    Metric{"shelfd_memory_bytes", kGauge, false, "bytes/{part}", 1,
           "Bytes held, by what they hold."},
    Metric{"shelfd_partition_time_seconds", kGauge, false, "partitions/[partition]/time_ms", kMsToS,
           "Partition time, as Unix time."},
    Metric{"shelfd_partition_next_offset", kGauge, false, "partitions/[partition]/next_offset", 1,
           "Offset of the next record to read."},
    Metric{"shelfd_funnel_counted_seconds", kGauge, true, "time_ms/to", kMsToS,
           "When the funnel was counted, as Unix time: what follows is as of then."},
    Metric{"shelfd_funnel_duration_seconds", kGauge, true, "duration_ms", kMsToS,
           "How long the count took; it is no picture of one instant."},
    Metric{"shelfd_funnel_base_units", kGauge, true, "channels/[channel]/base_milli", kMilli,
           "What is free of all positions, in their units of measure."},
    Metric{"shelfd_funnel_withheld_units", kGauge, true,
           "channels/[channel]/stages/[stage]/withheld_milli", kMilli,
           "What each stage withholds. Base less all of them is sellable."},
    Metric{"shelfd_funnel_withheld_keys", kGauge, true,
           "channels/[channel]/stages/[stage]/positions", 1,
           "Keys of which the stage takes something off."},
    Metric{"shelfd_funnel_sellable_units", kGauge, true, "channels/[channel]/sellable_milli",
           kMilli, "What may be sold."},
    Metric{"shelfd_funnel_keys", kGauge, true, "channels/[channel]/keys/{status}", 1,
           "Keys by status; each is in one."},
    Metric{"shelfd_funnel_ineligible_keys", kGauge, true, "channels/[channel]/ineligible/{reason}",
           1, "Keys that the channel may not sell, by reason."},
    Metric{"shelfd_funnel_undecided_keys", kGauge, true, "channels/[channel]/undecided", 1,
           "Keys that wait for a sweep: what would be decided is not what was decided."},
};

using Labels = std::vector<prometheus::ClientMetric::Label>;

std::string TextOf(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

double NumberOf(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  return value.get<double>();
}

// Follows a metric's way through an answer and collects a value at each of its ends.
class Collector {
 public:
  Collector(const Metric& metric, prometheus::MetricFamily& family)
      : metric_(metric), family_(family) {}

  void Walk(const Json& at, std::string_view way, const Labels& labels) {
    if (at.is_null()) return;
    if (way.empty()) return Take(at, labels);
    const size_t end = std::min(way.find('/'), way.size());
    const std::string_view step = way.substr(0, end);
    const std::string_view rest = way.substr(std::min(end + 1, way.size()));
    const std::string name(
        step.front() == '{' || step.front() == '[' ? step.substr(1, step.size() - 2) : step);
    if (step.front() == '{') {
      for (const auto& [key, value] : at.items()) Walk(value, rest, With(labels, name, key));
    } else if (step.front() == '[') {
      for (const Json& element : at) {
        Walk(element, rest, With(labels, name, TextOf(element.at(name))));
      }
    } else if (at.contains(name)) {
      Walk(at.at(name), rest, labels);
    }
  }

 private:
  static Labels With(Labels labels, const std::string& name, const std::string& value) {
    labels.push_back({name, value});
    return labels;
  }

  void Take(const Json& value, Labels labels) {
    prometheus::ClientMetric& metric = family_.metric.emplace_back();
    if (metric_.kind == MetricKind::kInfo) {
      labels.push_back(
          {std::string(metric_.way.substr(metric_.way.rfind('/') + 1)), TextOf(value)});
      metric.gauge.value = 1;
    } else if (metric_.kind == MetricKind::kCounter) {
      metric.counter.value = NumberOf(value) * metric_.scale;
    } else {
      metric.gauge.value = NumberOf(value) * metric_.scale;
    }
    metric.label = std::move(labels);
  }

  const Metric& metric_;
  prometheus::MetricFamily& family_;
};

std::string LabelsOf(const Metric& metric) {
  std::string labels;
  const auto add = [&labels](std::string_view label) {
    absl::StrAppend(&labels, labels.empty() ? "" : ", ", "`", std::string(label), "`");
  };
  for (size_t at = metric.way.find_first_of("{["); at != std::string_view::npos;
       at = metric.way.find_first_of("{[", at + 1)) {
    add(metric.way.substr(at + 1, metric.way.find_first_of("}]", at) - at - 1));
  }
  if (metric.kind == MetricKind::kInfo) add(metric.way.substr(metric.way.rfind('/') + 1));
  return labels;
}

}  // namespace

std::span<const Metric> Metrics() { return kMetrics; }

std::string MetricsText(const Json& status, const Json& funnel) {
  std::vector<prometheus::MetricFamily> families;
  for (const Metric& metric : kMetrics) {
    prometheus::MetricFamily family;
    family.name = std::string(metric.name);
    family.help = std::string(metric.help);
    family.type = metric.kind == MetricKind::kCounter ? prometheus::MetricType::Counter
                                                      : prometheus::MetricType::Gauge;
    Collector(metric, family).Walk(metric.of_funnel ? funnel : status, metric.way, {});
    if (!family.metric.empty()) families.push_back(std::move(family));
  }
  return prometheus::TextSerializer().Serialize(families);
}

std::string MetricsPage() {
  std::string page = "| Name | Type | Labels | |\n|---|---|---|---|\n";
  for (const Metric& metric : kMetrics) {
    absl::StrAppend(&page, "| `", std::string(metric.name), "` | ",
                    metric.kind == MetricKind::kCounter ? "counter" : "gauge", " | ",
                    LabelsOf(metric), " | ", std::string(metric.help), " |\n");
  }
  return page;
}

}  // namespace shelf
