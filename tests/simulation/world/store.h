// One data folder of the simulated district, and the process that has it open.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/exchange/exchange.h"
#include "common/replica/replica.h"
#include "common/replica/rescue.h"
#include "common/service/follower/report_follower.h"
#include "common/storage/memory_engine.h"
#include "common/time/clock.h"
#include "common/time/random.h"

namespace trellis::simulation {

using RecordKey = std::pair<std::string, RecordId>;  // scope, id

// What all stores of a history share.
struct District {
  uint64_t seed = 0;
  bool surveys = false;  // kinds are known, indexes and report views are kept
  HashKey key{};
  std::vector<Epoch> epochs;  // of every opening, in order
};

class Store {
 public:
  struct Opening {
    Epoch epoch = 0;
    uint64_t durable = 0;  // changes there were before it
    friend bool operator==(const Opening&, const Opening&) = default;
  };
  // What a copy of the folder holds.
  struct Image {
    MemoryEngine::Image content;
    std::optional<AnchorState> anchor;
    std::map<RecordKey, Context> answered;
    std::set<Epoch> epochs;
    std::vector<Opening> timeline;
  };

  Store(District* district, std::string name, std::string certificate, Side side,
        std::vector<ScopeGrant> grants, int64_t wall_ms);

  // Starts the process. An error if an epoch comes twice.
  absl::Status Open();
  // The process ends; with `power_lost` what was not synced goes, and the anchor may be one sync behind.
  void Close(bool power_lost);
  // `keep_anchor`: its second copy stood elsewhere, and says how far the folder once was.
  void ReplaceBy(const Image& image, bool keep_anchor);
  Image TakeImage() const;

  bool open() const { return replica_ != nullptr; }
  Replica* replica() const { return replica_.get(); }
  MemoryEngine* engine() const { return engine_.get(); }
  ManualClock* clock() { return &clock_; }
  const std::string& name() const { return name_; }
  const std::string& certificate() const { return certificate_; }
  Side side() const { return side_; }
  const std::vector<ScopeGrant>& grants() const { return grants_; }
  const ScopeGrant* GrantOf(const std::string& scope) const;

  // Null unless the history has surveys. Follows the feed since the process started.
  ReportFollower* follower() const { return follower_.get(); }
  const KindRegistry* kinds() const { return kinds_; }
  void SetKinds(const KindRegistry* kinds) { kinds_ = kinds; }
  Rescue* rescue() const { return rescue_.get(); }
  // Changes of this folder that its anchor knew and it had lost, over all rescues.
  uint64_t told_lost = 0;

  // Scopes committed to since they were last taken.
  std::set<std::string> TakeCommitted() { return std::exchange(committed_, {}); }
  // Writes answered OK at this folder, and all they build on: what it must hold for ever.
  std::map<RecordKey, Context> answered;
  // Of the folder's openings, those of its past under another name too.
  std::set<Epoch> epochs;
  // The openings behind what it holds now, in order.
  std::vector<Opening> timeline;

  FlowLimits flow;       // kept by the agent from one connection to the next
  bool broken = false;   // a commit failed: nothing can be written before it is reopened
  bool hostile = false;  // says what it likes

 private:
  District* const district_;
  const std::string name_;
  const std::string certificate_;
  const Side side_;
  std::vector<ScopeGrant> grants_;
  ManualClock clock_;
  std::unique_ptr<MemoryEngine> engine_;
  const KindRegistry* kinds_ = nullptr;
  std::optional<AnchorState> anchor_;
  std::optional<AnchorState> anchor_before_;  // as of the sync before the last
  std::unique_ptr<Replica> replica_;
  std::unique_ptr<Rescue> rescue_;
  std::unique_ptr<ReportFollower> follower_;
  std::set<std::string> committed_;
};

}  // namespace trellis::simulation
