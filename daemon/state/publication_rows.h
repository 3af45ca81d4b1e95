// The checkpoint's rows of what was published: of each key the newest record that changed its
// number, and the newest that said it again. They are written and never read back into the world:
// whoever asks why a number is what it is reads them where they lie. Byte by byte in
// docs/formats/checkpoint.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/cause.h"
#include "base/ids.h"
#include "base/time.h"
#include "state/checkpoint_store.h"

namespace shelf {

// A record of a key that is in the log.
struct Publication {
  PartitionTime at;  // partition time when it was sent
  uint64_t version = 0;
  uint32_t sellable = 0;  // in units of the item's step
  uint8_t status = 0;     // shelf::Status
  Cause cause;
  std::array<char, 16> rule_set = {};  // its hash
  friend bool operator==(const Publication&, const Publication&) = default;
};

// A key's two rows.
struct PublicationPlace {
  StoreId store;
  SkuId sku;
  bool again = false;  // of a record that went out whether or not its number had changed
  std::string_view channel;
};
std::string PublicationKey(const PublicationPlace& place);
void EncodePublication(const Publication& publication, std::string& out);
// False: the bytes are no such row.
bool DecodePublication(std::string_view bytes, Publication& publication);

// What is known of a key's publications.
struct Published {
  std::optional<Publication> changed;  // the newest that changed the number
  std::optional<Publication> again;    // the newest that said it again, or whatever it was then

  // The newest record; nothing when none is known.
  const Publication* newest() const;
  // The record since which the newest one's number stands, as far as is known.
  const Publication* since() const;
};

// Reads a key's rows. DataLoss names a row that cannot be read. THREAD: any, as Scan.
absl::StatusOr<Published> ReadPublished(CheckpointStore& store, StoreId store_id, SkuId sku,
                                        std::string_view channel);

}  // namespace shelf
