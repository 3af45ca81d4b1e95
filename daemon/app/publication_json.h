// What is published of a key, since when and by what, as JSON in the terms of queries.h.
//
//   known            false: the journal has nothing of it; then there is nothing else
//   sellable, status, rule_set        of the newest record in the log
//   at_ms, version   of that record: partition time when it was sent
//   since_ms         the number stands since then, as far as is known
//   cause            of the record since which it stands:
//     kind           "record", "time", "reference", "rules", "start" or "foreign"
//     partition, offset               the input record that was handled then
//     reference_offset                with "reference"
//     document       with "record" and "reference": what that record says; null where the log no
//                    longer has it. event_id, source, what ("sale", "count", "list", …), store,
//                    event_ms, quantity_milli: of the key's SKU, null where it names none of it;
//                    or, of a reference record: key
//     unread         with document null: why it could not be read
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "app/queries.h"
#include "state/publication_rows.h"

namespace shelf {

// A record that somebody has read.
struct ReadBack {
  bool has_value = true;
  std::string key, value;
};

struct RecordPlace {
  bool reference = false;  // of the reference topic, else of stock-events
  int32_t partition = 0;
  int64_t offset = 0;
};

// Reads the record at a place. nullopt: the log does not have it any more.
using ReadRecord = std::function<absl::StatusOr<std::optional<ReadBack>>(const RecordPlace&)>;

// `partition`: of the key's store. `read` may be empty.
Json PublicationJson(const Published& published, int32_t partition, std::string_view sku,
                     const ReadRecord& read);

}  // namespace shelf
