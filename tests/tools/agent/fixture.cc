#include "fixture.h"

#include <stdlib.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <tuple>

#include "support/catch.h"

namespace shelf::agent {

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "shelf-agent-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::Write(std::string_view name, std::string_view content) const {
  std::ofstream(path(name), std::ios::binary) << content;
  return path(name);
}

std::string Folder::WriteGzip(std::string_view name, std::string_view content) const {
  gzFile file = gzopen(path(name).c_str(), "wb");
  gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
  gzclose(file);
  return path(name);
}

std::string Folder::Read(std::string_view name) const {
  std::ifstream file(path(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Agent::Agent(const Folder& folder, int32_t partitions)
    : log(partitions), sink(&log, {{kTopic, "topic"}}), folder_(folder), partitions_(partitions) {}

absl::StatusOr<Report> Agent::Send(const SendOptions& options) {
  absl::StatusOr<std::unique_ptr<StateFolder>> state = StateFolder::Open(folder_.path("state"));
  if (!state.ok()) return state.status();
  std::vector<Delivery> of_the_process_before;
  sink.Drain(0, of_the_process_before);
  return agent::Send(options, **state, sink, limits, [this] { return now_ms += step_ms; });
}

std::vector<std::pair<std::string, std::string>> Agent::Records() const {
  std::vector<std::pair<std::string, std::string>> records;
  for (int32_t partition = 0; partition < partitions_; ++partition) {
    for (const MemoryRecord& record : log.Records("topic", partition)) {
      records.emplace_back(record.key, record.value);
    }
  }
  return records;
}

std::vector<v1::StockEvent> Agent::Events() const {
  std::vector<v1::StockEvent> events;
  for (const auto& [key, value] : Records()) {
    REQUIRE(events.emplace_back().ParseFromString(value));
    REQUIRE(events.back().store() == key);
  }
  return events;
}

std::vector<v1::StockEvent> Agent::EventsOf(std::string_view store) const {
  std::vector<v1::StockEvent> events;
  for (v1::StockEvent& event : Events()) {
    if (event.store() == store) events.push_back(std::move(event));
  }
  return events;
}

std::vector<v1::StockEvent> Agent::Deduplicated() const {
  std::set<std::tuple<std::string, std::string, uint64_t, uint64_t>> seen;
  std::vector<v1::StockEvent> events;
  for (v1::StockEvent& event : Events()) {
    const bool is_new =
        seen.emplace(event.store(), event.source(), event.epoch(), event.sequence()).second;
    if (is_new) events.push_back(std::move(event));
  }
  return events;
}

SendOptions Movements(const std::string& path) {
  SendOptions options;
  options.kind = Kind::kMovements;
  options.file.path = path;
  options.topic = "topic";
  options.rows.reason = v1::REASON_SALE;
  options.rows.sign = -1;
  return options;
}

SendOptions List(const std::string& path) {
  SendOptions options;
  options.kind = Kind::kList;
  options.file.path = path;
  options.topic = "topic";
  options.time = "2023-11-14 22:00:00";
  return options;
}

}  // namespace shelf::agent
