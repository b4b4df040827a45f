#include "tests/simulation/world/history.h"

#include <algorithm>
#include <utility>

#include "tests/simulation/world/generator.h"

namespace trellis::simulation {
namespace {

HistoryResult ResultOf(const Player& player) {
  HistoryResult result;
  if (player.world() == nullptr) return result;
  result.failure = player.world()->failure();
  result.events = player.world()->events();
  result.event_digest = player.world()->event_digest();
  result.lost = player.lost();
  result.met = player.world()->situations();
  return result;
}

const char* WordOf(Mode mode) { return mode == Mode::kSavage ? "savage" : "repairable"; }

}  // namespace

HistoryResult RunHistory(const HistoryOptions& options) {
  Player player(options.mode, options.checks, options.trace);
  Generator generator(options.seed, options.mode);
  std::vector<Step> steps = generator.Opening();
  for (const Step& step : steps) player.Play(step);
  for (uint64_t drawn = 0; drawn < generator.length() && !player.failed(); ++drawn) {
    for (Step& step : generator.Next(player)) {
      player.Play(step);
      steps.push_back(std::move(step));
    }
  }
  player.Finish();
  HistoryResult result = ResultOf(player);
  result.steps = std::move(steps);
  return result;
}

HistoryResult ReplayHistory(const std::vector<Step>& steps, const HistoryOptions& options) {
  Player player(options.mode, options.checks, options.trace);
  for (const Step& step : steps) player.Play(step);
  player.Finish();
  return ResultOf(player);
}

std::string WriteHistory(const std::vector<Step>& steps, Mode mode) {
  return std::string("mode ") + WordOf(mode) + "\n" + TextOf(steps);
}

std::optional<HistoryResult> PlayWritten(const std::string& text, const HistoryOptions& options) {
  std::vector<Step> steps = StepsOf(text);
  if (steps.empty() || steps[0].size() != 2 || steps[0][0] != "mode") return std::nullopt;
  HistoryOptions as_written = options;
  as_written.mode = steps[0][1] == WordOf(Mode::kSavage) ? Mode::kSavage : Mode::kRepairable;
  steps.erase(steps.begin());
  return ReplayHistory(steps, as_written);
}

std::vector<Step> Shrink(std::vector<Step> steps, const HistoryOptions& options) {
  HistoryOptions quiet = options;
  quiet.trace = nullptr;
  const auto fails = [&](const std::vector<Step>& some) {
    return ReplayHistory(some, quiet).failure.has_value();
  };
  for (size_t chunk = steps.size() / 2; chunk > 0;) {
    bool smaller = false;
    for (size_t begin = 0; begin < steps.size();) {
      const size_t end = std::min(begin + chunk, steps.size());
      std::vector<Step> rest(steps.begin(), steps.begin() + static_cast<ptrdiff_t>(begin));
      rest.insert(rest.end(), steps.begin() + static_cast<ptrdiff_t>(end), steps.end());
      if (fails(rest)) {
        steps = std::move(rest);
        smaller = true;
      } else {
        begin = end;
      }
    }
    if (!smaller || chunk > 1) chunk /= 2;
  }
  return steps;
}

}  // namespace trellis::simulation
