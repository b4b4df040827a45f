// One data folder of the simulated district, and the process that has it open.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/exchange/exchange.h"
#include "common/replica/replica.h"
#include "common/storage/memory_engine.h"
#include "common/time/clock.h"
#include "common/time/random.h"
#include "tests/simulation/world/mutant_replica.h"

namespace trellis::simulation {

// What all stores of a history share.
struct District {
  uint64_t seed = 0;
  Mutant mutant = Mutant::kNone;
  HashKey key{};
  std::vector<Epoch> epochs;  // of every opening, in order
};

class Store {
 public:
  // What a copy of the folder holds.
  struct Image {
    MemoryEngine::Image content;
    Epoch first_epoch = 0;  // of the folder's first opening
  };

  Store(District* district, std::string name, std::string certificate, Side side,
        std::vector<ScopeGrant> grants, int64_t wall_ms);

  // Starts the process. Fails the history if an epoch comes twice.
  absl::Status Open();
  // The process ends; with `power_lost` what was not synced goes.
  void Close(bool power_lost);
  void ReplaceBy(const Image& image);
  Image TakeImage() const;

  bool open() const { return replica_ != nullptr; }
  Replica* replica() const { return replica_.get(); }
  MemoryEngine* engine() const { return engine_.get(); }
  ManualClock* clock() { return &clock_; }
  const std::string& name() const { return name_; }
  const std::string& certificate() const { return certificate_; }
  Side side() const { return side_; }
  const std::vector<ScopeGrant>& grants() const { return grants_; }
  void Grant(const ScopeGrant& grant) { grants_.push_back(grant); }

  // Scopes committed to since they were last taken.
  std::set<std::string> TakeCommitted() { return std::exchange(committed_, {}); }

  FlowLimits flow;      // kept by the agent from one connection to the next
  bool broken = false;  // a commit failed: nothing can be written before it is reopened

 private:
  District* const district_;
  const std::string name_;
  const std::string certificate_;
  const Side side_;
  std::vector<ScopeGrant> grants_;
  ManualClock clock_;
  Epoch first_epoch_ = 0;
  std::unique_ptr<MemoryEngine> engine_;
  std::unique_ptr<Replica> replica_;
  std::set<std::string> committed_;
};

}  // namespace trellis::simulation
