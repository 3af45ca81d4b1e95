// shelf-bench: how fast the engine and the clients around it are. `tools/bench` runs all of it side
// by side with shelfd; each subcommand alone prints one JSON object.
#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <functional>
#include <iostream>
#include <string>

#include "consume.h"
#include "counts.h"
#include "engine.h"
#include "evaluate.h"
#include "fill.h"
#include "latency.h"
#include "relay.h"
#include "tally.h"

namespace {

using namespace shelf;

std::atomic<bool> stop_asked{false};

void AskToStop(int /*signal*/) { stop_asked = true; }

int exit_code = 0;

void Print(const absl::StatusOr<Figures>& figures) {
  if (figures.ok()) {
    std::cout << figures->dump(2) << std::endl;
    return;
  }
  std::cerr << "shelf-bench: " << figures.status().message() << "\n";
  exit_code = 1;
}

void AddKafka(CLI::App& command, KafkaOptions& kafka) {
  kafka.client_id = "shelf-bench";
  command.add_option("--brokers", kafka.brokers, "host:port,…")->required();
}

void AddLoad(CLI::App& command, LoadOptions& load) {
  command.add_option("--lines", load.lines, "movements")->check(CLI::Range(1L, 1'000'000'000L));
  command.add_option("--stores", load.stores)->check(CLI::Range(1, 60'000));
  command.add_option("--skus", load.skus, "a store")->check(CLI::Range(1, 99'999));
  command.add_option("--lines-per-event", load.lines_per_event)->check(CLI::Range(1, 500));
  command.add_option("--stock-least", load.stock_least, "the least opening stock")
      ->check(CLI::Range(0, 39));
  command.add_option("--seed", load.seed);
}

void AddStarts(CLI::App& command, std::vector<int64_t>& starts) {
  command.add_option("--from", starts, "an offset for each partition; else the first there is")
      ->delimiter(',');
}

void AddEngine(CLI::App& app) {
  static LoadOptions load{.skus = 5'000};
  CLI::App& command = *app.add_subcommand("engine", "the engine alone, over memory");
  AddLoad(command, load);
  command.callback([] { Print(RunEngineBench(load)); });
}

void AddCounts(CLI::App& app) {
  static LoadOptions load{.lines = 30'000, .skus = 10'000};
  CLI::App& command = *app.add_subcommand("counts", "a store that sends a count of all it has");
  command.add_option("--skus", load.skus, "counts")->check(CLI::Range(1, 99'999));
  command.add_option("--lines", load.lines, "movements before")->check(CLI::Range(1L, 100'000L));
  command.callback([] { Print(RunCountsBench(load)); });
}

void AddEvaluate(CLI::App& app) {
  static LoadOptions load{.lines = 1'000'000, .stores = 20, .skus = 10'000};
  static int rounds = 20;
  CLI::App& command = *app.add_subcommand("evaluate", "the rules alone, over a chain as it stands");
  AddLoad(command, load);
  command.add_option("--rounds", rounds, "how often each position is decided")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command.callback([] { Print(RunEvaluateBench(load, rounds)); });
}

void AddRules(CLI::App& app) {
  app.add_subcommand("rules", "print the rules file that the load is meant for")->callback([] {
    std::cout << kLoadRules;
  });
}

void AddFill(CLI::App& app) {
  static FillOptions options;
  CLI::App& command = *app.add_subcommand("fill", "write the load into the topics");
  AddKafka(command, options.kafka);
  AddLoad(command, options.load);
  command.add_option("--topic", options.events_topic, "of the events")->capture_default_str();
  command.add_option("--reference", options.reference_topic)->capture_default_str();
  command.add_option("--parts", options.parts, "of reference,opening,sales; else all")
      ->delimiter(',');
  command.callback([] { Print(Fill(options)); });
}

void AddConsume(CLI::App& app) {
  static ConsumeOptions options;
  CLI::App& command = *app.add_subcommand("consume", "read and decode the events: the floor");
  AddKafka(command, options.kafka);
  AddStarts(command, options.starts);
  command.add_option("--topic", options.topic)->capture_default_str();
  command.callback([] { Print(Consume(options)); });
}

void AddRelay(CLI::App& app) {
  static RelayOptions options;
  CLI::App& command = *app.add_subcommand("relay", "consume, decode, add, produce");
  AddKafka(command, options.kafka);
  AddStarts(command, options.starts);
  command.add_option("--topic", options.events_topic)->capture_default_str();
  command.add_option("--output", options.output_topic, "the topic it writes")
      ->capture_default_str();
  command.add_option("--records-a-line", options.records_a_line)
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  command.add_flag("--follow", options.follow, "go on at the end, until SIGTERM");
  command.callback([] {
    std::signal(SIGTERM, AskToStop);
    std::signal(SIGINT, AskToStop);
    Print(RunRelay(options, stop_asked));
  });
}

void AddTally(CLI::App& app) {
  static TallyOptions options;
  CLI::App& command = *app.add_subcommand("tally", "count what stands on an availability topic");
  AddKafka(command, options.kafka);
  command.add_option("--topic", options.topic)->capture_default_str();
  command.add_option("--channel", options.channel)->capture_default_str();
  command.callback([] { Print(Tally(options)); });
}

void AddLatency(CLI::App& app) {
  static LatencyOptions options;
  CLI::App& command = *app.add_subcommand("latency", "from an event to its answer, at a rate");
  AddKafka(command, options.kafka);
  AddLoad(command, options.load);
  command.add_option("--topic", options.events_topic)->capture_default_str();
  command.add_option("--answers", options.answers_topic, "the same as --topic for the floor")
      ->capture_default_str();
  command.add_option("--events-a-s", options.events_a_s)->check(CLI::Range(1L, 1'000'000L));
  command.add_option("--seconds", options.seconds)->check(CLI::Range(1L, 3'600L));
  command.callback([] { Print(MeasureLatency(options)); });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"shelf-bench: figures of the engine and of the clients around it"};
  app.require_subcommand(1);
  for (const auto& add : {AddEngine, AddCounts, AddEvaluate, AddRules, AddFill, AddConsume,
                          AddRelay, AddTally, AddLatency}) {
    add(app);
  }
  CLI11_PARSE(app, argc, argv);
  return exit_code;
}
