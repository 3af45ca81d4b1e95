#include "ctl/top_render.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ctl/numbers.h"

namespace shelf::ctl {
namespace {

constexpr size_t kLabelColumns = 15;
constexpr size_t kCellColumns = 13;
// Wider numbers are written in millions.
constexpr size_t kUnitsColumns = kCellColumns - 1;
constexpr int64_t kMillionMilli = 1'000'000'000;

bool StartsCharacter(char c) { return (c & 0xc0) != 0x80; }

size_t Characters(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), StartsCharacter));
}

std::string Cut(const std::string& text, size_t characters_max) {
  size_t characters = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (StartsCharacter(text[at]) && ++characters > characters_max) return text.substr(0, at);
  }
  return text;
}

// Names of stores and channels are others' bytes: none of them may steer the terminal. C1 controls
// are 0xc2 and a byte below 0xa0 in UTF-8.
std::string Harmless(std::string text) {
  for (size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    const bool c1 =
        c == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0;
    if (c < 0x20 || c == 0x7f) text[at] = '?';
    if (c1) text.replace(at, 2, "?");
  }
  return text;
}

std::string Left(const std::string& text, size_t columns) {
  const std::string cut = Cut(Harmless(text), columns);
  return cut + std::string(columns - Characters(cut), ' ');
}

std::string Right(const std::string& text, size_t columns) {
  const std::string cut = Cut(Harmless(text), columns);
  return std::string(columns - Characters(cut), ' ') + cut;
}

std::string PerSecond(const std::optional<Rates>& rates, double Rates::*which) {
  if (!rates.has_value()) return "-";
  return absl::StrCat(Grouped(std::llround(*rates.*which)), "/s");
}

using Format = std::string (*)(int64_t milli);

std::string Units(std::optional<int64_t> milli, Format format = WholeUnits) {
  if (!milli.has_value()) return "too many";
  std::string text = format(*milli);
  if (text.size() <= kUnitsColumns) return text;
  return absl::StrCat(format(*milli / (kMillionMilli / 1000)), " M");
}

// How the stores are: "214 stores, 12 more than 15 min behind, 1 frozen".
std::string StoresText(const StatusFigures& status) {
  std::string text = absl::StrCat(Grouped(status.stores), " stores");
  const auto add = [&](int64_t count, const char* words) {
    if (count > 0) absl::StrAppend(&text, ", ", Grouped(count), " ", words);
  };
  add(status.behind, "more than 15 min behind");
  add(status.frozen, "frozen");
  add(status.unknown, "never complete");
  if (status.worst_lag_ms.has_value()) {
    absl::StrAppend(&text, "; worst ", Stretch(*status.worst_lag_ms), " (", status.worst_store,
                    ")");
  }
  return text;
}

// The oldest of the partitions' times: through it the whole log is known.
std::optional<int64_t> LogTimeMs(const StatusFigures& status) {
  std::optional<int64_t> oldest;
  for (const auto& [partition, time_ms] : status.partition_ms) {
    if (!oldest.has_value() || time_ms < *oldest) oldest = time_ms;
  }
  return oldest;
}

Row LogRow(const Picture& picture) {
  const StatusFigures& status = *picture.status;
  const std::optional<int64_t> log_ms = LogTimeMs(status);
  if (!log_ms.has_value()) return {"no tick yet: there is no time, nothing is decided", true};
  if (picture.silent_partitions == 0) {
    return {absl::StrCat("log time ", TimeOfDay(*log_ms), ", ",
                         Stretch(picture.status_ms - *log_ms), " ago"),
            false};
  }
  const std::string silent = Stretch(picture.silent_ms);
  if (picture.silent_partitions == status.partition_ms.size()) {
    return {absl::StrCat("THE LOG IS SILENT for ", silent, ": time stands still at ",
                         TimeOfDay(*log_ms)),
            true};
  }
  return {absl::StrCat(picture.silent_partitions, " OF ", status.partition_ms.size(),
                       " PARTITIONS ARE SILENT for ", silent, ": time stands still there"),
          true};
}

std::string NoAnswerText(const Picture& picture) {
  return absl::StrCat("NO ANSWER from ", picture.admin, " for ", Stretch(picture.unanswered_ms));
}

Row HeadRow(const Picture& picture) {
  const std::string time = absl::StrCat(DayAndTime(picture.now_ms), "  ");
  if (!picture.trouble.empty() || !picture.status.has_value()) {
    const std::string since = picture.status.has_value()
                                  ? absl::StrCat("; below: ", TimeOfDay(picture.status_ms))
                                  : std::string();
    return {absl::StrCat(time, NoAnswerText(picture), since), true};
  }
  return {
      absl::StrCat(time, "shelfd at ", picture.admin, ", incarnation ", picture.status->incarnation,
                   picture.status->caught_up ? ": up to date" : ": catching up"),
      !picture.status->caught_up};
}

std::string CountRow(const char* left, int64_t left_count, const std::string& left_rate,
                     const char* right, const std::string& right_text) {
  return absl::StrCat(Left(left, kLabelColumns), Right(Grouped(left_count), 13),
                      Right(left_rate, 12), "  ", Left(right, 11), right_text);
}

void AddStatus(const Picture& picture, std::vector<Row>& rows) {
  const StatusFigures& status = *picture.status;
  rows.push_back({CountRow("lines in", status.lines, PerSecond(picture.rates, &Rates::lines_per_s),
                           "rejects", Grouped(status.rejects)),
                  false});
  rows.push_back({CountRow("published", status.published,
                           PerSecond(picture.rates, &Rates::published_per_s), "outbox",
                           absl::StrCat(Grouped(status.outbox_waiting), " waiting, ",
                                        Grouped(status.outbox_in_flight), " in flight")),
                  false});
  rows.push_back(
      {absl::StrCat(Grouped(status.positions), " positions in ", StoresText(status)), false});
}

const ChannelFigures* Before(const Picture& picture, const std::string& channel) {
  if (!picture.funnel_before.has_value()) return nullptr;
  for (const ChannelFigures& before : picture.funnel_before->channels) {
    if (before.channel == channel) return &before;
  }
  return nullptr;
}

// Since the funnel before; none: there is none, or it cannot be told.
std::optional<int64_t> ChangeMilli(const Picture& picture, const ChannelFigures& channel) {
  const ChannelFigures* const before = Before(picture, channel.channel);
  if (before == nullptr || !before->sellable_milli || !channel.sellable_milli) return std::nullopt;
  return *channel.sellable_milli - *before->sellable_milli;
}

std::string ChangeText(const Picture& picture, const ChannelFigures& channel) {
  const std::optional<int64_t> milli = ChangeMilli(picture, channel);
  return milli.has_value() ? Units(milli, Change) : "-";
}

// The funnel as a table: a column for each channel that has room.
class FunnelRows {
 public:
  FunnelRows(const Picture& picture, size_t columns, std::vector<Row>& rows)
      : picture_(picture), channels_(picture.funnel->channels), rows_(rows) {
    const size_t room = columns > kLabelColumns ? (columns - kLabelColumns) / kCellColumns : 0;
    shown_ = std::min(channels_.size(), room);
  }

  void Add() {
    Add("units", [](const ChannelFigures& channel) {
      return Cut(Harmless(channel.channel), kUnitsColumns);
    });
    Add("base", [](const ChannelFigures& channel) { return Units(channel.base_milli); });
    AddStages();
    Add("= sellable", [](const ChannelFigures& channel) { return Units(channel.sellable_milli); });
    Add(ChangeLabel(),
        [this](const ChannelFigures& channel) { return ChangeText(picture_, channel); });
    Add("keys in stock", [](const ChannelFigures& channel) { return Grouped(channel.in_stock); });
    Add("keys at zero",
        [](const ChannelFigures& channel) { return Grouped(channel.out_of_stock); });
    Add("not offered", [](const ChannelFigures& channel) { return Grouped(channel.ineligible); });
    if (shown_ < channels_.size()) {
      rows_.push_back(
          {absl::StrCat("and ", channels_.size() - shown_, " more channels: shelfctl funnel"),
           false});
    }
  }

 private:
  using Cell = std::function<std::string(const ChannelFigures&)>;

  void Add(const std::string& label, const Cell& cell) {
    std::string text = Left(label, kLabelColumns);
    for (size_t c = 0; c < shown_; ++c) text += Right(cell(channels_[c]), kCellColumns);
    rows_.push_back({std::move(text), false});
  }

  void AddStages() {
    if (channels_.empty()) return;
    for (size_t s = 0; s < channels_.front().stages.size(); ++s) {
      const std::string& stage = channels_.front().stages[s].stage;
      if (!picture_.stages.contains(stage)) continue;
      Add(absl::StrCat(" - ", stage), [s](const ChannelFigures& channel) {
        return s < channel.stages.size() ? Units(channel.stages[s].withheld_milli) : "-";
      });
    }
  }

  std::string ChangeLabel() const {
    if (!picture_.funnel_before.has_value()) return "  change";
    return absl::StrCat("  in ",
                        Stretch(picture_.funnel->time_ms - picture_.funnel_before->time_ms));
  }

  const Picture& picture_;
  const std::vector<ChannelFigures>& channels_;
  std::vector<Row>& rows_;
  size_t shown_ = 0;
};

void AddFunnel(const Picture& picture, size_t columns, std::vector<Row>& rows) {
  if (picture.funnel.has_value()) {
    FunnelRows(picture, columns, rows).Add();
  } else if (!picture.funnel_trouble.empty()) {
    rows.push_back({absl::StrCat("channels: ", picture.funnel_trouble), false});
  } else {
    rows.push_back({"channels: being counted", false});
  }
}

std::string ChannelText(const Picture& picture, const ChannelFigures& channel) {
  std::vector<std::string> withheld;
  for (const StageFigures& stage : channel.stages) {
    if (stage.positions == 0) continue;
    withheld.push_back(absl::StrCat(stage.stage, " ", Units(stage.withheld_milli)));
  }
  return absl::StrCat(
      channel.channel, " ", Units(channel.sellable_milli), " sellable (",
      ChangeText(picture, channel), ") of ", Units(channel.base_milli),
      ", withheld: ", withheld.empty() ? std::string("nothing") : absl::StrJoin(withheld, ", "));
}

std::string StatusText(const Picture& picture) {
  const StatusFigures& status = *picture.status;
  return absl::StrCat(status.caught_up ? "" : "catching up; ", LogRow(picture).text, "; lines ",
                      Grouped(status.lines), " ", PerSecond(picture.rates, &Rates::lines_per_s),
                      "; published ", Grouped(status.published), " ",
                      PerSecond(picture.rates, &Rates::published_per_s), "; outbox ",
                      Grouped(status.outbox_waiting), "+", Grouped(status.outbox_in_flight),
                      "; rejects ", Grouped(status.rejects), "; ", Grouped(status.positions),
                      " positions in ", StoresText(status));
}

}  // namespace

std::vector<Row> Block(const Picture& picture, size_t columns) {
  std::vector<Row> rows{HeadRow(picture)};
  if (!picture.trouble.empty()) {
    rows.push_back({picture.trouble, false});
  } else if (picture.status.has_value()) {
    rows.push_back(LogRow(picture));
  }
  if (picture.status.has_value()) {
    AddStatus(picture, rows);
    AddFunnel(picture, columns, rows);
  }
  for (Row& row : rows) row.text = Cut(Harmless(row.text), columns);
  return rows;
}

std::string Line(const Picture& picture) {
  std::string text = absl::StrCat(DayAndTime(picture.now_ms), " ");
  if (!picture.trouble.empty() || !picture.status.has_value()) {
    absl::StrAppend(&text, NoAnswerText(picture), ": ", picture.trouble);
    return Harmless(std::move(text));
  }
  absl::StrAppend(&text, StatusText(picture));
  if (picture.funnel.has_value()) {
    for (const ChannelFigures& channel : picture.funnel->channels) {
      absl::StrAppend(&text, "; ", ChannelText(picture, channel));
    }
  }
  return Harmless(std::move(text));
}

}  // namespace shelf::ctl
