#include "tests/simulation/world/store.h"

#include <algorithm>
#include <utility>

#include "common/record/kind_registry.h"
#include "fmt/format.h"

namespace trellis::simulation {

Store::Store(District* district, std::string name, std::string certificate, Side side,
             std::vector<ScopeGrant> grants, int64_t wall_ms)
    : district_(district),
      name_(std::move(name)),
      certificate_(std::move(certificate)),
      side_(side),
      grants_(std::move(grants)),
      clock_(wall_ms),
      engine_(std::make_unique<MemoryEngine>()),
      kinds_(district->surveys ? &KindRegistry::BuiltIn() : nullptr) {}

const ScopeGrant* Store::GrantOf(const std::string& scope) const {
  const auto grant =
      std::find_if(grants_.begin(), grants_.end(), [&](const ScopeGrant& g) { return g.scope == scope; });
  return grant != grants_.end() ? &*grant : nullptr;
}

absl::Status Store::Open() {
  // Epochs are as random as the operating system's: apart from the choices of the history.
  SeededRandom fresh(district_->seed * 1'000'003 + district_->epochs.size());
  const auto behind = BehindAnchor(*engine_->Snapshot(), anchor_);
  if (!behind.ok()) return behind.status();
  Replica::Options options;
  options.district_key = district_->key;
  options.clock = &clock_;
  options.random = &fresh;
  options.kinds = kinds_;
  options.rescue = behind->has_value();
  options.on_durable = [this](uint64_t durable) {
    anchor_before_ = anchor_;
    if (anchor_.has_value()) anchor_->durable = durable;
  };
  absl::StatusOr<std::unique_ptr<Replica>> replica = Replica::Open(engine_.get(), options);
  if (!replica.ok()) return replica.status();
  const Epoch epoch = (*replica)->epoch();
  std::vector<Epoch>& all = district_->epochs;
  if (std::find(all.begin(), all.end(), epoch) != all.end()) {
    return absl::InternalError(fmt::format("two openings share the epoch {:x}", epoch));
  }
  all.push_back(epoch);
  epochs.insert(epoch);
  replica_ = *std::move(replica);
  rescue_ = std::make_unique<Rescue>();
  if (absl::Status status = rescue_->Open(replica_.get(), *behind); !status.ok()) return status;
  if (behind->has_value()) told_lost += **behind;
  const absl::StatusOr<uint64_t> durable = DurableSeqOf(*engine_->Snapshot());
  if (!durable.ok()) return durable.status();
  timeline.push_back({epoch, *durable});
  anchor_ = anchor_before_ = AnchorState{epoch, *durable, {}};
  if (kinds_ != nullptr) follower_ = std::make_unique<ReportFollower>(replica_.get(), kinds_);
  replica_->AddListener([this](std::string_view scope, uint64_t) { committed_.insert(std::string(scope)); });
  broken = false;
  return absl::OkStatus();
}

void Store::Close(bool power_lost) {
  follower_.reset();
  rescue_.reset();
  replica_.reset();
  committed_.clear();
  if (power_lost) anchor_ = anchor_before_;
  power_lost ? engine_->Crash() : engine_->Reopen();
}

void Store::ReplaceBy(const Image& image, bool keep_anchor) {
  follower_.reset();
  rescue_.reset();
  replica_.reset();
  committed_.clear();
  engine_ = std::make_unique<MemoryEngine>(image.content);
  if (!keep_anchor) anchor_ = image.anchor;
  answered = image.answered;
  epochs.insert(image.epochs.begin(), image.epochs.end());
  timeline = image.timeline;
  flow = FlowLimits();
}

Store::Image Store::TakeImage() const { return {engine_->TakeImage(), anchor_, answered, epochs, timeline}; }

}  // namespace trellis::simulation
