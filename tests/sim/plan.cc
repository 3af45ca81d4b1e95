#include "sim/plan.h"

#include <algorithm>
#include <array>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/chance.h"

namespace shelf::sim {
namespace {

constexpr int64_t kSecond = 1000;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kHour = 60 * kMinute;

// What may go wrong together. A world has some of these only: where everything goes wrong at once
// most faults hide behind others.
enum class Trouble : uint8_t {
  kNone,  // no trouble, in every world
  kNetwork,
  kKills,
  kDisk,
  kBroker,
  kRules,
  kReference,
  kOrders,
  kStall,
  kBadInput,
  kClocks,
  kLogs,
};
constexpr int kTroubles = 12;

struct Kind {
  StepKind kind;
  const char* name;
  Trouble trouble;
  int weight;  // how often, relative to the others
};

constexpr std::array kKinds = {
    Kind{StepKind::kSell, "sell", Trouble::kNone, 60},
    Kind{StepKind::kBookSale, "book-sale", Trouble::kNone, 8},
    Kind{StepKind::kReturn, "return", Trouble::kNone, 5},
    Kind{StepKind::kReceive, "receive", Trouble::kNone, 14},
    Kind{StepKind::kAdjust, "adjust", Trouble::kNone, 6},
    Kind{StepKind::kCount, "count", Trouble::kNone, 14},
    Kind{StepKind::kPick, "pick", Trouble::kOrders, 12},
    Kind{StepKind::kReserve, "reserve", Trouble::kOrders, 14},
    Kind{StepKind::kSettle, "settle", Trouble::kOrders, 10},
    Kind{StepKind::kRelease, "release", Trouble::kOrders, 5},
    Kind{StepKind::kExpect, "expect", Trouble::kOrders, 3},
    Kind{StepKind::kClaim, "claim", Trouble::kNone, 40},
    Kind{StepKind::kExport, "export", Trouble::kNone, 14},
    Kind{StepKind::kList, "list", Trouble::kNone, 8},
    Kind{StepKind::kBadDocument, "bad-document", Trouble::kBadInput, 14},
    Kind{StepKind::kStoreAway, "store-away", Trouble::kNetwork, 4},
    Kind{StepKind::kSlow, "slow", Trouble::kNetwork, 6},
    Kind{StepKind::kLose, "lose", Trouble::kNetwork, 8},
    Kind{StepKind::kDouble, "double", Trouble::kNetwork, 10},
    Kind{StepKind::kSpoolLost, "spool-lost", Trouble::kNetwork, 3},
    Kind{StepKind::kStoreClock, "store-clock", Trouble::kClocks, 5},
    Kind{StepKind::kPace, "pace", Trouble::kNone, 12},
    Kind{StepKind::kKill, "kill", Trouble::kKills, 16},
    Kind{StepKind::kStop, "stop", Trouble::kKills, 3},
    Kind{StepKind::kStall, "stall", Trouble::kStall, 5},
    Kind{StepKind::kClock, "clock", Trouble::kClocks, 6},
    Kind{StepKind::kForeign, "foreign", Trouble::kStall, 5},
    Kind{StepKind::kDiskSlow, "disk-slow", Trouble::kDisk, 8},
    Kind{StepKind::kDiskFull, "disk-full", Trouble::kDisk, 5},
    Kind{StepKind::kBackup, "backup", Trouble::kDisk, 5},
    Kind{StepKind::kDiskLost, "disk-lost", Trouble::kDisk, 4},
    Kind{StepKind::kBrokerAway, "broker-away", Trouble::kBroker, 4},
    Kind{StepKind::kAnswersLate, "answers-late", Trouble::kBroker, 8},
    Kind{StepKind::kSendsFail, "sends-fail", Trouble::kBroker, 6},
    Kind{StepKind::kProducerLost, "producer-lost", Trouble::kBroker, 4},
    Kind{StepKind::kCompact, "compact", Trouble::kLogs, 6},
    Kind{StepKind::kRetention, "retention", Trouble::kLogs, 6},
    Kind{StepKind::kPutStore, "put-store", Trouble::kReference, 5},
    Kind{StepKind::kPutItem, "put-item", Trouble::kReference, 8},
    Kind{StepKind::kDropItem, "drop-item", Trouble::kReference, 2},
    Kind{StepKind::kListing, "listing", Trouble::kReference, 6},
    Kind{StepKind::kStopSale, "stop-sale", Trouble::kReference, 6},
    Kind{StepKind::kReload, "reload", Trouble::kRules, 8},
    Kind{StepKind::kLook, "look", Trouble::kNone, 6},
};

const Kind& KindOf(StepKind kind) {
  return *std::find_if(kKinds.begin(), kKinds.end(),
                       [kind](const Kind& known) { return known.kind == kind; });
}

std::vector<const Kind*> Drawable(Chance& chance) {
  std::set<Trouble> troubles = {Trouble::kNone};
  for (int t = 1; t < kTroubles; ++t) {
    if (chance.Hits(45)) troubles.insert(static_cast<Trouble>(t));
  }
  std::vector<const Kind*> drawable;
  for (const Kind& kind : kKinds) {
    if (!troubles.contains(kind.trouble)) continue;
    drawable.insert(drawable.end(), static_cast<size_t>(kind.weight), &kind);
  }
  return drawable;
}

int64_t Ago(Chance& chance) {
  if (chance.Hits(60)) return chance.In(0, 10) * kSecond;
  return chance.Hits(70) ? chance.In(0, 20 * kMinute) : chance.In(0, 3 * kHour);
}

int64_t Long(Chance& chance) {
  return chance.Hits(70) ? chance.In(kSecond, kMinute) : chance.In(kMinute, 40 * kMinute);
}

// How much, by kind.
void Measure(Chance& chance, Step& step) {
  switch (step.kind) {
    case StepKind::kSell:
    case StepKind::kBookSale:
    case StepKind::kReturn:
    case StepKind::kReserve:
    case StepKind::kSettle:
      step.amount = chance.In(1, chance.Hits(80) ? 2 : 9);
      break;
    case StepKind::kReceive:
      step.amount = chance.In(1, 12);
      break;
    case StepKind::kAdjust:
      step.amount = chance.In(-4, 4);
      break;
    case StepKind::kCount:
      step.amount = chance.In(0, 15);
      step.more = Ago(chance);
      break;
    case StepKind::kPick:
      step.amount = chance.In(1, 4);
      step.more = chance.Hits(60) ? 0 : chance.In(0, step.amount);
      break;
    case StepKind::kClaim:
    case StepKind::kExport:
      step.more = Ago(chance);
      break;
    case StepKind::kList:
      step.amount = chance.Hits(70) ? 0 : chance.In(1, 5);
      step.more = Ago(chance);
      break;
    case StepKind::kBadDocument:
      step.amount = chance.Below(16);
      break;
    case StepKind::kStoreAway:
    case StepKind::kDiskSlow:
    case StepKind::kDiskFull:
    case StepKind::kBrokerAway:
    case StepKind::kAnswersLate:
      step.amount = Long(chance);
      break;
    case StepKind::kSlow:
      step.amount = Long(chance);
      step.more = Long(chance);
      break;
    case StepKind::kLose:
    case StepKind::kSendsFail:
      step.amount = chance.In(1, 3);
      break;
    case StepKind::kDouble:
      step.amount = chance.In(1, 6);
      step.more = Ago(chance);
      break;
    case StepKind::kSpoolLost:
    case StepKind::kDiskLost:
    case StepKind::kReload:
      step.amount = chance.Below(4);
      break;
    case StepKind::kStoreClock:
      step.amount = chance.Hits(50) ? 0 : chance.In(-10 * kMinute, 8 * kMinute);
      break;
    case StepKind::kClock:
      step.amount = chance.Hits(40) ? 0 : chance.In(-10 * kMinute, 8 * kMinute);
      break;
    case StepKind::kPace:
      step.amount =
          std::array<int64_t, 5>{200, 1000, 1000, 3000, 9000}[static_cast<size_t>(chance.Below(5))];
      break;
    case StepKind::kKill:
      step.amount = chance.In(1, chance.Hits(70) ? 12 : 60);
      step.more = chance.Hits(70) ? chance.In(0, 5 * kSecond) : Long(chance);
      break;
    case StepKind::kStop:
      step.more = Long(chance);
      break;
    case StepKind::kStall:
      step.amount = chance.In(5 * kSecond, 5 * kMinute);
      break;
    case StepKind::kForeign:
      step.amount = chance.Below(100);
      break;
    default:
      break;
  }
}

Step Draw(const std::vector<const Kind*>& drawable, const Plan& plan, int64_t at_ms,
          Chance& chance) {
  Step step;
  step.at_ms = at_ms;
  step.kind = chance.Of(drawable)->kind;
  step.store = static_cast<uint8_t>(chance.Below(static_cast<int64_t>(plan.names.stores.size())));
  step.sku = static_cast<uint8_t>(chance.Below(static_cast<int64_t>(plan.names.skus.size())));
  step.source =
      static_cast<uint8_t>(chance.Hits(70) ? chance.Below(2) : chance.Below(kSourcesOfStore));
  Measure(chance, step);
  step.salt = chance.Next();
  return step;
}

int64_t Pause(Chance& chance) {
  if (chance.Hits(55)) return chance.In(0, 4 * kSecond);
  return chance.Hits(85) ? chance.In(0, 30 * kSecond) : chance.In(0, 10 * kMinute);
}

Names ChooseNames(Chance& chance) {
  Names names;
  // Names that have to be encoded in keys are among them.
  names.channels = {"site", "market", "app a/b"};
  names.channels.resize(static_cast<size_t>(chance.In(1, 3)));
  const std::vector<std::string> stores = {"557722", "0557722", "Köln 1"};
  names.stores.assign(stores.begin(), stores.begin() + chance.In(1, 3));
  const std::vector<std::string> skus = {"4601234", "A/1", "b%", "milk", "5", "tea"};
  names.skus.assign(skus.begin(), skus.begin() + chance.In(1, 6));
  names.groups = {"pilot", "city"};
  names.regions = {"north", "south"};
  names.methods = {"click_and_collect", "courier"};
  names.categories = {{"Grocery"}, {"Grocery", "Fresh"}, {"Electronics"}};
  return names;
}

Bounds ChooseBounds(int32_t partitions, Chance& chance) {
  Bounds bounds;
  // More than the ticks of a turn, which may be refused too, or it would never catch up.
  if (chance.Hits(50)) bounds.batch_records = chance.In(partitions + 1, 20);
  if (chance.Hits(30)) bounds.outbox_keys = chance.In(2, 20);
  if (chance.Hits(30)) bounds.in_flight = chance.In(1, 10);
  if (chance.Hits(30)) bounds.rejects = chance.In(partitions + 1, 8);
  if (chance.Hits(30)) bounds.queue_records = chance.In(3, 30);
  bounds.checkpoint_interval_ms = chance.Hits(35) ? chance.In(500, 5000) : chance.In(5000, 60'000);
  if (chance.Hits(40)) bounds.ring_age_ms = chance.In(kHour, 4 * kHour);
  return bounds;
}

// Most stores begin with a full list and a till that speaks.
void AddOpening(Chance& chance, Plan& plan) {
  for (size_t s = 0; s < plan.names.stores.size(); ++s) {
    for (const StepKind kind : {StepKind::kList, StepKind::kClaim}) {
      if (chance.Hits(15)) continue;
      Step step;
      step.at_ms = 2 * kSecond;
      step.kind = kind;
      step.store = static_cast<uint8_t>(s);
      step.source = kind == StepKind::kList ? kErp : kPos;
      step.salt = chance.Next();
      plan.steps.push_back(step);
    }
  }
}

}  // namespace

const char* const kSourceNames[kSourcesOfStore] = {"erp", "pos", "scan", "picking", "oms"};

Plan MakePlan(uint64_t seed) {
  Chance chance(seed);
  Plan plan;
  plan.seed = seed;
  plan.partitions = static_cast<int32_t>(chance.In(1, 3));
  plan.names = ChooseNames(chance);
  for (size_t s = 0; s < plan.names.skus.size(); ++s) {
    plan.steps_milli.push_back(chance.Hits(75) ? 1000 : 250);
  }
  for (size_t s = 0; s < plan.names.stores.size(); ++s) {
    plan.till_required.push_back(chance.Hits(70));
  }
  std::mt19937_64 of_rules(chance.Next());
  const int64_t sets = chance.In(1, 4);
  for (int64_t s = 0; s < sets; ++s) plan.rules.push_back(ChooseRules(of_rules, plan.names));
  plan.bounds = ChooseBounds(plan.partitions, chance);
  plan.forgets = chance.Hits(40);
  AddOpening(chance, plan);
  const std::vector<const Kind*> drawable = Drawable(chance);
  const int64_t steps = chance.Hits(80) ? chance.In(40, 200) : chance.In(200, 400);
  int64_t at_ms = 10 * kSecond;
  for (int64_t s = 0; s < steps; ++s) {
    at_ms += Pause(chance);
    // Mostly on the second, as ticks are, so that borders are hit.
    if (chance.Hits(80)) at_ms += (kSecond - at_ms % kSecond) % kSecond;
    plan.steps.push_back(Draw(drawable, plan, at_ms, chance));
  }
  return plan;
}

std::string ToLine(const Step& step) {
  return absl::StrFormat("%9.3f s  %-13s store %d %-7s sku %d amount %d more %d",
                         static_cast<double>(step.at_ms) / 1000, KindOf(step.kind).name,
                         static_cast<int>(step.store), kSourceNames[step.source],
                         static_cast<int>(step.sku), step.amount, step.more);
}

}  // namespace shelf::sim
