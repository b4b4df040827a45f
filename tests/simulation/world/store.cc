#include "tests/simulation/world/store.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"

namespace trellis::simulation {
namespace {

// Mints the epoch of the folder's first opening again and again: the planted fault.
class SameEpoch final : public Random {
 public:
  explicit SameEpoch(Epoch epoch) : epoch_(epoch) {}
  uint64_t Next() override { return epoch_; }

 private:
  Epoch epoch_;
};

}  // namespace

Store::Store(District* district, std::string name, std::string certificate, Side side,
             std::vector<ScopeGrant> grants, int64_t wall_ms)
    : district_(district),
      name_(std::move(name)),
      certificate_(std::move(certificate)),
      side_(side),
      grants_(std::move(grants)),
      clock_(wall_ms),
      engine_(std::make_unique<MemoryEngine>()) {}

absl::Status Store::Open() {
  // Epochs are as random as the operating system's: apart from the choices of the history.
  SeededRandom fresh(district_->seed * 1'000'003 + district_->epochs.size());
  SameEpoch same(first_epoch_);
  const bool minted_once = district_->mutant == Mutant::kEpochMintedOnce && first_epoch_ != 0;
  Replica::Options options;
  options.district_key = district_->key;
  options.clock = &clock_;
  options.random = minted_once ? static_cast<Random*>(&same) : &fresh;
  absl::StatusOr<std::unique_ptr<Replica>> replica = Replica::Open(engine_.get(), options);
  if (!replica.ok()) return replica.status();
  const Epoch epoch = (*replica)->epoch();
  std::vector<Epoch>& epochs = district_->epochs;
  if (std::find(epochs.begin(), epochs.end(), epoch) != epochs.end() && !minted_once) {
    return absl::InternalError(fmt::format("two openings share the epoch {:x}", epoch));
  }
  epochs.push_back(epoch);
  if (first_epoch_ == 0) first_epoch_ = epoch;
  replica_ = MakeMutant(district_->mutant, *std::move(replica), &epochs);
  replica_->AddListener([this](std::string_view scope, uint64_t) { committed_.insert(std::string(scope)); });
  broken = false;
  return absl::OkStatus();
}

void Store::Close(bool power_lost) {
  replica_.reset();
  committed_.clear();
  power_lost ? engine_->Crash() : engine_->Reopen();
}

void Store::ReplaceBy(const Image& image) {
  replica_.reset();
  committed_.clear();
  engine_ = std::make_unique<MemoryEngine>(image.content);
  first_epoch_ = image.first_epoch;
  flow = FlowLimits();
}

Store::Image Store::TakeImage() const { return {engine_->TakeImage(), first_epoch_}; }

}  // namespace trellis::simulation
