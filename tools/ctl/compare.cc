#include "ctl/compare.h"

#include <functional>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "app/open_world.h"
#include "base/nearest_name.h"
#include "ctl/cluster_config.h"
#include "ctl/compare_text.h"
#include "ctl/feed_compare.h"
#include "ctl/rules_texts.h"
#include "ctl/snapshot.h"
#include "ctl/whole_file.h"
#include "state/rocks_store.h"

namespace shelf::ctl {
namespace {

absl::StatusOr<FeedFileOptions> FileOptionsOf(const CompareOptions& options) {
  FeedFileOptions feed = options.feed;
  const std::string delimiter = options.delimiter == "tab" ? "\t" : options.delimiter;
  if (delimiter.size() != 1) {
    return absl::InvalidArgumentError("--delimiter is one character, or tab");
  }
  feed.file.delimiter = delimiter[0];
  for (const absl::string_view pair : absl::StrSplit(options.columns, ',', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> names = absl::StrSplit(pair, absl::MaxSplits('=', 1));
    if (names.second.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--columns: '", pair, "' is not store=HEADER, sku=HEADER or quantity=HEADER"));
    }
    feed.file.columns.columns[names.first] = names.second;
  }
  return feed;
}

absl::StatusOr<Feed> ReadFeed(const CompareOptions& options) {
  if (options.topic.empty()) {
    const absl::StatusOr<FeedFileOptions> file = FileOptionsOf(options);
    if (!file.ok()) return file.status();
    absl::StatusOr<Feed> feed = ReadFeedFile(*file);
    if (!feed.ok() || feed->rows > 0) return feed;
    return absl::InvalidArgumentError(absl::StrCat(options.feed.file.path, ": it has no rows"));
  }
  const absl::StatusOr<Config> config = ClusterConfig(options.config, options.sets);
  if (!config.ok()) return config.status();
  absl::StatusOr<Feed> feed = ReadFeedTopic(*config, options.topic, options.channel);
  if (!feed.ok()) return WithBrokers(feed.status(), config->brokers);
  if (feed->rows > 0) return feed;
  return absl::NotFoundError(
      absl::StrCat("topic ", options.topic, " has no record of channel ", options.channel));
}

absl::StatusOr<std::unique_ptr<OpenedWorld>> OpenState(const Common& common,
                                                       const CompareOptions& options,
                                                       std::ostream& err) {
  OpenWorldOptions world;
  if (!options.rules.empty()) {
    absl::StatusOr<std::string> text = ReadUsableRules(options.rules, err);
    if (!text.ok()) return text.status();
    world.rules = *std::move(text);
  }
  const absl::StatusOr<CheckpointFolder> folder =
      FindCheckpoint(AdminClient(common.admin), common.state_dir);
  if (!folder.ok()) return folder.status();
  const absl::StatusOr<std::unique_ptr<CheckpointStore>> store =
      OpenRocksStoreReadOnly(folder->path());
  if (!store.ok()) return store.status();
  return OpenedWorld::Open(**store, world);
}

absl::StatusOr<ChannelId> FindChannel(const std::string& name, const World& world) {
  const ChannelId channel = world.ChannelNamed(name);
  if (channel.valid()) return channel;
  const std::string nearest = NearestName(name, world.channel_names);
  return absl::NotFoundError(absl::StrCat("no channel ", name, " in the rules",
                                          nearest.empty() ? "" : "; did you mean ", nearest,
                                          nearest.empty() ? "" : "?"));
}

absl::Status WriteRejected(const Feed& feed, const std::string& path) {
  if (path.empty()) return absl::OkStatus();
  WholeFile file(path);
  if (absl::Status status = file.Open(); !status.ok()) return status;
  WriteFaults(feed, file.stream());
  return file.Commit();
}

// Compares, and writes the differences beside.
absl::StatusOr<FeedComparison> Run(OpenedWorld& opened, ChannelId channel, const Feed& feed,
                                   const std::string& path) {
  if (path.empty()) return CompareFeed(opened, channel, feed, {});
  WholeFile file(path);
  if (absl::Status status = file.Open(); !status.ok()) return status;
  file.stream() << kDifferencesHeading;
  FeedComparison comparison = CompareFeed(
      opened, channel, feed,
      [&](const FeedDifference& difference) { file.stream() << DifferenceLine(difference); });
  if (absl::Status status = file.Commit(); !status.ok()) return status;
  return comparison;
}

absl::StatusOr<Json> Answer(const Common& common, const CompareOptions& options,
                            std::ostream& err) {
  const absl::StatusOr<Feed> feed = ReadFeed(options);
  if (!feed.ok()) return feed.status();
  if (absl::Status status = WriteRejected(*feed, options.rejected); !status.ok()) return status;
  const absl::StatusOr<std::unique_ptr<OpenedWorld>> opened = OpenState(common, options, err);
  if (!opened.ok()) return opened.status();
  const absl::StatusOr<ChannelId> channel = FindChannel(options.channel, (*opened)->world());
  if (!channel.ok()) return channel.status();
  const absl::StatusOr<FeedComparison> comparison =
      Run(**opened, *channel, *feed, options.differences);
  if (!comparison.ok()) return comparison.status();
  return ComparisonJson(*comparison, *feed, options.channel, **opened);
}

}  // namespace

int Compare(const Common& common, const CompareOptions& options, std::ostream& out,
            std::ostream& err) {
  const bool has_file = !options.feed.file.path.empty();
  if (has_file == !options.topic.empty()) {
    return Fail(absl::InvalidArgumentError("say --with FEED.csv or --with-topic TOPIC"), err);
  }
  return ShowAnswer(common, Answer(common, options, err), ShowComparison, out, err);
}

}  // namespace shelf::ctl
