// Channels with a rule of each stage, made by hand instead of from a file, and random ones for
// properties: drawn near the borders where stages change their mind.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "rules/evaluate.h"

namespace shelf {

// What a rule of a stage would be called: its index is the stage's number.
constexpr uint16_t RuleOf(Stage stage) { return static_cast<uint16_t>(stage); }

struct ChannelSetting {
  std::vector<LagTier> sync_lag;
  std::optional<PresenceRule> presence;
  std::optional<SafetyStockRule> safety_stock;
  std::optional<AllocationRule> allocation;
  std::optional<LimitsRule> limits;
  ChannelRules rules;

  // Points into this.
  ChannelPlan Plan() const;
};

struct Settings {
  std::vector<ChannelSetting> channels = std::vector<ChannelSetting>(1);
  std::vector<AllocationGroup> groups;

  ChannelSetting& front() { return channels.front(); }
  // Decisions of all channels, `steady` left out.
  std::vector<Decision> Decide(const Facts& facts) const;
};

Facts OnHand(int64_t milli, int64_t step_milli = 1000);
int64_t Withheld(const Decision& decision);
const StageOutcome& At(const Decision& decision, Stage stage);
bool Same(const Decision& a, const Decision& b);

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  int64_t Number(int64_t low, int64_t high);
  bool Chance(int percent) { return Number(1, 100) <= percent; }

  // `channels`: so many may have reservations of their own.
  Facts SomeFacts(size_t channels = 1);
  ChannelSetting SomeChannel();
  // One to six channels; about half of them share in one of two groups.
  Settings SomeSettings();
  Settings SomeSettings(size_t channels);

  // The same with one stage before `allocation` made more cautious, or the same again.
  ChannelSetting MoreCautious(ChannelSetting channel);
  // The same with one bound of `limits` made tighter.
  ChannelSetting Tighter(ChannelSetting channel);

 private:
  std::mt19937 random_;
  std::vector<int64_t> own_reserved_;  // of the facts given last
};

}  // namespace shelf
