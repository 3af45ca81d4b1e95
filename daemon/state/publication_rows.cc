#include "state/publication_rows.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "state/rows.h"

namespace shelf {
namespace {

bool SameNumber(const Publication& a, const Publication& b) {
  return a.sellable == b.sellable && a.status == b.status;
}

absl::Status ReadOne(CheckpointStore& store, const PublicationPlace& place,
                     std::optional<Publication>& publication) {
  const std::string wanted = PublicationKey(place);
  return store.Scan(wanted, [&](std::string_view key, std::string_view value) {
    if (key != wanted) return absl::OkStatus();  // of a channel whose name begins with ours
    if (DecodePublication(value, publication.emplace())) return absl::OkStatus();
    return absl::DataLossError(
        absl::StrCat("checkpoint row ", absl::CHexEscape(absl::string_view(key.data(), key.size())),
                     " cannot be read"));
  });
}

}  // namespace

std::string PublicationKey(const PublicationPlace& place) {
  std::string key = NumberKey(RowKind::kPublication, place.store.value, place.sku.value);
  key.push_back(place.again ? '\1' : '\0');
  key.append(place.channel);
  return key;
}

void EncodePublication(const Publication& publication, std::string& out) {
  ByteWriter writer(out);
  writer.Put(publication.at.ms);
  writer.Put(publication.version);
  writer.Put(publication.sellable);
  writer.Put(publication.status);
  writer.Put(publication.cause.kind);
  writer.Put(publication.cause.offset);
  writer.Put(publication.cause.reference_offset);
  for (const char byte : publication.rule_set) writer.Put(byte);
}

bool DecodePublication(std::string_view bytes, Publication& publication) {
  ByteReader reader(bytes);
  publication.at.ms = reader.Get<int64_t>();
  publication.version = reader.Get<uint64_t>();
  publication.sellable = reader.Get<uint32_t>();
  publication.status = reader.Get<uint8_t>();
  publication.cause.kind = reader.Get<CauseKind>();
  publication.cause.offset = reader.Get<int64_t>();
  publication.cause.reference_offset = reader.Get<int64_t>();
  for (char& byte : publication.rule_set) byte = reader.Get<char>();
  return reader.done() && publication.cause.kind <= CauseKind::kForeign;
}

const Publication* Published::newest() const {
  if (!changed.has_value()) return again.has_value() ? &*again : nullptr;
  return again.has_value() && again->version > changed->version ? &*again : &*changed;
}

const Publication* Published::since() const {
  const Publication* const last = newest();
  const bool stands = last != nullptr && changed.has_value() && SameNumber(*changed, *last);
  return stands ? &*changed : last;
}

absl::StatusOr<Published> ReadPublished(CheckpointStore& store, StoreId store_id, SkuId sku,
                                        std::string_view channel) {
  Published published;
  PublicationPlace place{.store = store_id, .sku = sku, .channel = channel};
  absl::Status status = ReadOne(store, place, published.changed);
  place.again = true;
  if (status.ok()) status = ReadOne(store, place, published.again);
  if (!status.ok()) return status;
  return published;
}

}  // namespace shelf
