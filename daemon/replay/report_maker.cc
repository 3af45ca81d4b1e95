#include "replay/report_maker.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace shelf {
namespace {

std::string Text(std::string_view text) { return std::string(text); }

void FillRows(const Gathered& gathered, Report& report) {
  const auto& channels = gathered.labels.channels();
  const auto& categories = gathered.labels.categories();
  std::map<std::pair<Label, std::string>, FigureRow> rows;  // channels in the order of the rules
  for (const auto& [labels, row] : gathered.judge.rows()) {
    rows[{labels.first, categories[labels.second]}] += row;
  }
  for (Label c = 0; c < channels.size(); ++c) {
    for (Label g = 0; g < categories.size(); ++g) {
      for (int s = 0; s < kSides; ++s) {
        const double offered = gathered.offers.MeanOf(s, c, g);
        if (offered == 0) continue;
        rows[{c, categories[g]}].sides[static_cast<size_t>(s)].offered_milli += offered;
      }
    }
  }
  for (auto& [names, row] : rows) {
    row.channel = channels[names.first];
    row.category = names.second;
    if (report.channels.empty() || report.channels.back().channel != row.channel) {
      report.channels.emplace_back().channel = row.channel;
    }
    report.channels.back() += row;
    report.rows.push_back(row);
  }
}

// Which stage adds the most to what the sides differ by, and by which rule of the side that offers
// less. A stage that takes more where more is offered is none of the causes.
void Explain(const Gathered& gathered, PositionId id, KeyDifference& difference) {
  std::array<Decision, kSides> decisions;
  std::array<ChannelId, kSides> channels;
  for (size_t s = 0; s < kSides; ++s) {
    World& world = gathered.sides[s]->world();
    channels[s] = world.ChannelNamed(difference.channel);
    if (!channels[s].valid()) return;
    decisions[s] = gathered.sides[s]->worker().evaluator().Decide(id, channels[s]);
  }
  if (decisions[kOldSide].sellable == decisions[kNewSide].sellable) return;
  const bool rises = decisions[kOldSide].sellable < decisions[kNewSide].sellable;
  const size_t s = rises ? kOldSide : kNewSide;
  const Decision& less = decisions[s];
  const Decision& more = decisions[rises ? kNewSide : kOldSide];
  int64_t most = std::max<int64_t>(0, more.base_milli - less.base_milli);
  for (int stage = 0; stage < kStages; ++stage) {
    const auto at = static_cast<size_t>(stage);
    const int64_t part = less.stages[at].withheld_milli - more.stages[at].withheld_milli;
    if (part <= most) continue;
    most = part;
    const auto& rules = gathered.sides[s]->world().RulesOf(id).set->channels()[channels[s].value];
    const uint16_t rule = less.stages[at].rule;
    difference.stage = Text(StageName(static_cast<Stage>(stage)));
    difference.rule = rule < rules.rules.size() ? rules.rules[rule].id : "";
  }
}

KeyDifference Named(const Gathered& gathered, const Offers::Difference& one) {
  World& world = gathered.sides[kOldSide]->world();
  const Position& position = world.positions[one.position];
  KeyDifference named;
  named.channel = gathered.labels.channels()[one.channel];
  named.store = Text(world.store_names.Text(position.store));
  named.sku = Text(world.sku_names.Text(position.sku));
  const ItemInfo* const item = world.reference.FindItem(named.sku);
  if (item != nullptr) named.name = item->name;
  named.mean_milli = one.mean_milli;
  for (int s = 0; s < kSides; ++s) {
    named.sellable_milli[static_cast<size_t>(s)] = gathered.offers.Of(s, one.position, one.channel);
  }
  Explain(gathered, one.position, named);
  return named;
}

void FillDifferences(const Gathered& gathered, Report& report) {
  std::vector<Offers::Difference> all = gathered.offers.Differences();
  report.keys_differing = all.size();
  const auto larger = [](const Offers::Difference& one, const Offers::Difference& other) {
    return std::tuple(-std::abs(one.mean_milli), one.channel, one.position.value) <
           std::tuple(-std::abs(other.mean_milli), other.channel, other.position.value);
  };
  const size_t kept = std::min(all.size(), gathered.differences_max);
  std::partial_sort(all.begin(), all.begin() + static_cast<ptrdiff_t>(kept), all.end(), larger);
  for (size_t i = 0; i < kept; ++i) report.differences.push_back(Named(gathered, all[i]));
}

void FillNotes(const Gathered& gathered, Report& report) {
  report.notes = gathered.damages;
  const std::string damage = gathered.sides[kOldSide]->damage();
  if (!damage.empty()) {
    report.notes.push_back(
        absl::StrCat("reference.zst: ", damage, "; it was read up to its last whole record"));
  }
  if (!gathered.info.complete) {
    report.notes.emplace_back(
        "the recording was broken off: it ends where it was last safe on disk");
  }
  if (!gathered.info.has_state) {
    report.notes.emplace_back(
        "the recording begins with nothing known of the stores: positions come with their first "
        "documents. Leave out the first day with --count-from");
  }
  for (const auto& [id, partition] : gathered.info.events) {
    if (gathered.offers.begun(id)) continue;
    report.notes.push_back(
        absl::StrCat("partition ", id, " has no tick in the recording: nothing of it was decided"));
  }
}

}  // namespace

Report MakeReport(Gathered gathered) {
  Report report;
  World& world = gathered.sides[kOldSide]->world();
  report.from_ms = gathered.offers.from().ms;
  report.to_ms = gathered.offers.to().ms;
  report.records = gathered.records;
  report.stores = static_cast<int32_t>(world.stores.size());
  report.positions = world.positions.size();
  report.funnel_samples = gathered.funnels.samples();
  report.funnels = gathered.funnels.Means(gathered.labels);
  report.series_channels = gathered.labels.channels();
  report.rules = std::move(gathered.rules);
  report.series = std::move(gathered.series);
  report.orders_from_before = gathered.judge.orders_from_before();
  for (const auto& [channel, lines] : gathered.judge.orders_elsewhere()) {
    report.orders_elsewhere.push_back({.channel = channel, .lines = lines});
  }
  FillRows(gathered, report);
  FillDifferences(gathered, report);
  FillNotes(gathered, report);
  return report;
}

}  // namespace shelf
