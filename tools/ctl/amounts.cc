#include "ctl/amounts.h"

#include <array>
#include <cstdint>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace shelf::ctl {
namespace {

struct Unit {
  std::string_view code, one, many;
};
constexpr std::array<Unit, 12> kUnits = {{{"H87", "piece", "pieces"},
                                          {"C62", "piece", "pieces"},
                                          {"EA", "piece", "pieces"},
                                          {"PR", "pair", "pairs"},
                                          {"KGM", "kg", "kg"},
                                          {"GRM", "g", "g"},
                                          {"LTR", "l", "l"},
                                          {"MLT", "ml", "ml"},
                                          {"MTR", "m", "m"},
                                          {"CMT", "cm", "cm"},
                                          {"MTK", "m²", "m²"},
                                          {"MTQ", "m³", "m³"}}};

std::string_view UnitName(const Json& code, bool one) {
  if (!code.is_string()) return "";
  const auto& text = code.get_ref<const std::string&>();
  for (const Unit& unit : kUnits) {
    if (unit.code == text) return one ? unit.one : unit.many;
  }
  return text;
}

}  // namespace

std::string Amount(const Json& milli, const Json& unit_of_measure) {
  const bool one = milli == 1000 || milli == -1000;
  const std::string unit(UnitName(unit_of_measure, one));
  return unit.empty() ? Quantity(milli) : absl::StrCat(Quantity(milli), " ", unit);
}

std::string StepsOf(int64_t count, const Json& step_milli, const Json& unit_of_measure) {
  return absl::StrCat(count, count == 1 ? " step" : " steps", " of ",
                      Amount(step_milli, unit_of_measure));
}

std::string AmountOfSteps(const Json& steps, const Json& step_milli, const Json& unit_of_measure) {
  const auto count = steps.get<int64_t>();
  const auto step = step_milli.get<int64_t>();
  std::string amount = Amount(count * step, unit_of_measure);
  if (step == 1000 || count == 0) return amount;
  return absl::StrCat(amount, " (", StepsOf(count, step_milli, unit_of_measure), ")");
}

}  // namespace shelf::ctl
