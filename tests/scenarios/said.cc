#include "scenarios/said.h"

#include <algorithm>
#include <cctype>

namespace shelf {
namespace {

using Json = nlohmann::json;

std::string Field(const Json& value, const char* name) { return value.value(name, std::string()); }

// Canonical JSON leaves zeros out and writes int64 as a string.
int64_t Number(const Json& value, const char* name) {
  return std::stoll(value.value(name, std::string("0")));
}

// Thousandths as units, "2" or "0.5".
std::string Units(int64_t milli) {
  std::string text = std::to_string(milli / 1000);
  if (milli % 1000 == 0) return text;
  std::string rest = std::to_string(1000 + std::abs(milli % 1000)).substr(1);
  rest.erase(rest.find_last_not_of('0') + 1);
  return (milli < 0 && milli > -1000 ? "-" : "") + text + "." + rest;
}

std::string Lower(std::string text, size_t from) {
  text.erase(0, from);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string Traced(const Json& trace) {
  std::string text = " = " + Units(Number(trace, "baseMilli"));
  if (!trace.contains("withheld")) return text;
  for (const Json& withheld : trace.at("withheld")) {
    text += " - " + Units(Number(withheld, "quantityMilli")) + " " + Field(withheld, "stage");
  }
  return text;
}

// The status goes without saying where it is the number's usual one.
std::string Available(const Json& value, const std::string& key) {
  const int64_t sellable = Number(value, "sellable");
  std::string text = key + " " + std::to_string(sellable);
  const std::string status =
      Lower(Field(value, "status"), std::string("AVAILABILITY_STATUS_").size());
  if (status != (sellable > 0 ? "in_stock" : "out_of_stock")) text += " " + status;
  return value.contains("trace") ? text + Traced(value.at("trace")) : text;
}

std::string Request(const Json& value) {
  std::string text = "request " + Lower(Field(value, "kind"), std::string("KIND_").size()) + " " +
                     Field(value, "store") + "/" + Field(value, "source");
  if (value.contains("fromSequence")) {
    text += " " + Field(value, "fromSequence") + "-" + Field(value, "toSequence");
  }
  if (value.contains("countSkus")) {
    for (const Json& sku : value.at("countSkus")) text += " " + sku.get<std::string>();
  }
  if (value.contains("minEpoch")) text += " from epoch " + Field(value, "minEpoch");
  return text;
}

// " collect 10:30:00, courier 12:00:00", when an order placed now is ready; " none".
std::string Services(const Json& value) {
  if (!value.contains("services")) return " none";
  std::string text;
  for (const Json& service : value.at("services")) {
    text += (text.empty() ? " " : ", ") + Field(service, "method") + " " +
            TimeText(Number(service, "readyAtMs"));
  }
  return text;
}

// When it was said, by the daemon's time.
int64_t SaidAtMs(const Json& record) {
  if (record.contains("headers")) return Number(record.at("headers"), "time");
  const Json& value = record.at("value");
  for (const char* name : {"publishedAtMs", "requestedAtMs", "daemonTimeMs"}) {
    if (value.contains(name)) return Number(value, name);
  }
  return 0;
}

}  // namespace

bool IsLong(const ScenarioRow& row) { return row.script.find(" ticks ") != std::string::npos; }

std::string Sayings::Location(const Json& value, const std::string& key) {
  const bool frozen = value.value("frozen", false);
  if (watch_ == "beacons") {
    return "beacon " + key + " through " + TimeText(Number(value, "watermarkMs")) +
           (frozen ? " frozen" : "");
  }
  if (watch_ == "services") return "services " + key + Services(value);
  if (watch_ != "frozen" || frozen_[key] == frozen) return "";
  frozen_[key] = frozen;
  return (frozen ? "frozen " : "free ") + key;
}

void Sayings::Add(const Json& record, bool with_time, Lines& out) {
  const std::string topic = record.at("topic");
  std::string text;
  if (topic == "availability") {
    text = Available(record.at("value"), Field(record, "key"));
  } else if (topic == "stock-requests") {
    text = Request(record.at("value"));
  } else if (topic == "stock-rejects") {
    text = "reject " + Field(record.at("headers"), "reason");
  } else {
    text = Location(record.at("value"), Field(record, "key"));
  }
  if (text.empty()) return;
  out.push_back(with_time ? TimeText(SaidAtMs(record)) + " " + text : text);
}

}  // namespace shelf
