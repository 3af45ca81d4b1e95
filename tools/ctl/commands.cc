#include "ctl/commands.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "ctl/admin_client.h"
#include "ctl/answer.h"
#include "ctl/funnel_table.h"
#include "ctl/table.h"
#include "ctl/whole_file.h"
#include "state/rocks_store.h"

namespace shelf::ctl {
namespace {

int AskAndShow(const Common& common, const std::string& target, Show show, std::ostream& out,
               std::ostream& err, std::chrono::milliseconds answer_max = AdminClient::kAnswerMax) {
  const absl::StatusOr<Json> answer = AdminClient(common.admin, answer_max).Get(target);
  return ShowAnswer(common, answer, show, out, err);
}

std::string AnchorText(const Json& anchor) {
  if (anchor.at("kind") == "none") return "none: never counted, never in a list";
  return absl::StrCat(Text(anchor.at("kind")), " of ", Time(anchor.at("time_ms")), " from ",
                      anchor.value("source", "an unknown source"));
}

// Nothing is written of what is neither reserved nor expected.
void ShowOrders(const Json& position, std::ostream& out) {
  if (!position.at("reservations").empty()) {
    Table table({{"RESERVATION"}, {"CHANNEL"}, {"QUANTITY", true}, {"ENDS AT THE LATEST"}});
    for (const Json& held : position.at("reservations")) {
      table.Add({Text(held.at("reservation")), Text(held.at("channel")),
                 Quantity(held.at("quantity_milli")), Time(held.at("expires_ms"))});
    }
    table.Write(out);
    out << '\n';
  }
  if (position.at("expected").empty()) return;
  Table table({{"EXPECTED"}, {"QUANTITY", true}, {"DUE"}});
  for (const Json& awaited : position.at("expected")) {
    table.Add({Text(awaited.at("document")), Quantity(awaited.at("quantity_milli")),
               Time(awaited.at("due_ms"))});
  }
  table.Write(out);
  out << '\n';
}

void ShowEvidence(const Json& position, std::ostream& out) {
  const Json& sales = position.at("sales");
  out << "store " << Text(position.at("store")) << ", SKU " << Text(position.at("sku"));
  if (!position.at("name").is_null()) out << " (" << Text(position.at("name")) << ')';
  out << "\n  on hand    " << Quantity(position.at("on_hand_milli")) << ' '
      << Text(position.at("unit_of_measure"))  //
      << "\n  reserved   " << Quantity(position.at("reserved_milli")) << "\n  expected   "
      << Quantity(position.at("expected_milli")) << "\n  anchor     "
      << AnchorText(position.at("anchor"))  //
      << "\n  sales      " << Text(sales.at("count")) << ", the last "
      << Time(sales.at("last_ms"))  //
      << "\n  nil pick   " << Time(position.at("nil_pick_ms")) << "\n  known to   "
      << Time(position.at("watermark_ms")) << ", lag " << Lag(position.at("lag_ms"))
      << (position.at("frozen").get<bool>() ? ", frozen" : "") << "\n\n";
  ShowOrders(position, out);
}

void ShowPosition(const Json& position, std::ostream& out) {
  ShowEvidence(position, out);
  Table table({{"CHANNEL"}, {"SELLABLE", true}, {"STATUS"}, {"PUBLISHED"}, {"ACKNOWLEDGED"}});
  for (const Json& channel : position.at("channels")) {
    table.Add({Text(channel.at("channel")), Text(channel.at("sellable")),
               Text(channel.at("status")), YesNo(channel.at("published")),
               YesNo(channel.at("acknowledged"))});
  }
  table.Write(out);
}

size_t MissingRuns(const Json& store) {
  size_t gaps = 0;
  for (const Json& source : store.at("sources")) gaps += source.at("gaps").size();
  return gaps;
}

void ShowStores(const Json& stores, std::ostream& out) {
  Table table({{"STORE"},
               {"PARTITION", true},
               {"LAG", true},
               {"KNOWN TO"},
               {"FROZEN"},
               {"GAPS", true},
               {"POSITIONS", true},
               {"IN REFERENCE"}});
  for (const Json& store : stores) {
    table.Add({Text(store.at("store")), Text(store.at("partition")), Lag(store.at("lag_ms")),
               Time(store.at("watermark_ms")),
               store.value("state_lost", false) ? "state lost" : YesNo(store.at("frozen")),
               std::to_string(MissingRuns(store)), Text(store.at("positions")),
               YesNo(store.at("known"))});
  }
  table.Write(out);
}

// Nested objects as "outbox.waiting"; the partitions have a table of their own.
void AddPairs(const std::string& prefix, const Json& object, Table& table) {
  for (const auto& [name, value] : object.items()) {
    if (name == "partitions") continue;
    if (value.is_object()) {
      AddPairs(absl::StrCat(prefix, name, "."), value, table);
    } else {
      table.Add({prefix + name, Text(value)});
    }
  }
}

void ShowStatus(const Json& status, std::ostream& out) {
  Table pairs({{"NAME"}, {"VALUE"}});
  AddPairs("", status, pairs);
  pairs.Write(out);
  out << '\n';
  Table table(
      {{"PARTITION", true}, {"NEXT OFFSET", true}, {"TIME"}, {"CAUGHT UP"}, {"STORES", true}});
  for (const Json& partition : status.at("partitions")) {
    table.Add({Text(partition.at("partition")), Text(partition.at("next_offset")),
               Time(partition.at("time_ms")), YesNo(partition.at("caught_up")),
               Text(partition.at("stores"))});
  }
  table.Write(out);
}

absl::Status WriteFile(CheckpointStore& store, SnapshotWhat what, const std::string& path) {
  WholeFile file(path);
  if (absl::Status status = file.Open(); !status.ok()) return status;
  const absl::StatusOr<uint64_t> rows = WriteCsv(store, what, file.stream());
  return rows.ok() ? file.Commit() : rows.status();
}

}  // namespace

int Get(const Common& common, const std::string& store, const std::string& sku, std::ostream& out,
        std::ostream& err) {
  const std::string target = absl::StrCat("/v1/positions/", Encoded(store), "/", Encoded(sku));
  return AskAndShow(common, target, ShowPosition, out, err);
}

int Stores(const Common& common, std::optional<uint32_t> worst, std::ostream& out,
           std::ostream& err) {
  const std::string query = worst.has_value() ? absl::StrCat("?worst=", *worst) : std::string();
  return AskAndShow(common, "/v1/stores" + query, ShowStores, out, err);
}

int Status(const Common& common, std::ostream& out, std::ostream& err) {
  return AskAndShow(common, "/v1/status", ShowStatus, out, err);
}

int Funnel(const Common& common, const std::string& channel, std::ostream& out, std::ostream& err) {
  const std::string query =
      channel.empty() ? std::string() : absl::StrCat("?channel=", Encoded(channel));
  return AskAndShow(common, "/v1/funnel" + query, ShowFunnel, out, err, AdminClient::kFunnelMax);
}

int Snapshot(const Common& common, SnapshotWhat what, const std::string& file, std::ostream& out,
             std::ostream& err) {
  const absl::StatusOr<CheckpointFolder> folder =
      FindCheckpoint(AdminClient(common.admin), common.state_dir);
  if (!folder.ok()) return Fail(folder.status(), err);
  // Declared after the folder: closed before a copy is removed.
  const absl::StatusOr<std::unique_ptr<CheckpointStore>> store =
      OpenRocksStoreReadOnly(folder->path());
  if (!store.ok()) return Fail(store.status(), err);
  if (!file.empty()) {
    const absl::Status status = WriteFile(**store, what, file);
    return status.ok() ? kExitOk : Fail(status, err);
  }
  const absl::StatusOr<uint64_t> rows = WriteCsv(**store, what, out);
  if (!rows.ok()) return Fail(rows.status(), err);
  out.flush();
  return out.good() ? kExitOk : Fail(absl::InternalError("the output cannot be written"), err);
}

}  // namespace shelf::ctl
