// shelf-sim: simulated worlds, one a seed, against the oracle. Exit 0: all seeds agree; 1: one does
// not, and how to see it is printed; 2: the command line.
#include <chrono>
#include <cstdio>
#include <deque>
#include <iterator>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "sim/apart.h"
#include "sim/mutants.h"
#include "sim/plan.h"
#include "sim/shrink.h"
#include "sim/universe.h"

namespace shelf::sim {
namespace {

constexpr int kShrinkTriesMax = 600;

struct Options {
  std::string seeds = "1..100";
  uint64_t first = 1, last = 100;
  int jobs = 1;
  int64_t seconds = 0;  // 0: no bound
  std::string mutant;
  std::vector<size_t> steps;
  bool trace = false, no_shrink = false, twice = false, until_found = false, list_mutants = false;
};

class Watch {
 public:
  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  }

 private:
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

bool ReadSeeds(Options& options) {
  const std::vector<std::string> ends = absl::StrSplit(options.seeds, "..");
  if (!absl::SimpleAtoi(ends.front(), &options.first)) return false;
  options.last = options.first;
  if (ends.size() == 1) return true;
  return ends.size() == 2 && absl::SimpleAtoi(ends[1], &options.last) &&
         options.last >= options.first;
}

bool ChooseMutant(const Options& options) {
  if (options.mutant.empty()) return true;
  for (size_t m = 0; m < Mutants().size(); ++m) {
    if (Mutants()[m].name == options.mutant) chosen_mutant = static_cast<int>(m) + 1;
  }
  return chosen_mutant != 0;
}

Plan PlanOf(uint64_t seed, const Options& options) {
  Plan plan = MakePlan(seed);
  return options.steps.empty() ? plan : WithSteps(plan, options.steps);
}

std::string FirstLine(const std::string& words) { return words.substr(0, words.find('\n')); }

// "oversold", "end", …
std::string SortOf(const std::string& failure) { return failure.substr(0, failure.find(':')); }

std::string Command(uint64_t seed, const Options& options, const std::vector<size_t>& steps) {
  std::string command = absl::StrCat("shelf-sim --seeds ", seed, "..", seed);
  if (!options.mutant.empty()) absl::StrAppend(&command, " --mutant ", options.mutant);
  if (!steps.empty()) absl::StrAppend(&command, " --steps ", absl::StrJoin(steps, ","));
  return absl::StrCat(command, " --trace");
}

void PrintPlan(const Plan& plan) {
  std::printf("  stores %s; SKUs %s; %d partitions; %zu rule sets\n",
              absl::StrJoin(plan.names.stores, ", ").c_str(),
              absl::StrJoin(plan.names.skus, ", ").c_str(), plan.partitions, plan.rules.size());
  for (const Step& step : plan.steps) std::printf("  %s\n", ToLine(step).c_str());
}

void ShrinkAndPrint(const Plan& plan, const Outcome& outcome, const Options& options) {
  const std::string sort = SortOf(outcome.failure);
  const std::vector<size_t> numbers = Shrink(
      plan,
      [&](const Plan& part) { return SortOf(Apart(part, options.twice).Finish().failure) == sort; },
      kShrinkTriesMax);
  const Plan part = WithSteps(plan, numbers);
  std::printf("shortest: %zu of %zu steps\n", numbers.size(), plan.steps.size());
  PrintPlan(part);
  std::printf("%s\nreplay the shortest: %s\n", Apart(part).Finish().failure.c_str(),
              Command(plan.seed, options, numbers).c_str());
}

void PrintFailure(const Plan& plan, const Outcome& outcome, const Options& options) {
  if (options.until_found) {
    std::printf("found %s seed %llu: %s\n", options.mutant.c_str(),
                static_cast<unsigned long long>(plan.seed), FirstLine(outcome.failure).c_str());
    return;
  }
  std::printf("seed %llu fails: %s\nreplay: %s\n", static_cast<unsigned long long>(plan.seed),
              outcome.failure.c_str(), Command(plan.seed, options, options.steps).c_str());
  if (!options.no_shrink && options.steps.empty()) ShrinkAndPrint(plan, outcome, options);
  std::fflush(stdout);
}

void PrintTotals(const Totals& t, uint64_t worlds, uint64_t failed, double seconds) {
  std::printf(
      "%s",
      absl::StrFormat(
          "%d worlds in %.1f s, %.1f a second, %d failed\n"
          "%d documents (%d came twice), %d ticks, %d publications, %d rejects, %d requests\n"
          "%d starts, %d kills, %d stalls, %d disks lost (%d restored from a copy), %d writes "
          "held\n"
          "%d outages, %d foreign records, %d rule sets proposed, %d turns, %d comparisons\n",
          worlds, seconds, static_cast<double>(worlds) / seconds, failed, t.documents, t.duplicates,
          t.ticks, t.publications, t.rejects, t.requests, t.starts, t.kills, t.stalls, t.disks_lost,
          t.restored, t.checkpoints_held, t.outages, t.foreign, t.reloads, t.turns, t.compared)
          .c_str());
}

int RunTraced(const Options& options) {
  int failed = 0;
  for (uint64_t seed = options.first; seed <= options.last; ++seed) {
    const Plan plan = PlanOf(seed, options);
    PrintPlan(plan);
    Universe universe(plan, [](const std::string& line) { std::printf("%s\n", line.c_str()); });
    const Outcome outcome = universe.Run();
    std::printf("%s\nlog %016llx\n", outcome.failure.empty() ? "agrees" : outcome.failure.c_str(),
                static_cast<unsigned long long>(outcome.log_hash));
    if (!outcome.failure.empty()) ++failed;
  }
  return failed == 0 ? 0 : 1;
}

int RunMany(const Options& options) {
  const Watch watch;
  Totals totals;
  uint64_t worlds = 0;
  uint64_t failed = 0;
  std::deque<Apart> running;
  const auto finish_one = [&] {
    const Outcome outcome = running.front().Finish();
    totals.Add(outcome.totals);
    ++worlds;
    if (!outcome.failure.empty()) {
      ++failed;
      PrintFailure(running.front().plan(), outcome, options);
    }
    running.pop_front();
  };
  const auto time_is_up = [&] {
    return (options.seconds > 0 && watch.Seconds() >= static_cast<double>(options.seconds)) ||
           (options.until_found && failed > 0);
  };
  for (uint64_t seed = options.first; seed <= options.last && !time_is_up(); ++seed) {
    running.emplace_back(PlanOf(seed, options), options.twice);
    if (running.size() >= static_cast<size_t>(options.jobs)) finish_one();
  }
  while (!running.empty()) finish_one();
  PrintTotals(totals, worlds, failed, watch.Seconds());
  return failed == 0 ? 0 : 1;
}

int ListMutants() {
  for (const Mutant& mutant : Mutants()) {
    std::printf("%-44s %s\n", std::string(mutant.name).c_str(), std::string(mutant.what).c_str());
  }
  return 0;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Simulated worlds, one a seed, against the oracle", "shelf-sim");
  app.add_option("--seeds", options.seeds, "A..B")->capture_default_str();
  app.add_option("--jobs", options.jobs, "worlds at a time")->check(CLI::PositiveNumber);
  app.add_option("--seconds", options.seconds, "begin no world after so many seconds");
  app.add_option("--mutant", options.mutant, "a piece of the daemon that is broken");
  app.add_option("--steps", options.steps, "only these steps of the plans")->delimiter(',');
  app.add_flag("--trace", options.trace, "tell all that happens");
  app.add_flag("--no-shrink", options.no_shrink, "do not look for a shorter plan that fails");
  app.add_flag("--twice", options.twice, "each world twice: its log must be the same");
  app.add_flag("--until-found", options.until_found, "end with the first seed that fails");
  app.add_flag("--list-mutants", options.list_mutants, "what --mutant takes");
  CLI11_PARSE(app, argc, argv);
  if (options.list_mutants) return ListMutants();
  if (!ReadSeeds(options)) {
    std::fprintf(stderr, "--seeds %s: should be like 1..100\n", options.seeds.c_str());
    return 2;
  }
  if (!ChooseMutant(options)) {
    std::fprintf(stderr, "--mutant %s: no such mutant in this program\n", options.mutant.c_str());
    return 2;
  }
  return options.trace ? RunTraced(options) : RunMany(options);
}

}  // namespace
}  // namespace shelf::sim

int main(int argc, char** argv) { return shelf::sim::Main(argc, argv); }
