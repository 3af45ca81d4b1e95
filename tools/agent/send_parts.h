// The two halves of Send, and what they share.
#pragma once

#include "absl/status/status.h"
#include "agent/reject_file.h"
#include "agent/send.h"
#include "agent/sequence_book.h"

namespace shelf::agent {

// What a run writes to; everything outlives the run.
struct Outlets {
  Sender& sender;
  RejectFile& rejects;
  Report& report;
  const Sender::Clock& now_ms;
};

absl::Status SendReference(const SendOptions& options, Outlets& to);
absl::Status SendEvents(const SendOptions& options, SequenceBook& book, Outlets& to);

// The run that `options` describe; reads the whole file once for its identity. InvalidArgument: it
// cannot be read.
absl::StatusOr<Run> DescribeRun(const SendOptions& options);

}  // namespace shelf::agent
