#include "evaluate.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "loop/rules_diff.h"
#include "shop.h"

namespace shelf {
namespace {

constexpr int64_t kStartMs = 1'793'599'200'000;
constexpr int64_t kHourMs = 3'600'000;

constexpr std::string_view kPlain = R"(version: 1
channels:
  site: {rules: [{id: s, sync_lag: [{over: 4h, keep: 50%}], safety_stock: {subtract: 1}}]}
  market: {rules: [{id: m, safety_stock: {percent: 10}, limits: {cap: 50}}]}
  partner: {rules: [{id: p, safety_stock: {subtract: 2}, limits: {cutoff_below: 3}}]}
  app: {rules: [{id: a, sync_lag: [{over: 4h, keep: 0%}]}]}
)";

constexpr std::string_view kPresence = R"(version: 1
channels:
  site:
    rules:
      - id: s
        sync_lag: [{over: 4h, keep: 50%}]
        presence: {after_nil_pick: until_evidence, quiet_limit: 8}
        safety_stock: {subtract: 1}
  market:
    rules:
      - id: m
        presence: {after_nil_pick: until_evidence, quiet_limit: 5}
        safety_stock: {percent: 10}
        limits: {cap: 50}
  partner:
    rules:
      - id: p
        presence: {after_nil_pick: until_evidence, quiet_limit: 3}
        safety_stock: {subtract: 2}
        limits: {cutoff_below: 3}
  app:
    rules:
      - id: a
        sync_lag: [{over: 4h, keep: 0%}]
        presence: {after_nil_pick: until_evidence}
)";

constexpr std::string_view kAll = R"(version: 1
allocation_groups: {all: {overcommit: 120%}}
channels:
  site:
    rules:
      - id: s
        sync_lag: [{over: 4h, keep: 50%}]
        presence: {after_nil_pick: until_evidence, quiet_limit: 8}
        safety_stock: {days_of_cover: 0.5}
        allocation: {group: all, share: 40}
        steady: {rise_after: 10m}
  market:
    rules:
      - id: m
        presence: {after_nil_pick: until_evidence, quiet_limit: 5}
        safety_stock: {percent: 10}
        allocation: {group: all, share: 30}
        limits: {cap: 50}
        steady: {rise_after: 10m}
  partner:
    rules:
      - id: p
        presence: {after_nil_pick: until_evidence, quiet_limit: 3}
        safety_stock: {subtract: 2}
        allocation: {group: all, share: 20}
        limits: {cutoff_below: 3}
  app:
    rules:
      - id: a
        sync_lag: [{over: 4h, keep: 0%}]
        presence: {after_nil_pick: until_evidence}
        allocation: {group: all, share: 10}
)";

void Trade(const LoadOptions& options, Shop& shop) {
  Load load(options);
  load.Reference([&](const std::string& key, const std::string& value) {
    shop.worker().HandleReference(key, value, {});
  });
  const auto take = [&](const std::string& key, const std::string& value) {
    shop.Take(key, value);
  };
  shop.Tick(kStartMs);
  load.Opening(kStartMs, take);
  // Over the whole hour, so that positions have a rhythm that presence looks at.
  const int64_t events = options.lines / options.lines_per_event;
  load.Sales([=](int64_t event) { return kStartMs + event * kHourMs / (events + 1); }, take);
  shop.Tick(kStartMs + kHourMs);
}

// A set that differs for every position.
std::string Changed(std::string_view rules) {
  std::string changed(rules);
  constexpr std::string_view kSome = "{subtract: 2}";
  const size_t at = changed.find(kSome);
  SHELF_CHECK(at != std::string::npos, "the rules keep two back");
  return changed.replace(at, kSome.size(), "{subtract: 3}");
}

// `shelfctl rules diff` without its reading: each key decided under two sets that differ for all.
Figures MeasureDiff(std::string_view rules, World& world, int rounds) {
  std::vector<RulesMessage> messages;
  const std::unique_ptr<RuleSet> proposed =
      RuleSet::Load(Changed(rules), messages, world.channel_names);
  uint64_t decisions = 0;
  uint64_t changed = 0;
  const Stopwatch watch;
  for (int round = 0; round < rounds; ++round) {
    RulesDiff diff(world, *proposed, {.largest = 10});
    while (!diff.done()) diff.Take(10'000);
    decisions += diff.evaluations();
    changed = diff.Total().changed;
  }
  Figures figures;
  figures["decisions"] = decisions;
  figures["changed"] = changed;
  figures["decisions_per_s"] = static_cast<double>(decisions) / watch.cpu_s();
  return figures;
}

Figures Measure(std::string_view rules, const LoadOptions& options, int rounds) {
  Shop shop(rules);
  Trade(options, shop);
  const uint32_t positions = shop.worker().world().positions.size();
  Evaluator& evaluator = shop.worker().evaluator();
  uint64_t hash = 0;
  int64_t keys = 0;
  const Stopwatch watch;
  for (int round = 0; round < rounds; ++round) {
    for (uint32_t p = 0; p < positions; ++p) {
      for (const Decision& decision : evaluator.DecideAll(PositionId(p))) {
        hash = hash * 0x9E3779B97F4A7C15U + static_cast<uint64_t>(decision.sellable);
        ++keys;
      }
    }
  }
  const double cpu_s = watch.cpu_s();
  Figures figures;
  figures["keys"] = keys;
  figures["cpu_s"] = cpu_s;
  figures["keys_per_s"] = static_cast<double>(keys) / cpu_s;
  figures["hash"] = HashText(hash);
  figures["diff"] = MeasureDiff(rules, shop.worker().world(), rounds);
  return figures;
}

}  // namespace

Figures RunEvaluateBench(const LoadOptions& options, int rounds) {
  Figures figures;
  figures["plain"] = Measure(kPlain, options, rounds);
  figures["presence"] = Measure(kPresence, options, rounds);
  figures["all"] = Measure(kAll, options, rounds);
  return figures;
}

}  // namespace shelf
