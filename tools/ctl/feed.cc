#include "ctl/feed.h"

#include <google/protobuf/util/json_util.h>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "agent/columns.h"
#include "agent/values.h"
#include "base/ids.h"
#include "base/percent.h"
#include "ctl/csv.h"
#include "io/kafka_source.h"
#include "io/kafka_topics.h"
#include "io/read_through.h"
#include "shelf/v1/availability.pb.h"

namespace shelf::ctl {
namespace {

constexpr int kQuestionMs = 30'000;
constexpr int kPatienceMs = 30'000;

enum Column : size_t { kStore, kSku, kQuantity };
constexpr std::array<agent::ColumnSpec, 3> kColumns = {{
    {.name = "store", .required = true},
    {.name = "sku", .required = true},
    {.name = "quantity", .required = true},
}};

absl::string_view AsAbsl(std::string_view text) { return {text.data(), text.size()}; }

std::string NameFault(std::string_view store, std::string_view sku) {
  if (store.empty()) return "no store";
  if (sku.empty()) return "no SKU";
  if (store.size() > kStoreBytesMax) return "store longer than 64 bytes";
  if (sku.size() > kSkuBytesMax) return "SKU longer than 128 bytes";
  return "";
}

// Empty: taken.
std::string TakeRow(const agent::Rows& rows, char decimal_sign, Feed& feed) {
  if (!rows.problem().empty()) return std::string(rows.problem());
  const std::string_view store = rows.Get(kStore);
  const std::string_view sku = rows.Get(kSku);
  if (std::string fault = NameFault(store, sku); !fault.empty()) return fault;
  const std::string_view text = rows.Get(kQuantity);
  const std::optional<int64_t> milli = agent::ParseMilli(text, decimal_sign);
  if (!milli.has_value()) {
    return absl::StrCat("quantity '", AsAbsl(text), "' is no number such as 3 or 1",
                        std::string(1, decimal_sign), "5, with at most three decimals");
  }
  if (*milli < 0) return absl::StrCat("quantity '", AsAbsl(text), "' is below 0");
  feed.Put(store, sku, *milli);
  return "";
}

// Binary and JSON: a JSON value begins with a brace, which no binary Availability does (it would be
// a group).
bool ReadAvailability(std::string_view value, v1::Availability& message) {
  if (value.empty() || value.front() != '{') {
    return message.ParseFromArray(value.data(), static_cast<int>(value.size()));
  }
  google::protobuf::util::JsonParseOptions lenient;
  lenient.ignore_unknown_fields = true;
  return google::protobuf::util::JsonStringToMessage(
             google::protobuf::StringPiece(value.data(), value.size()), &message, lenient)
      .ok();
}

// The most that a number times its step may come to; nobody sells that much.
constexpr int64_t kQuantityMilliMax = int64_t{1} << 53;

absl::StatusOr<int64_t> QuantityMilli(const v1::Availability& message) {
  const int64_t step_milli = message.step_milli() > 0 ? message.step_milli() : 1000;
  if (message.sellable() < 0) return absl::InvalidArgumentError("sellable is below 0");
  if (message.sellable() > kQuantityMilliMax / step_milli) {
    return absl::InvalidArgumentError("sellable is beyond all measure");
  }
  return message.sellable() * step_milli;
}

std::string KeyText(const Record& record) { return std::string(record.key); }

// Where the topic's partitions begin and end now.
struct Extent {
  std::vector<PartitionOffset> from;
  std::map<int32_t, int64_t> ends;
};

absl::StatusOr<Extent> ExtentOf(const KafkaOptions& kafka, const std::string& topic) {
  auto cluster = KafkaCluster::Open(kafka);
  if (!cluster.ok()) return cluster.status();
  const absl::StatusOr<int32_t> partitions = (*cluster)->PartitionCount(topic, kQuestionMs);
  if (!partitions.ok()) return partitions.status();
  Extent extent;
  for (int32_t p = 0; p < *partitions; ++p) {
    const absl::StatusOr<OffsetRange> range = (*cluster)->Watermarks(topic, p, kQuestionMs);
    if (!range.ok()) return range.status();
    if (range->low == range->high) continue;
    extent.from.push_back({p, range->low});
    extent.ends[p] = range->high;
  }
  return extent;
}

}  // namespace

void Feed::Put(std::string_view store, std::string_view sku, int64_t quantity_milli) {
  const bool added =
      stores[AsAbsl(store)].insert_or_assign(std::string(sku), quantity_milli).second;
  if (!added) ++repeated;
}

void Feed::Refuse(FeedFault fault) {
  ++faults;
  if (shown.size() < kFaultsMax) shown.push_back(std::move(fault));
}

absl::StatusOr<Feed> ReadFeedFile(const FeedFileOptions& options) {
  absl::StatusOr<std::unique_ptr<agent::Rows>> rows = agent::Rows::Open(options.file, kColumns);
  if (!rows.ok()) return rows.status();
  Feed feed;
  for (;;) {
    const absl::StatusOr<bool> more = (*rows)->Next();
    if (!more.ok()) return more.status();
    if (!*more) return feed;
    ++feed.rows;
    std::string fault = TakeRow(**rows, options.decimal_sign, feed);
    if (fault.empty()) continue;
    const agent::CsvRow& row = (*rows)->row();
    const auto append = [](std::string* out, std::string_view field) { out->append(field); };
    feed.Refuse({.line = row.line,
                 .reason = std::move(fault),
                 .row = absl::StrJoin(row.fields, ",", append)});
  }
}

void TakeFeedRecord(const Record& record, std::string_view channel, Feed& feed) {
  const auto refuse = [&](std::string reason) {
    feed.Refuse({.line = record.offset, .reason = std::move(reason), .row = KeyText(record)});
  };
  const std::optional<std::vector<std::string>> parts = SplitKey(record.key);
  if (!parts.has_value() || parts->size() != 3) {
    ++feed.rows;
    return refuse("the key is not channel/store/sku, percent-encoded");
  }
  if ((*parts)[0] != channel) return;
  const std::string& store = (*parts)[1];
  const std::string& sku = (*parts)[2];
  ++feed.rows;
  if (!record.has_value) {
    feed.stores[store].erase(sku);
    return;
  }
  v1::Availability message;
  if (!ReadAvailability(record.value, message)) return refuse("the value is no Availability");
  const absl::StatusOr<int64_t> milli = QuantityMilli(message);
  if (!milli.ok()) return refuse(std::string(milli.status().message()));
  feed.stores[store].insert_or_assign(sku, *milli);
}

absl::StatusOr<Feed> ReadFeedTopic(const Config& config, const std::string& topic,
                                   const std::string& channel) {
  KafkaOptions kafka;
  kafka.brokers = config.brokers;
  kafka.client_id = "shelfctl";
  kafka.librdkafka = config.librdkafka;
  absl::StatusOr<Extent> extent = ExtentOf(kafka, topic);
  if (!extent.ok()) return extent.status();
  Feed feed;
  if (extent->from.empty()) return feed;
  auto source = OpenKafkaSource(kafka, topic, extent->from);
  if (!source.ok()) return source.status();
  const absl::Status read =
      ReadThrough(**source, std::move(extent->ends), kPatienceMs,
                  [&](const Record& record) { TakeFeedRecord(record, channel, feed); });
  if (!read.ok()) {
    return absl::Status(read.code(), absl::StrCat("topic ", topic, " ", read.message()));
  }
  return feed;
}

void WriteFaults(const Feed& feed, std::ostream& out) {
  out << "line,reason,row\n";
  for (const FeedFault& fault : feed.shown) {
    out << fault.line << ',' << CsvField(fault.reason) << ',' << CsvField(fault.row) << '\n';
  }
}

}  // namespace shelf::ctl
