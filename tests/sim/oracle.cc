#include "sim/oracle.h"

namespace shelf::sim {

class Oracle::Impl {};

Oracle::Oracle(OracleOptions) {}
Oracle::~Oracle() = default;

void Oracle::AddRules(std::string, const RuleChoice&) {}
void Oracle::AddReference(int64_t, std::string_view, std::optional<std::string_view>) {}
void Oracle::AddInput(int32_t, int64_t, int64_t, std::string_view,
                      std::optional<std::string_view>) {}
void Oracle::AdvanceTo(int32_t, int64_t) {}
Verdict Oracle::Of(const std::string&, const std::string&, const std::string&) const { return {}; }
std::string Oracle::Why(const std::string&, const std::string&, const std::string&) const {
  return "";
}
Fate Oracle::FateOf(int32_t, int64_t) const { return {}; }
std::vector<std::pair<std::string, std::string>> Oracle::Positions() const { return {}; }
std::vector<std::string> Oracle::Channels() const { return {}; }
int64_t Oracle::WatermarkMs(const std::string&) const { return 0; }
bool Oracle::Frozen(const std::string&) const { return false; }

}  // namespace shelf::sim
