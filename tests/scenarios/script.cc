#include "scenarios/script.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>

#include "app/pipe.h"
#include "support/temp_dir.h"

namespace shelf {
namespace {

using Json = nlohmann::json;

std::string Field(const Json& value, const char* name) { return value.value(name, std::string()); }

// Canonical JSON leaves zeros out and writes int64 as a string.
int64_t Number(const Json& value, const char* name) {
  return std::stoll(value.value(name, std::string("0")));
}

std::string Lower(std::string text, size_t from) {
  text.erase(0, from);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

Played PlayInput(std::string_view rules, const std::string& input) {
  const TempDir folder;
  const std::string file = folder.Inside("rules.yaml");
  std::ofstream(file) << rules;
  std::istringstream in(input);
  std::ostringstream out, err;
  Played played;
  played.exit = RunPipe({.rules_path = file}, in, out, err);
  played.err = err.str();
  std::istringstream lines(out.str());
  for (std::string line; std::getline(lines, line);) played.records.push_back(Json::parse(line));
  return played;
}

Played Play(std::string_view rules, std::string_view script) {
  return PlayInput(rules, InputOf(script));
}

std::vector<Json> Played::of_topic(std::string_view topic) const {
  std::vector<Json> found;
  std::copy_if(records.begin(), records.end(), std::back_inserter(found),
               [&](const Json& record) { return record.at("topic") == topic; });
  return found;
}

Lines Played::availability() const {
  Lines lines;
  for (const Json& record : of_topic("availability")) {
    const Json& value = record.at("value");
    lines.push_back(TimeText(Number(value, "publishedAtMs")) + " " + Field(record, "key") + " " +
                    std::to_string(Number(value, "sellable")) + " " +
                    Lower(Field(value, "status"), std::string("AVAILABILITY_STATUS_").size()));
  }
  return lines;
}

Lines Played::numbers() const {
  Lines lines;
  for (const Json& record : of_topic("availability")) {
    lines.push_back(Field(record, "key") + " " +
                    std::to_string(Number(record.at("value"), "sellable")));
  }
  return lines;
}

Lines Played::reject_reasons() const {
  Lines lines;
  for (const Json& record : of_topic("stock-rejects")) {
    lines.push_back(Field(record.at("headers"), "reason"));
  }
  return lines;
}

Lines Played::requests() const {
  Lines lines;
  for (const Json& record : of_topic("stock-requests")) {
    const Json& value = record.at("value");
    std::string line = Lower(Field(value, "kind"), std::string("KIND_").size()) + " " +
                       Field(value, "store") + "/" + Field(value, "source");
    if (value.contains("fromSequence")) {
      line += " " + Field(value, "fromSequence") + "-" + Field(value, "toSequence");
    }
    for (const Json& sku : value.value("countSkus", Json::array())) {
      line += " " + sku.get<std::string>();
    }
    if (value.contains("minEpoch")) line += " min-epoch=" + Field(value, "minEpoch");
    lines.push_back(line);
  }
  return lines;
}

}  // namespace shelf
