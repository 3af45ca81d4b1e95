#include "state/reservation_rows.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace shelf {
namespace {

constexpr uint8_t kOpened = 1;  // a Reserve or an announcement is known
constexpr uint8_t kClosed = 2;
constexpr size_t kKeyPrefixBytes = 5;  // the kind and the store

void PutPlace(const std::optional<DocumentPlace>& place, ByteWriter& writer) {
  if (!place.has_value()) return;
  writer.Put(place->source);
  writer.Put(place->epoch);
  writer.Put(place->sequence);
  writer.Put(place->time.ms);
}

std::optional<DocumentPlace> GetPlace(bool there, ByteReader& reader) {
  if (!there) return std::nullopt;
  DocumentPlace place;
  place.source = reader.Get<uint8_t>();
  place.epoch = reader.Get<uint64_t>();
  place.sequence = reader.Get<uint64_t>();
  place.time.ms = reader.Get<int64_t>();
  return place;
}

// Both kinds begin alike: which of the two documents are known, their places, until when the record
// is kept.
void PutHead(const std::optional<DocumentPlace>& opened, const std::optional<DocumentPlace>& closed,
             PartitionTime kept_until, ByteWriter& writer) {
  writer.Put(static_cast<uint8_t>((opened.has_value() ? kOpened : 0) |
                                  (closed.has_value() ? kClosed : 0)));
  PutPlace(opened, writer);
  PutPlace(closed, writer);
  writer.Put(kept_until.ms);
}

// False: there are bits that mean nothing.
bool GetHead(std::optional<DocumentPlace>& opened, std::optional<DocumentPlace>& closed,
             PartitionTime& kept_until, ByteReader& reader) {
  const auto bits = reader.Get<uint8_t>();
  opened = GetPlace((bits & kOpened) != 0, reader);
  closed = GetPlace((bits & kClosed) != 0, reader);
  kept_until.ms = reader.Get<int64_t>();
  return (bits & ~(kOpened | kClosed)) == 0;
}

// Their lines too: the position by its SKU, and the quantity.
template <typename Line>
void PutLines(const std::vector<Line>& lines, const PositionTable& positions, ByteWriter& writer) {
  writer.Put(static_cast<uint32_t>(lines.size()));
  for (const Line& line : lines) {
    writer.Put(positions[line.position].sku.value);
    writer.Put(line.quantity_milli);
  }
}

// The positions of a row by their SKUs.
class SkuReader {
 public:
  SkuReader(ByteReader& reader, const StoreIndex& index, const PositionTable& positions)
      : reader_(reader), index_(index), positions_(positions) {}

  PositionId Next() {
    const PositionId id = index_.Find(SkuId(reader_.Get<uint32_t>()), positions_);
    all_known_ = all_known_ && id.valid();
    return id;
  }
  // Reads `u32` n and then n times what `read_one` takes.
  template <typename ReadOne>
  void Each(const ReadOne& read_one) {
    for (auto n = reader_.Get<uint32_t>(); n > 0 && reader_.ok(); --n) read_one();
  }
  template <typename Line>
  void Lines(std::vector<Line>& lines) {
    Each([&] {
      Line& line = lines.emplace_back();
      line.position = Next();
      line.quantity_milli = reader_.Get<int64_t>();
    });
  }
  bool all_known() const { return all_known_; }

 private:
  ByteReader& reader_;
  const StoreIndex& index_;
  const PositionTable& positions_;
  bool all_known_ = true;
};

template <typename Documents, typename Encode>
void GatherKind(RowKind kind, StoreId store, Documents& documents, const Encode& encode,
                const PositionTable& positions, CheckpointBatch& batch) {
  std::string row;
  for (const std::string& name : documents.TakeDirty()) {
    const std::string key = DocumentKey(kind, store, name);
    const auto* const record = documents.Find(name);
    if (record == nullptr) {
      batch.Delete(key);
      continue;
    }
    row.clear();
    encode(*record, positions, row);
    batch.Put(key, row);
  }
}

}  // namespace

std::string DocumentKey(RowKind kind, StoreId store, std::string_view document) {
  return NumberKey(kind, store.value).append(document);
}

std::string_view DocumentOf(std::string_view key) { return key.substr(kKeyPrefixBytes); }

void EncodeReservation(const Reservation& record, const PositionTable& positions,
                       std::string& out) {
  ByteWriter writer(out);
  PutHead(record.reserved, record.closed, record.kept_until, writer);
  writer.Put(record.expires_at.ms);
  writer.PutString(record.channel);
  PutLines(record.lines, positions, writer);
  writer.Put(static_cast<uint32_t>(record.parts.size()));
  for (const Reservation::Part& part : record.parts) {
    writer.Put(positions[part.position].sku.value);
    writer.Put(part.source);
    writer.Put(part.epoch);
    writer.Put(part.quantity_milli);
  }
}

bool DecodeReservation(std::string_view bytes, const StoreIndex& index,
                       const PositionTable& positions, Reservation& record) {
  ByteReader reader(bytes);
  SkuReader skus(reader, index, positions);
  const bool head = GetHead(record.reserved, record.closed, record.kept_until, reader);
  record.expires_at.ms = reader.Get<int64_t>();
  record.channel = std::string(reader.GetString());
  skus.Lines(record.lines);
  skus.Each([&] {
    Reservation::Part& part = record.parts.emplace_back();
    part.position = skus.Next();
    part.source = reader.Get<uint8_t>();
    part.epoch = reader.Get<uint64_t>();
    part.quantity_milli = reader.Get<int64_t>();
  });
  return head && reader.done() && skus.all_known();
}

void EncodeExpected(const ExpectedDocument& record, const PositionTable& positions,
                    std::string& out) {
  ByteWriter writer(out);
  PutHead(record.announced, record.closed, record.kept_until, writer);
  writer.Put(record.due.ms);
  PutLines(record.lines, positions, writer);
}

bool DecodeExpected(std::string_view bytes, const StoreIndex& index, const PositionTable& positions,
                    ExpectedDocument& record) {
  ByteReader reader(bytes);
  SkuReader skus(reader, index, positions);
  const bool head = GetHead(record.announced, record.closed, record.kept_until, reader);
  record.due.ms = reader.Get<int64_t>();
  skus.Lines(record.lines);
  return head && reader.done() && skus.all_known();
}

void GatherDocuments(StoreState& store, const PositionTable& positions, CheckpointBatch& batch) {
  GatherKind(RowKind::kReservation, store.id, store.reservations, EncodeReservation, positions,
             batch);
  GatherKind(RowKind::kExpected, store.id, store.expected, EncodeExpected, positions, batch);
}

bool RestoreDocument(std::string_view key, std::string_view value, StoreState& store,
                     ApplyContext& context) {
  std::string document(DocumentOf(key));
  if (key.front() == static_cast<char>(RowKind::kReservation)) {
    Reservation record;
    if (!DecodeReservation(value, store.index, context.positions, record)) return false;
    store.reservations.Restore(std::move(document), std::move(record), store.watermark, context);
    return true;
  }
  ExpectedDocument record;
  if (!DecodeExpected(value, store.index, context.positions, record)) return false;
  store.expected.Restore(std::move(document), std::move(record));
  return true;
}

}  // namespace shelf
