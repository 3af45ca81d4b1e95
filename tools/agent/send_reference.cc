#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "agent/reference_rows.h"
#include "agent/send_parts.h"
#include "base/check.h"

namespace shelf::agent {
namespace {

struct ReferenceKind {
  absl::Span<const ColumnSpec> columns;
  std::string_view (*parse)(const Rows& rows, ReferenceRecord& out);
};

ReferenceKind KindOf(Kind kind) {
  switch (kind) {
    case Kind::kStores:
      return {StoreColumns(), ParseStore};
    case Kind::kItems:
      return {ItemColumns(), ParseItem};
    case Kind::kListings:
      return {ListingColumns(), ParseListing};
    case Kind::kList:
    case Kind::kMovements:
    case Kind::kHeartbeats:
      break;
  }
  SHELF_CHECK(false, "no kind of reference data");
  return {};
}

// The content last sent under each key, as a hash that never leaves the process.
using SentContents = absl::flat_hash_map<std::string, size_t>;

absl::Status SendRow(const Rows& rows, const ReferenceKind& kind, SentContents& sent, Outlets& to) {
  ReferenceRecord record;
  std::string_view problem = rows.problem();
  if (problem.empty()) problem = kind.parse(rows, record);
  if (!problem.empty()) {
    ++to.report.rejected;
    to.rejects.Add(rows.row(), problem);
    return absl::OkStatus();
  }
  const size_t content = absl::HashOf(record.value);
  const auto [before, is_new] = sent.try_emplace(record.key, content);
  if (!is_new && before->second == content) {
    ++to.report.repeated;
    return absl::OkStatus();
  }
  before->second = content;
  if (!record.left_out.empty()) {
    ++to.report.left_out;
    to.rejects.Add(rows.row(), record.left_out);
  }
  ++to.report.lines;
  ++to.report.events;
  return to.sender.Send(record.key, record.value, 1);
}

}  // namespace

absl::Status SendReference(const SendOptions& options, Outlets& to) {
  const ReferenceKind kind = KindOf(options.kind);
  absl::StatusOr<std::unique_ptr<Rows>> rows = Rows::Open(options.file, kind.columns);
  if (!rows.ok()) return rows.status();
  SentContents sent;
  for (;;) {
    absl::StatusOr<bool> more = (*rows)->Next();
    if (!more.ok()) return more.status();
    if (!*more) break;
    ++to.report.rows;
    if (absl::Status s = SendRow(**rows, kind, sent, to); !s.ok()) return s;
  }
  if (options.kind == Kind::kStores) to.report.stores = static_cast<int64_t>(sent.size());
  return to.sender.Flush();
}

}  // namespace shelf::agent
