// The rule sets of a recording, and of files, as a replay's sides take them.
#pragma once

#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "replay/recording.h"
#include "replay/side.h"

namespace shelf::ctl {

// One file's rules from the start to the end. Its messages go to `err`, as of `shelfd check`.
absl::StatusOr<SideRules> RulesOfFile(const std::string& path, std::ostream& err);

// The rules that were in force, as the recording's ticks name them. NotFound names a set whose text
// is not in the recording; what to do then.
absl::StatusOr<SideRules> RulesAsRecorded(const std::string& folder, const RecordingInfo& info);

}  // namespace shelf::ctl
