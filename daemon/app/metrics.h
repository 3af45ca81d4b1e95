// What a running daemon tells Prometheus: all names in one table, filled from what GetStatus and
// the funnel answer. docs/operating/metrics.md is made from the table.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "app/queries.h"

namespace shelf {

enum class MetricKind : uint8_t { kCounter, kGauge, kInfo };

struct Metric {
  std::string_view name;
  MetricKind kind;
  bool of_funnel;  // from the funnel counted last, else from the status of the moment
  // The way to its values: names parted by '/'. "{label}" takes every entry of an object, whose key
  // becomes the label; "[label]" every element of an array, whose field of that name does. The last
  // name of an info is a label too, and its value 1.
  std::string_view way;
  double scale;  // what a value is multiplied by
  std::string_view help;
};

std::span<const Metric> Metrics();

// The exposition text. `funnel` null: none has been counted yet. A value that is null is left out,
// true is 1.
std::string MetricsText(const Json& status, const Json& funnel);

// The page of all metrics, in Markdown.
std::string MetricsPage();

}  // namespace shelf
