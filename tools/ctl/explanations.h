// Every key's way from what is free to what may be sold, out of a checkpoint: each decided again as
// the daemon would have at that moment, beside what it had decided.
#pragma once

#include <cstdint>
#include <ostream>

#include "absl/status/statusor.h"
#include "state/checkpoint_store.h"

namespace shelf::ctl {

// CSV with a heading: channel,store,sku,step_milli,base_milli, what each stage withholds by its
// name, sellable,status,ineligible (empty: it may be sold), last_sellable,last_status,published,
// and by each stage's name and "_rule" the rule by which it took something, as ID:LINE (empty: it
// took nothing, or went by no rule). Channels are those of the rules in force; one that they no
// longer have is left out when it was never published. How many rows. Errors as OpenedWorld::Open.
absl::StatusOr<uint64_t> WriteExplanations(CheckpointStore& store, std::ostream& out);

}  // namespace shelf::ctl
