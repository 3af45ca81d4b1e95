// What commands have in common that show a daemon's answer.
#pragma once

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ctl/admin_client.h"
#include "ctl/commands.h"

namespace shelf::ctl {

// Says what went wrong; its ExitCode.
int Fail(const absl::Status& status, std::ostream& err);

// A part of a path or query, percent-encoded.
std::string Encoded(const std::string& part);

// Who decides, where nobody is named: the user, else "shelfctl".
std::string UserName();

using Show = void (*)(const Json&, std::ostream&);

// Shows the answer as JSON, or to people by `show`; an ExitCode.
int ShowAnswer(const Common& common, const absl::StatusOr<Json>& answer, Show show,
               std::ostream& out, std::ostream& err);

}  // namespace shelf::ctl
