// shelf-bench: how fast the engine is and how much it holds.
#include <CLI/CLI.hpp>
#include <iostream>

#include "engine.h"

int main(int argc, char** argv) {
  CLI::App app{"shelf-bench: figures of the engine"};
  app.require_subcommand(1);
  shelf::EngineBenchOptions options;
  CLI::App* engine = app.add_subcommand("engine", "decode, apply, evaluate, publish over memory");
  engine->add_option("--lines", options.lines, "movements")->check(CLI::Range(1000L, 1000000000L));
  engine->add_option("--stores", options.stores)->check(CLI::Range(1, 60000));
  engine->add_option("--skus", options.skus, "a store")->check(CLI::Range(1, 99999));
  engine->add_option("--lines-per-event", options.lines_per_event)->check(CLI::Range(1, 500));
  engine->add_option("--seed", options.seed);
  engine->callback([&] { std::cout << shelf::EngineBenchText(shelf::RunEngineBench(options)); });
  CLI11_PARSE(app, argc, argv);
  return 0;
}
