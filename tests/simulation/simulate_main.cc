// trellis-simulate: random histories of a district, each from one seed.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "CLI/CLI.hpp"
#include "fmt/format.h"
#include "tests/simulation/world/history.h"

namespace trellis::simulation {
namespace {

struct Arguments {
  uint64_t first = 1;
  uint64_t count = 1000;
  Mode mode = Mode::kRepairable;
  double seconds = 0;
  bool trace = false;
  bool situations = false;
  std::string shrink_to;  // a file, empty: not
  std::string replay;     // a file, empty: none

  HistoryOptions OptionsOf(uint64_t seed) const {
    HistoryOptions options;
    options.seed = seed;
    options.mode = mode;
    if (trace) options.trace = [](const std::string& line) { fmt::print("{}\n", line); };
    return options;
  }
};

struct Totals {
  uint64_t histories = 0;
  uint64_t events = 0;
  uint64_t lost = 0;
  Situations met;
};

bool ParseSeeds(const std::string& text, Arguments* arguments) {
  unsigned long long first = 0;
  unsigned long long count = 0;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%llu:%llu%c", &first, &count, &rest) != 2 || count == 0) return false;
  arguments->first = first;
  arguments->count = count;
  return true;
}

void PrintTotals(const Totals& totals, double seconds, const Arguments& arguments) {
  fmt::print("{} histories, {} events, {:.0f} histories a second\n", totals.histories, totals.events,
             static_cast<double>(totals.histories) / seconds);
  if (arguments.mode == Mode::kSavage) {
    fmt::print("{} acknowledged writes were in no store any more when it healed\n", totals.lost);
  }
  for (size_t i = 0; i < totals.met.counts.size() && arguments.situations; ++i) {
    fmt::print("{:>12}  {}\n", totals.met.counts[i], NameOf(static_cast<Situation>(i)));
  }
}

// A long run that never met a fault has not shown that it is survived.
bool MetEverything(const Totals& totals) {
  constexpr uint64_t kLongRun = 1000;
  if (totals.histories < kLongRun) return true;
  for (const Situation missing : NeverMet(totals.met)) fmt::print("never met: {}\n", NameOf(missing));
  return NeverMet(totals.met).empty();
}

void TellFailure(const Arguments& arguments, uint64_t seed, const HistoryResult& result) {
  const char* mode = arguments.mode == Mode::kSavage ? "savage" : "repairable";
  fmt::print("seed {} failed: {}\n", seed, *result.failure);
  fmt::print("replay: trellis-simulate --seeds {}:1 --mode {} --trace\n", seed, mode);
  if (arguments.shrink_to.empty()) {
    fmt::print("make it short: trellis-simulate --seeds {}:1 --mode {} --shrink FILE\n", seed, mode);
    return;
  }
  const HistoryOptions options = arguments.OptionsOf(seed);
  const std::vector<Step> few = Shrink(result.steps, options);
  const std::string complaint = ReplayHistory(few, options).failure.value_or("");
  std::ofstream(arguments.shrink_to) << "# " << complaint << "\n" << WriteHistory(few, arguments.mode);
  fmt::print("{} of {} steps fail as well: {}\nwritten to {}; replay: trellis-simulate --replay {} --trace\n",
             few.size(), result.steps.size(), complaint, arguments.shrink_to, arguments.shrink_to);
}

int Replay(const Arguments& arguments) {
  std::ifstream file(arguments.replay);
  std::stringstream text;
  text << file.rdbuf();
  const std::optional<HistoryResult> result = PlayWritten(text.str(), arguments.OptionsOf(0));
  if (!result.has_value()) {
    fmt::print(stderr, "{} is no written history: its first line says `mode repairable` or `mode savage`\n",
               arguments.replay);
    return 2;
  }
  fmt::print("{}: {}\n", arguments.replay, result->failure.value_or("every promise kept"));
  return result->failure.has_value() ? 1 : 0;
}

int Run(const Arguments& arguments) {
  const auto begun = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  };
  Totals totals;
  for (uint64_t seed = arguments.first; seed < arguments.first + arguments.count; ++seed) {
    const HistoryResult result = RunHistory(arguments.OptionsOf(seed));
    ++totals.histories;
    totals.events += result.events;
    totals.lost += result.lost;
    totals.met += result.met;
    if (result.failure.has_value()) {
      TellFailure(arguments, seed, result);
      return 1;
    }
    if (arguments.seconds > 0 && elapsed() > arguments.seconds) break;
  }
  PrintTotals(totals, elapsed(), arguments);
  return MetEverything(totals) ? 0 : 1;
}

}  // namespace
}  // namespace trellis::simulation

int main(int argc, char** argv) {
  using namespace trellis::simulation;  // NOLINT: the whole program is of it
  CLI::App app("Random histories of a district: stores, network, clocks and disks, each from one seed.");
  Arguments arguments;
  std::string seeds = "1:1000";
  std::string mode = "repairable";
  app.add_option("--seeds", seeds, "FIRST:COUNT");
  app.add_option("--mode", mode, "repairable or savage")->check(CLI::IsMember({"repairable", "savage"}));
  app.add_option("--seconds", arguments.seconds, "stop after this long");
  app.add_flag("--trace", arguments.trace, "tell every event");
  app.add_flag("--situations", arguments.situations, "tell how often each fault was met");
  app.add_option("--shrink", arguments.shrink_to, "write the failure's history to this file, made short");
  app.add_option("--replay", arguments.replay, "play the history written in this file");
  CLI11_PARSE(app, argc, argv);
  if (!ParseSeeds(seeds, &arguments)) {
    fmt::print(stderr, "--seeds wants FIRST:COUNT, such as 1:1000\n");
    return 2;
  }
  if (mode == "savage") arguments.mode = Mode::kSavage;
  return arguments.replay.empty() ? Run(arguments) : Replay(arguments);
}
