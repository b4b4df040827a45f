// One history of a district: drawn from a seed, or played again from its steps.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/world/player.h"
#include "tests/simulation/world/situations.h"

namespace trellis::simulation {

struct HistoryOptions {
  uint64_t seed = 0;
  Mode mode = Mode::kRepairable;
  std::vector<const StoreCheck*> checks;  // run at every store at the end
  std::function<void(const std::string&)> trace;
};

struct HistoryResult {
  std::optional<std::string> failure;
  uint64_t events = 0;
  uint64_t event_digest = 0;
  uint64_t lost = 0;  // acknowledged writes no store holds any more; 0 in repairable histories
  Situations met;
  std::vector<Step> steps;  // all that was drawn
};

HistoryResult RunHistory(const HistoryOptions& options);
// The steps instead of a seed.
HistoryResult ReplayHistory(const std::vector<Step>& steps, const HistoryOptions& options);

// A history written down: its mode in the first line, then its steps.
std::string WriteHistory(const std::vector<Step>& steps, Mode mode);
// nullopt if the first line names no mode.
std::optional<HistoryResult> PlayWritten(const std::string& text, const HistoryOptions& options);

// As few of the steps as still fail (delta debugging,
// Zeller and Hildebrandt 2002). REQUIRES: they fail.
std::vector<Step> Shrink(std::vector<Step> steps, const HistoryOptions& options);

}  // namespace trellis::simulation
