#include "ctl/top_figures.h"

#include "absl/strings/str_cat.h"
#include "ctl/table.h"

namespace shelf::ctl {
namespace {

std::optional<int64_t> Known(const Json& number) {
  if (number.is_null()) return std::nullopt;
  return number.get<int64_t>();
}

int64_t SumOf(const Json& counts) {
  int64_t sum = 0;
  for (const Json& count : counts) sum += count.get<int64_t>();
  return sum;
}

void TakeLag(const Json& lag, StatusFigures& figures) {
  figures.worst_lag_ms = Known(lag.at("worst_ms"));
  if (figures.worst_lag_ms.has_value())
    figures.worst_store = lag.at("worst_store").get<std::string>();
  for (const char* range : {"up_to_1h", "up_to_4h", "up_to_1d", "over_1d"}) {
    figures.behind += lag.at("behind").at(range).get<int64_t>();
  }
  figures.unknown = lag.at("unknown");
  figures.frozen = lag.at("frozen");
}

StatusFigures StatusOf(const Json& answer) {
  StatusFigures figures;
  figures.incarnation = answer.at("incarnation");
  figures.caught_up = answer.at("caught_up");
  figures.lines = answer.at("counters").at("lines");
  figures.published = answer.at("counters").at("published");
  figures.rejects = SumOf(answer.at("rejects").at("by_reason"));
  figures.positions = answer.at("positions");
  figures.stores = answer.at("stores");
  figures.outbox_waiting = answer.at("outbox").at("waiting");
  figures.outbox_in_flight = answer.at("outbox").at("in_flight");
  TakeLag(answer.at("lag"), figures);
  for (const Json& partition : answer.at("partitions")) {
    const std::optional<int64_t> time_ms = Known(partition.at("time_ms"));
    if (time_ms.has_value()) figures.partition_ms[partition.at("partition")] = *time_ms;
  }
  return figures;
}

ChannelFigures ChannelOf(const Json& channel) {
  const Json& keys = channel.at("keys");
  ChannelFigures figures;
  figures.channel = channel.at("channel").get<std::string>();
  figures.base_milli = Known(channel.at("base_milli"));
  figures.sellable_milli = Known(channel.at("sellable_milli"));
  for (const Json& stage : channel.at("stages")) {
    figures.stages.push_back(
        {stage.at("stage"), Known(stage.at("withheld_milli")), stage.at("positions")});
  }
  figures.in_stock = keys.at("in_stock").get<int64_t>() + keys.at("limited").get<int64_t>();
  figures.out_of_stock = keys.at("out_of_stock");
  figures.ineligible = keys.at("ineligible");
  return figures;
}

absl::Status OtherForm(const Json::exception& error) {
  return absl::InternalError(absl::StrCat("the daemon answered in another form: ", error.what()));
}

}  // namespace

absl::StatusOr<StatusFigures> ReadStatus(const Json& answer) {
  try {
    return StatusOf(answer);
  } catch (const Json::exception& error) {
    return OtherForm(error);
  }
}

absl::StatusOr<FunnelFigures> ReadFunnel(const Json& answer) {
  try {
    FunnelFigures figures;
    figures.time_ms = answer.at("time_ms").at("to");
    for (const Json& channel : answer.at("channels")) {
      figures.channels.push_back(ChannelOf(channel));
    }
    return figures;
  } catch (const Json::exception& error) {
    return OtherForm(error);
  }
}

}  // namespace shelf::ctl
