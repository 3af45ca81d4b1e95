#include "figures.h"

#include <ctime>

#include "absl/strings/str_format.h"

namespace shelf {
namespace {

double ProcessCpuSeconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

}  // namespace

std::string HashText(uint64_t hash) { return absl::StrFormat("%016x", hash); }

Stopwatch::Stopwatch()
    : wall_start_(std::chrono::steady_clock::now()), cpu_start_s_(ProcessCpuSeconds()) {}

double Stopwatch::cpu_s() const { return ProcessCpuSeconds() - cpu_start_s_; }

double Stopwatch::wall_s() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_start_).count();
}

void Stopwatch::Tell(int64_t lines, Figures& figures) const {
  figures["cpu_s"] = cpu_s();
  figures["wall_s"] = wall_s();
  if (lines == 0) return;
  figures["cpu_us_a_line"] = cpu_s() * 1e6 / static_cast<double>(lines);
  figures["lines_a_s"] = static_cast<double>(lines) / wall_s();
}

}  // namespace shelf
