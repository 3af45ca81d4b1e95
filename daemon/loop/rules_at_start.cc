#include "loop/rules_at_start.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "loop/checkpoint.h"
#include "loop/rules_history.h"
#include "state/rows.h"

namespace shelf {
namespace {

std::vector<std::string> NamesOf(const std::vector<SavedChannel>& channels) {
  std::vector<std::string> names;
  for (const SavedChannel& channel : channels) names.push_back(channel.name);
  return names;
}

const RulesMessage* FirstError(const std::vector<RulesMessage>& messages) {
  const auto error = std::find_if(messages.begin(), messages.end(),
                                  [](const RulesMessage& message) { return !message.warning; });
  return error == messages.end() ? nullptr : &*error;
}

// The key was published and its last number may not be an acknowledged zero.
bool IsUnsettled(const PositionRow::ChannelSlot& slot) {
  if ((slot.flags & SlotFlags::kPublished) == 0) return false;
  return slot.sellable != 0 || (slot.flags & SlotFlags::kUnacknowledged) != 0;
}

bool Has(const RuleSet& rules, const std::string& channel) {
  return std::any_of(
      rules.channels().begin(), rules.channels().end(),
      [&](const ChannelRules& there) { return there.name == channel && !there.retired; });
}

// Channels that the rules do not have any more and of which every key is an acknowledged zero leave
// the table. Reads all positions' rows, so only where there may be such channels.
absl::Status DropSettled(CheckpointStore& store, const RuleSet& rules,
                         std::vector<std::string>& names) {
  std::vector<bool> gone;
  for (const std::string& name : names) gone.push_back(!Has(rules, name));
  if (std::find(gone.begin(), gone.end(), true) == gone.end()) return absl::OkStatus();
  PositionRow row;
  absl::Status status =
      store.Scan(Prefix(RowKind::kPosition), [&](std::string_view, std::string_view value) {
        row = PositionRow{};
        // A row that cannot be read is the restore's to name.
        if (!DecodePosition(value, row)) return absl::OkStatus();
        for (size_t c = 0; c < std::min(gone.size(), row.slots.size()); ++c) {
          if (gone[c] && IsUnsettled(row.slots[c])) gone[c] = false;
        }
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  std::vector<std::string> kept;
  for (size_t c = 0; c < names.size(); ++c) {
    if (!gone[c]) kept.push_back(names[c]);
  }
  names = std::move(kept);
  return absl::OkStatus();
}

// Null where it cannot be used.
std::unique_ptr<RuleSet> LoadNewest(const RulesHistory& history,
                                    const std::vector<std::string>& names,
                                    std::vector<RulesMessage>& messages) {
  return RuleSet::Load(history.records().back().text, messages, names);
}

// With the channels of the checkpoint there may be more than have a place: then those that have
// nothing more to say give theirs up.
absl::Status BeginWithConfigured(CheckpointStore* store, std::string_view configured,
                                 std::vector<std::string> names, RulesAtStart& chosen) {
  chosen.set = RuleSet::Load(configured, chosen.messages, names);
  if (chosen.set != nullptr) return absl::OkStatus();
  std::vector<RulesMessage> messages;
  const std::unique_ptr<RuleSet> alone = RuleSet::Load(configured, messages);
  if (alone != nullptr && store != nullptr) {
    if (absl::Status status = DropSettled(*store, *alone, names); !status.ok()) return status;
    chosen.messages.clear();
    chosen.set = RuleSet::Load(configured, chosen.messages, names);
    if (chosen.set != nullptr) return absl::OkStatus();
  }
  return absl::InvalidArgumentError("the rules file cannot be used");
}

}  // namespace

absl::Status ChooseRules(CheckpointStore* store, std::string_view configured,
                         RulesAtStart& chosen) {
  if (store == nullptr) return BeginWithConfigured(nullptr, configured, {}, chosen);
  const absl::StatusOr<std::vector<SavedChannel>> channels = ReadChannels(*store);
  if (!channels.ok()) return channels.status();
  const absl::StatusOr<RulesHistory> history = RulesHistory::Read(*store);
  if (!history.ok()) return history.status();
  std::vector<std::string> names = NamesOf(*channels);
  if (history->records().empty()) {
    return BeginWithConfigured(store, configured, std::move(names), chosen);
  }

  std::vector<RulesMessage> messages;
  chosen.set = LoadNewest(*history, names, messages);
  if (chosen.set == nullptr) {
    const RulesMessage* const error = FirstError(messages);
    chosen.gave_way =
        absl::StrCat("the rules that were in force cannot be used any more (line ", error->line,
                     ": ", error->text, "); those of the configured file are, at once");
    return BeginWithConfigured(store, configured, std::move(names), chosen);
  }
  if (history->settled()) {
    if (absl::Status status = DropSettled(*store, *chosen.set, names); !status.ok()) return status;
    if (names.size() != channels->size()) chosen.set = LoadNewest(*history, names, messages);
  }
  chosen.propose = RuleSet::HashOfText(configured) != history->taken_from_file();
  return absl::OkStatus();
}

}  // namespace shelf
