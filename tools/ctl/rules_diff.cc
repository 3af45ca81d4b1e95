#include "ctl/rules_diff.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "app/load.h"
#include "app/open_world.h"
#include "ctl/answer.h"
#include "ctl/numbers.h"
#include "ctl/rules_diff_json.h"
#include "ctl/rules_diff_text.h"
#include "ctl/rules_texts.h"
#include "ctl/snapshot.h"
#include "ctl/whole_file.h"
#include "loop/rules_diff.h"
#include "rules/rule_set.h"
#include "state/rocks_store.h"

namespace shelf::ctl {
namespace {

constexpr uint32_t kPositionsAtOnce = 1 << 15;

// One question: what is asked for, and what its parts share.
class Question {
 public:
  Question(const Common& common, const RulesDiffRequest& request, std::ostream& err)
      : common_(common), request_(request), err_(err) {}

  absl::StatusOr<Json> Answer();

 private:
  absl::Status ReadRules();
  absl::StatusOr<std::unique_ptr<OpenedWorld>> OpenState();
  absl::Status Align(const World& world);
  absl::StatusOr<ChannelSet> Channels() const;
  absl::StatusOr<Json> Compare(OpenedWorld& opened);
  void Run(shelf::RulesDiff& diff);
  Brake AskBrake() const;
  void Say(std::string_view words);

  const Common& common_;
  const RulesDiffRequest& request_;
  std::ostream& err_;
  std::string text_;                     // of the file to try
  std::optional<std::string> old_text_;  // of the one that it is compared with
  std::unique_ptr<RuleSet> proposed_;
};

void Question::Say(std::string_view words) {
  if (request_.progress) err_ << words << "\n" << std::flush;
}

// Before the state is copied, which may take its time: what is wrong with the files.
absl::Status Question::ReadRules() {
  absl::StatusOr<std::string> text = ReadUsableRules(request_.rules, err_);
  if (!text.ok()) return text.status();
  text_ = *std::move(text);
  if (request_.old_rules.empty()) return absl::OkStatus();
  text = ReadUsableRules(request_.old_rules, err_);
  if (!text.ok()) return text.status();
  old_text_ = *std::move(text);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<OpenedWorld>> Question::OpenState() {
  OpenWorldOptions options;
  options.rules = old_text_;
  Say("asking for a copy of the state");
  const absl::StatusOr<CheckpointFolder> folder =
      FindCheckpoint(AdminClient(common_.admin), common_.state_dir);
  if (!folder.ok()) return folder.status();
  Say("reading it");
  const absl::StatusOr<std::unique_ptr<CheckpointStore>> store =
      OpenRocksStoreReadOnly(folder->path());
  if (!store.ok()) return store.status();
  return OpenedWorld::Open(**store, options);
}

// Loads the rules again, with the channels of the state in their places.
absl::Status Question::Align(const World& world) {
  std::vector<RulesMessage> messages;
  proposed_ = RuleSet::Load(text_, messages, world.channel_names);
  if (proposed_ != nullptr) return absl::OkStatus();
  PrintRulesMessages(request_.rules, messages, err_);
  return absl::InvalidArgumentError(
      absl::StrCat(request_.rules, " cannot be used beside the channels that there are"));
}

absl::StatusOr<ChannelSet> Question::Channels() const {
  if (request_.channels.empty()) return kAllChannels;
  ChannelSet set = 0;
  for (const std::string& name : request_.channels) {
    const ChannelSet before = set;
    for (size_t c = 0; c < proposed_->channels().size(); ++c) {
      if (proposed_->channels()[c].name == name) set |= ChannelSet{1} << c;
    }
    if (set == before) {
      return absl::NotFoundError(absl::StrCat("no channel ", name, " in either set of rules"));
    }
  }
  return set;
}

void Question::Run(shelf::RulesDiff& diff) {
  using Clock = std::chrono::steady_clock;
  auto said = Clock::now();
  while (!diff.done()) {
    diff.Take(kPositionsAtOnce);
    if (Clock::now() - said < std::chrono::seconds(1)) continue;
    said = Clock::now();
    Say(absl::StrCat(Grouped(diff.seen()), " of ", Grouped(diff.positions()), " positions"));
  }
}

absl::StatusOr<Json> Question::Compare(OpenedWorld& opened) {
  World& world = opened.world();
  if (absl::Status status = Align(world); !status.ok()) return status;
  const absl::StatusOr<ChannelSet> channels = Channels();
  if (!channels.ok()) return channels.status();
  std::optional<WholeFile> file;
  shelf::RulesDiff::OnChange on_change;
  if (!request_.changes.empty()) {
    file.emplace(request_.changes);
    if (absl::Status status = file->Open(); !status.ok()) return status;
    file->stream() << kChangesHeading;
    on_change = [&](const RulesChange& change) {
      file->stream() << ChangesLine(change, *proposed_, world);
    };
  }
  Say("comparing");
  shelf::RulesDiff diff(
      world, *proposed_,
      {.channels = *channels, .category_depth = request_.category_depth, .largest = request_.top},
      on_change);
  Run(diff);
  if (file.has_value()) {
    if (absl::Status status = file->Commit(); !status.ok()) return status;
  }
  return RulesDiffJson(diff, *proposed_, opened, AskBrake());
}

// The daemon's own, where it is asked.
Brake Question::AskBrake() const {
  if (!common_.state_dir.empty()) return {};
  const absl::StatusOr<Json> rules = AdminClient(common_.admin).Get("/v1/rules");
  if (!rules.ok() || !rules->contains("zero_share_max")) return {};
  return {.share_max = rules->at("zero_share_max").get<double>(), .as_configured = true};
}

absl::StatusOr<Json> Question::Answer() {
  if (absl::Status status = ReadRules(); !status.ok()) return status;
  const absl::StatusOr<std::unique_ptr<OpenedWorld>> opened = OpenState();
  if (!opened.ok()) return opened.status();
  return Compare(**opened);
}

}  // namespace

int DiffRules(const Common& common, const RulesDiffRequest& request, std::ostream& out,
              std::ostream& err) {
  const absl::StatusOr<Json> diff = Question(common, request, err).Answer();
  if (!diff.ok()) return Fail(diff.status(), err);
  if (common.json) {
    out << diff->dump(2) << '\n';
  } else {
    ShowRulesDiff(*diff, request.rules, request.top, out);
  }
  if (!out.flush().good()) {
    return Fail(absl::InternalError("the output cannot be written"), err);
  }
  return diff->at("brake").at("stops").get<bool>() ? kExitNotAsPlanned : kExitOk;
}

}  // namespace shelf::ctl
