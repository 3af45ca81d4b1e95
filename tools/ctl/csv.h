// Fields of the CSV files that we write.
#pragma once

#include <string>
#include <string_view>

namespace shelf::ctl {

// Quoted where a comma, a quote or a line end asks for it (RFC 4180).
std::string CsvField(std::string_view text);

}  // namespace shelf::ctl
