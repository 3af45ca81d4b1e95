// One row of reference data to its record on the reference topic.
#pragma once

#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "agent/rows.h"

namespace shelf::agent {

struct ReferenceRecord {
  std::string key;    // "store/12", parts percent-encoded
  std::string value;  // the serialised Store, Item or Listing
  // Not empty: something of the row was left out of the record, and why.
  std::string_view left_out;
};

absl::Span<const ColumnSpec> StoreColumns();
absl::Span<const ColumnSpec> ItemColumns();
absl::Span<const ColumnSpec> ListingColumns();

// What is wrong with the row, or empty when `out` holds its record. `rows` was opened with the
// columns of the same kind and stands on a row without a problem.
std::string_view ParseStore(const Rows& rows, ReferenceRecord& out);
std::string_view ParseItem(const Rows& rows, ReferenceRecord& out);
std::string_view ParseListing(const Rows& rows, ReferenceRecord& out);

// A GTIN-8, -12, -13 or -14 filled up with zeros to 14 digits; empty when it is none or its check
// digit is wrong.
std::string NormalGtin(std::string_view text);

}  // namespace shelf::agent
