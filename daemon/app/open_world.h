// A checkpoint as a world to read: positions, stores and reference data as they were at its
// partitions' times, the lags of that moment computed, and every key decidable. For tools that work
// on a copy, a backup or a recording, without a daemon.
// THREAD: one owner.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/time.h"
#include "loop/checkpoint.h"
#include "loop/evaluator.h"
#include "loop/outbox.h"
#include "loop/world.h"
#include "state/checkpoint_store.h"

namespace shelf {

struct OpenWorldOptions {
  // The text of a rule set that all partitions go by. nullopt: each goes by the one that was in
  // force there, as the checkpoint says.
  std::optional<std::string> rules;
};

class OpenedWorld {
 public:
  // NotFound: nothing was ever written there. FailedPrecondition: the checkpoint is of a format
  // that we do not read, or does not tell the rules in force and none were given. InvalidArgument:
  // those that were given cannot be used; the first place. DataLoss names the row that cannot be
  // read. `store` may go when it returns.
  static absl::StatusOr<std::unique_ptr<OpenedWorld>> Open(CheckpointStore& store,
                                                           const OpenWorldOptions& options = {});

  World& world() { return world_; }
  // Decides as the daemon would at that moment; only its Decide functions are to be called.
  Evaluator& evaluator() { return evaluator_; }
  const CheckpointMeta& meta() const { return meta_; }

  // The times of its partitions: the state is as of these. nullopt: none has a time yet.
  struct Times {
    PartitionTime oldest, newest;
  };
  std::optional<Times> times() const;

 private:
  OpenedWorld(WorldOptions options, std::unique_ptr<RuleSet> rules, CheckpointMeta meta)
      : meta_(std::move(meta)),
        world_(options, std::move(rules)),
        outbox_(world_.positions),
        evaluator_(world_, outbox_) {}

  void RouteAsSaved(const std::vector<SavedChannel>& channels);

  const CheckpointMeta meta_;
  World world_;
  Outbox outbox_;
  Evaluator evaluator_;
};

}  // namespace shelf
