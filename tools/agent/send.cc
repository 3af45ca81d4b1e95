#include "agent/send.h"

#include <algorithm>
#include <array>
#include <iomanip>
#include <memory>
#include <ostream>
#include <utility>

#include "agent/send_parts.h"

namespace shelf::agent {
namespace {

constexpr std::array<std::pair<std::string_view, Kind>, 6> kKinds = {{
    {"stores", Kind::kStores},
    {"items", Kind::kItems},
    {"listings", Kind::kListings},
    {"list", Kind::kList},
    {"movements", Kind::kMovements},
    {"heartbeats", Kind::kHeartbeats},
}};

absl::Status SendStockEvents(const SendOptions& options, const StateFolder& folder, Outlets& to) {
  absl::StatusOr<std::unique_ptr<SequenceBook>> book = SequenceBook::Open(folder, to.now_ms());
  if (!book.ok()) return book.status();
  return SendEvents(options, **book, to);
}

}  // namespace

std::optional<Kind> ParseKind(std::string_view name) {
  for (const auto& [known, kind] : kKinds) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

std::string_view KindName(Kind kind) {
  return std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& k) { return k.second == kind; })
      ->first;
}

bool IsReference(Kind kind) {
  return kind == Kind::kStores || kind == Kind::kItems || kind == Kind::kListings;
}

void Print(const Report& report, std::ostream& out) {
  const std::array<std::pair<std::string_view, int64_t>, 11> counts = {{
      {"rows read", report.rows},
      {"lines sent", report.lines},
      {"documents", report.documents},
      {"events", report.events},
      {"zero quantity, skipped", report.zero_quantity},
      {"lines in thousandths", report.thousandths},
      {"repeated, skipped", report.repeated},
      {"rejected rows", report.rejected},
      {"sent with a part left out", report.left_out},
      {"stores", report.stores},
      {"stores not in time order", report.stores_out_of_order},
  }};
  for (const auto& [name, count] : counts) {
    out << std::left << std::setw(27) << name << std::right << std::setw(12) << count << '\n';
  }
  out << std::left << std::setw(27) << "seconds" << std::right << std::setw(12) << std::fixed
      << std::setprecision(1) << static_cast<double>(report.elapsed_ms) / 1000 << '\n';
}

absl::StatusOr<Report> Send(const SendOptions& options, const StateFolder& folder, Sink& sink,
                            const SenderLimits& limits, const Sender::Clock& now_ms) {
  const int64_t started_ms = now_ms();
  Sender sender(sink, kTopic, limits, now_ms);
  RejectFile rejects(folder.PathOf("rejected.csv"), options.file.path);
  Report report;
  Outlets to{sender, rejects, report, now_ms};
  absl::Status status =
      IsReference(options.kind) ? SendReference(options, to) : SendStockEvents(options, folder, to);
  status.Update(rejects.Close());
  if (!status.ok()) return status;
  report.elapsed_ms = now_ms() - started_ms;
  return report;
}

}  // namespace shelf::agent
