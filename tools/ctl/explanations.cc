#include "ctl/explanations.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "app/open_world.h"
#include "ctl/csv.h"

namespace shelf::ctl {
namespace {

// No rule says who is eligible.
constexpr int kFirstStageOfRules = static_cast<int>(Stage::kEligibility) + 1;

class Writer {
 public:
  Writer(OpenedWorld& opened, std::ostream& out)
      : world_(opened.world()), evaluator_(opened.evaluator()), out_(out) {
    for (const std::string& name : world_.channel_names) channels_.push_back(CsvField(name));
  }

  uint64_t Run() {
    WriteHeading();
    for (uint32_t p = 0; p < world_.positions.size(); ++p) WritePosition(PositionId(p));
    return rows_;
  }

 private:
  void WriteHeading() {
    out_ << "channel,store,sku,step_milli,base_milli";
    for (int s = 0; s < kStages; ++s) out_ << ',' << StageName(static_cast<Stage>(s));
    out_ << ",sellable,status,ineligible,last_sellable,last_status,published";
    for (int s = kFirstStageOfRules; s < kStages; ++s) {
      out_ << ',' << StageName(static_cast<Stage>(s)) << "_rule";
    }
    out_ << '\n';
  }

  void WritePosition(PositionId id) {
    const Position& position = world_.positions[id];
    const std::string store = CsvField(world_.store_names.Text(position.store));
    const std::string sku = CsvField(world_.sku_names.Text(position.sku));
    const int64_t step_milli = world_.ItemOf(position.sku).step_milli;
    const auto decisions = evaluator_.DecideAll(id);
    const std::vector<ChannelRules>& channels = world_.RulesOf(id).set->channels();
    for (size_t c = 0; c < decisions.size(); ++c) {
      const Slot last = world_.positions.SlotOf(id, ChannelId(static_cast<uint16_t>(c)));
      const bool published = last.Has(SlotFlags::kPublished);
      if (decisions[c].ineligible == Ineligible::kChannelRemoved && !published) continue;
      out_ << channels_[c] << ',' << store << ',' << sku << ',' << step_milli;
      WriteDecision(decisions[c]);
      out_ << ',' << last.sellable << ','
           << StatusName(static_cast<Status>(last.flags & SlotFlags::kStatusMask)) << ','
           << (published ? 1 : 0);
      WriteRules(decisions[c], channels[c].rules);
      out_ << '\n';
      ++rows_;
    }
  }

  void WriteDecision(const Decision& decision) {
    out_ << ',' << decision.base_milli;
    for (const StageOutcome& stage : decision.stages) out_ << ',' << stage.withheld_milli;
    out_ << ',' << decision.sellable << ',' << StatusName(decision.status) << ','
         << IneligibleName(decision.ineligible);
  }

  void WriteRules(const Decision& decision, const std::vector<RuleInfo>& rules) {
    for (size_t s = kFirstStageOfRules; s < kStages; ++s) {
      out_ << ',';
      const uint16_t rule = decision.stages[s].rule;
      if (rule >= rules.size()) continue;
      out_ << CsvField(absl::StrCat(rules[rule].id, ":", rules[rule].line));
    }
  }

  World& world_;
  Evaluator& evaluator_;
  std::ostream& out_;
  std::vector<std::string> channels_;  // as CSV fields
  uint64_t rows_ = 0;
};

}  // namespace

absl::StatusOr<uint64_t> WriteExplanations(CheckpointStore& store, std::ostream& out) {
  const absl::StatusOr<std::unique_ptr<OpenedWorld>> opened = OpenedWorld::Open(store);
  if (!opened.ok()) return opened.status();
  return Writer(**opened, out).Run();
}

}  // namespace shelf::ctl
