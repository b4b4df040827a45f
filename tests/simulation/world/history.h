// One random history of a district from one seed: work and faults, then healing, then the promises.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/world/checks.h"
#include "tests/simulation/world/mutant_replica.h"
#include "tests/simulation/world/situations.h"

namespace trellis::simulation {

enum class Mode {
  kRepairable,  // a good copy of each acknowledged write survives: nothing may be lost
  kSavage,      // anything: only what survived somewhere must be there in the end
};

struct HistoryOptions {
  uint64_t seed = 0;
  Mode mode = Mode::kRepairable;
  Mutant mutant = Mutant::kNone;
  std::vector<const StoreCheck*> checks;  // run at every store at the end
  std::function<void(const std::string&)> trace;
};

struct HistoryResult {
  std::optional<std::string> failure;
  uint64_t events = 0;
  uint64_t event_digest = 0;
  uint64_t lost = 0;  // acknowledged writes no store holds any more; 0 in repairable histories
  Situations met;
};

HistoryResult RunHistory(const HistoryOptions& options);

}  // namespace trellis::simulation
