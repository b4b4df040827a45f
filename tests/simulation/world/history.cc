#include "tests/simulation/world/history.h"

#include <memory>
#include <utility>

#include "fmt/format.h"
#include "tests/simulation/world/workload.h"

namespace trellis::simulation {
namespace {

constexpr int kHealingRounds = 40;
constexpr int kMostStores = 7;

class History {
 public:
  explicit History(const HistoryOptions& options)
      : options_(options),
        random_(options.seed * 2 + (options.mode == Mode::kSavage ? 1 : 0)),
        world_(std::make_unique<World>(ChooseWorld())),
        workload_(world_.get(), &random_, ChooseWorkload()) {
    world_->trace = options.trace;
  }

  HistoryResult Run() {
    AddSites();
    const uint64_t steps = 80 + random_.Below(70);
    for (uint64_t step = 0; step < steps && !Failed(); ++step) {
      Step();
      if (random_.Chance(0.08)) LookAround();
    }
    if (!Failed()) Heal();
    if (!Failed()) CountOutcomes(world_.get());
    HistoryResult result;
    result.failure = world_->failure();
    result.events = world_->events();
    result.event_digest = world_->event_digest();
    result.lost = lost_;
    result.met = world_->situations();
    return result;
  }

 private:
  WorldConfig ChooseWorld() {
    WorldConfig config;
    config.seed = options_.seed;
    config.mutant = options_.mutant;
    constexpr size_t kPaddings[] = {0, 0, 300, 3000};
    config.bytes_per_record = kPaddings[random_.Below(4)];
    config.columns = random_.Chance(0.05);
    config.fence = random_.Chance(0.7);
    config.repair_expected = damaging_ = random_.Chance(0.06);
    poison_ = random_.Chance(0.2);
    if (poison_) {
      config.server_admits = [](std::string_view, const Delta& delta) {
        return IsPoisoned(delta) ? absl::InvalidArgumentError("poison") : absl::OkStatus();
      };
    }
    return config;
  }

  WorkloadConfig ChooseWorkload() {
    WorkloadConfig config;
    config.records_a_scope = 2 + random_.Below(5);
    config.fields = 1 + static_cast<uint32_t>(random_.Below(4));
    config.poison = poison_;
    return config;
  }

  void AddSites() {
    const uint64_t sites = 1 + random_.Below(4);
    for (uint64_t i = 1; i <= sites; ++i) {
      const std::string own = fmt::format("F{}", i);
      std::vector<ScopeGrant> grants = {{"shared"}};
      if (random_.Chance(0.7)) grants.push_back({own});
      if (random_.Chance(0.15)) grants.push_back({own + "!up", false, true});
      // Most clocks are a few minutes off, some years.
      const int64_t skew_ms = random_.Chance(0.85)
                                  ? static_cast<int64_t>(random_.Below(600'000)) - 300'000
                                  : static_cast<int64_t>(random_.Below(200'000'000'000)) - 100'000'000'000;
      world_->AddSite(own, std::move(grants), skew_ms);
    }
  }

  bool Failed() const { return world_->failure().has_value(); }
  void Expect(Verdict verdict) {
    if (verdict.has_value()) world_->Fail(*std::move(verdict));
  }
  int AnyStore() { return static_cast<int>(random_.Below(world_->stores().size())); }
  int AnySite() { return 1 + static_cast<int>(random_.Below(world_->stores().size() - 1)); }

  void Step() {
    const double choice = random_.Unit();
    if (choice < 0.42) {
      const int index = AnyStore();
      if (!world_->store(index).broken) workload_.WriteSomething(index, sabotaged_.contains(index));
    } else if (choice < 0.56) {
      const int site = AnySite();
      const Connection* link = world_->LinkOf(site);
      if (link == nullptr) world_->Connect(site);
    } else if (choice < 0.80) {
      Deliver(1 + random_.Below(12));
    } else if (choice < 0.85) {
      if (!world_->links().empty()) world_->Cut(AnyLink(), random_.Chance(0.5));
    } else if (choice < 0.88) {
      world_->Tick(static_cast<int64_t>(random_.Below(20'000)));
    } else {
      Hurt();
    }
  }

  Connection* AnyLink() { return world_->links()[random_.Below(world_->links().size())].get(); }

  void Deliver(uint64_t messages) {
    for (uint64_t i = 0; i < messages && !world_->links().empty() && !Failed(); ++i) {
      Connection* link = AnyLink();
      random_.Chance(0.5) ? world_->DeliverUp(link) : world_->DeliverDown(link);
    }
  }

  void Hurt() {
    const double choice = random_.Unit();
    const int index = AnyStore();
    if (damaging_ && random_.Chance(0.15)) {
      // A store that cannot be written to has nothing to believe.
      world_->Overlook(index).IgnoreError();
    } else if (choice < 0.15) {
      sabotaged_.erase(index);
      world_->Reopen(index, random_.Chance(0.6));
    } else if (choice < 0.30) {
      if (sabotaged_.insert(index).second) world_->FailNextCommit(index, random_.Chance(0.5));
    } else if (choice < 0.40) {
      for (const int broken : std::exchange(sabotaged_, {})) world_->Reopen(broken, random_.Chance(0.5));
    } else if (choice < 0.60) {
      world_->TakeImage(index);
    } else if (choice < 0.75) {
      Restore();
    } else if (choice < 0.82) {
      Clone();
    } else if (choice < 0.93) {
      JumpClock(index);
    } else {
      const bool full = full_.insert(index).second;
      if (!full) full_.erase(index);
      world_->SetDiskFull(index, full);
    }
  }

  void Restore() {
    if (world_->images().empty()) return;
    const size_t image = random_.Below(world_->images().size());
    const int index = world_->images()[image].store;
    if (options_.mode == Mode::kRepairable && !world_->LosesNothing(index, image)) return;
    sabotaged_.erase(index);
    full_.erase(index);
    cursors_.Forget(index);
    world_->Restore(index, image);
  }

  void Clone() {
    if (world_->images().empty() || world_->stores().size() >= kMostStores) return;
    const size_t image = random_.Below(world_->images().size());
    if (world_->images()[image].store != World::kServer) world_->Clone(image);
  }

  void JumpClock(int index) {
    world_->situations().Add(Situation::kClockJump);
    ManualClock* clock = world_->store(index).clock();
    const int64_t range_ms = random_.Chance(0.5) ? 3'600'000 : 100'000'000'000;
    const auto jump_ms = static_cast<int64_t>(random_.Below(static_cast<uint64_t>(range_ms))) - range_ms / 2;
    clock->SetWall(clock->WallMs() + jump_ms);
  }

  void LookAround() {
    Expect(CheckStore(world_.get(), AnyStore()));
    Expect(cursors_.Check(world_.get(), AnyStore()));
    for (const auto& link : world_->links()) {
      if (!damaging_) Expect(CheckClaims(world_.get(), *link));
    }
  }

  void Heal() {
    world_->DropAllLinks();
    for (const int index : std::exchange(full_, {})) world_->SetDiskFull(index, false);
    for (const int index : std::exchange(sabotaged_, {})) world_->Reopen(index, false);
    const std::map<RecordKey, Context> survivors = Survivors(world_.get());
    lost_ = CountLost(*world_, survivors);
    if (lost_ > 0 && options_.mode == Mode::kRepairable) {
      return world_->Fail(fmt::format("{} acknowledged writes are nowhere any more", lost_));
    }
    if (world_->trace) world_->trace("healing");
    int rounds = 0;
    for (; rounds < kHealingRounds && !Failed(); ++rounds) {
      for (size_t i = 1; i < world_->stores().size(); ++i) {
        if (world_->LinkOf(static_cast<int>(i)) == nullptr) world_->Connect(static_cast<int>(i));
      }
      if (!world_->DeliverAll()) return world_->Fail("the conversation does not end");
      if (AllVerified(world_.get())) break;
      world_->Tick(2'000);
    }
    if (Failed()) return;
    if (rounds == kHealingRounds) return world_->Fail("no equal digests after healing");
    CheckAtTheEnd(survivors);
  }

  void CheckAtTheEnd(const std::map<RecordKey, Context>& survivors) {
    Expect(CheckConverged(world_.get(), survivors));
    for (size_t i = 0; i < world_->stores().size(); ++i) {
      const int index = static_cast<int>(i);
      Expect(CheckStore(world_.get(), index));
      Expect(cursors_.Check(world_.get(), index));
      for (const StoreCheck* check : options_.checks) Expect(check->Check(*world_->store(index).replica()));
    }
    for (const auto& link : world_->links()) Expect(CheckClaims(world_.get(), *link));
    if (options_.seed % 8 == 0) Expect(CheckAgainChangesNothing(world_.get()));
  }

  const HistoryOptions& options_;
  SeededRandom random_;
  bool poison_ = false;
  bool damaging_ = false;  // cursors are made to lie: claims are false, and repair has to mend it
  std::unique_ptr<World> world_;
  Workload workload_;
  CursorWatch cursors_;
  std::set<int> sabotaged_;  // the next commit fails, or did
  std::set<int> full_;
  uint64_t lost_ = 0;
};

}  // namespace

HistoryResult RunHistory(const HistoryOptions& options) { return History(options).Run(); }

}  // namespace trellis::simulation
