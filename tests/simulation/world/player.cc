#include "tests/simulation/world/player.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "fmt/format.h"
#include "tests/simulation/world/column_check.h"

namespace trellis::simulation {
namespace {

constexpr int kHealingRounds = 40;

bool Has(const Step& step, const std::string& word) {
  return std::find(step.begin() + 1, step.end(), word) != step.end();
}

int64_t NumberAt(const Step& step, size_t word) {
  int64_t number = 0;
  if (word < step.size()) std::from_chars(step[word].data(), step[word].data() + step[word].size(), number);
  return number;
}

// Every scope has been compared: nothing is missing any more that anybody holds.
Verdict FinishRescue(Store* store) {
  const absl::Status status = store->rescue()->Finish(store->replica());
  if (status.ok() && !store->rescue()->active()) return std::nullopt;
  return fmt::format("{} does not get out of its rescue", store->name());
}

}  // namespace

Player::Player(Mode mode, std::vector<const StoreCheck*> checks,
               std::function<void(const std::string&)> trace)
    : mode_(mode), checks_(std::move(checks)), trace_(std::move(trace)) {}

void Player::Expect(Verdict verdict) {
  if (verdict.has_value()) world_->Fail(*std::move(verdict));
}

void Player::MakeWorld(const Step& step) {
  WorldConfig config;
  config.seed = seed_;
  config.columns = Has(step, "columns");
  config.fence = Has(step, "fence");
  config.surveys = Has(step, "surveys");
  config.count_sent = Has(step, "count");
  config.repair_expected = damage_ = Has(step, "damage");
  for (const std::string& word : step) {
    if (word.starts_with("padding=")) config.bytes_per_record = std::strtoul(word.c_str() + 8, nullptr, 10);
  }
  if (Has(step, "poison")) {
    config.server_admits = [](std::string_view, const Delta& delta) {
      return IsPoisoned(delta) ? absl::InvalidArgumentError("poison") : absl::OkStatus();
    };
  }
  world_ = std::make_unique<World>(std::move(config));
  world_->trace = trace_;
  workload_ = std::make_unique<Workload>(world_.get());
}

void Player::AddSite(const Step& step) {
  if (step.size() < 3 || world_->FindStore(step[1]) >= 0) return;
  std::vector<ScopeGrant> grants;
  for (size_t i = 3; i < step.size(); ++i) {
    if (step[i] == "hostile") continue;
    const bool pull = step[i][0] != '>';
    const bool push = step[i][0] != '<';
    grants.push_back({pull && push ? step[i] : step[i].substr(1), pull, push});
  }
  const int site = world_->AddSite(step[1], std::move(grants), NumberAt(step, 2));
  world_->store(site).hostile = Has(step, "hostile");
}

void Player::Play(const Step& step) {
  if (step.empty()) return;
  const std::string& verb = step[0];
  if (verb == "seed") seed_ = static_cast<uint64_t>(NumberAt(step, 1));
  if (verb == "world") MakeWorld(step);
  if (world_ == nullptr || failed() || step.size() < 2) return;
  if (trace_) trace_("> " + TextOf(step));
  if (verb == "site") return AddSite(step);
  if (verb == "tick") return world_->Tick(NumberAt(step, 1));
  if (verb == "restore" || verb == "rewind" || verb == "clone") return PlayImage(step);
  const int store = world_->FindStore(step[1]);
  if (store >= 0) PlayAt(store, step);
}

void Player::PlayAt(int store, const Step& step) {
  const std::string& verb = step[0];
  if (verb == "write" && step.size() > 3) {
    if (world_->store(store).broken) return;
    const bool insist = step[3] == "insist";
    workload_->Write(store, step[2], insist, {step.begin() + (insist ? 4 : 3), step.end()});
  } else if (verb == "again") {
    if (!world_->store(store).broken) workload_->Again(store);
  } else if (verb == "look") {
    LookAt(store);
  } else if (verb == "connect" || verb == "up" || verb == "down" || verb == "cut" || verb == "hostile") {
    if (store != World::kServer) PlayLink(store, step);
  } else {
    PlayFault(store, step);
  }
}

Connection* Player::LinkOf(int site, const Step& step, size_t word) {
  int64_t k = NumberAt(step, word);
  for (const auto& link : world_->links()) {
    if (link->site == site && k-- == 0) return link.get();
  }
  return nullptr;
}

void Player::PlayLink(int site, const Step& step) {
  if (step[0] == "connect") {
    if (world_->LinkOf(site) == nullptr) world_->Connect(site);
    return;
  }
  if (step[0] == "hostile") {
    Connection* link = world_->LinkOf(site);
    if (link == nullptr || !world_->store(site).hostile) return;
    return world_->Corrupt(link, static_cast<size_t>(NumberAt(step, 2)),
                           static_cast<uint64_t>(NumberAt(step, 3)));
  }
  Connection* link = LinkOf(site, step, 2);
  if (link == nullptr) return;
  if (step[0] == "up") {
    world_->DeliverUp(link);
  } else if (step[0] == "down") {
    world_->DeliverDown(link);
  } else if (!link->cut) {
    world_->Cut(link, Has(step, "late"));
  }
}

void Player::Reopen(int store, bool power_lost) {
  sabotaged_.erase(world_->store(store).name());
  world_->Reopen(store, power_lost);
}

void Player::PlayFault(int store, const Step& step) {
  const std::string& verb = step[0];
  const std::string& name = step[1];
  if (verb == "crash" || verb == "reopen") {
    Reopen(store, verb == "crash");
  } else if (verb == "fail" && step.size() > 3) {
    if (sabotaged_.insert(name).second) {
      world_->FailNextCommit(store, step[3] == "stored", static_cast<int>(NumberAt(step, 2)));
    }
  } else if (verb == "image" && step.size() > 2) {
    if (images_.try_emplace(step[2], world_->images().size()).second) image_labels_.push_back(step[2]);
    world_->TakeImage(store);
  } else if (verb == "clock") {
    world_->situations().Add(Situation::kClockJump);
    ManualClock* clock = world_->store(store).clock();
    clock->SetWall(clock->WallMs() + NumberAt(step, 2));
  } else if (verb == "full" || verb == "room") {
    verb == "full" ? (void)full_.insert(name) : (void)full_.erase(name);
    world_->SetDiskFull(store, verb == "full");
  } else if (verb == "schema" && step.size() > 2) {
    sabotaged_.erase(name);
    world_->SetSchema(store, step[2] == "new");
  } else if (verb == "overlook" && damage_) {
    // A store that cannot be written to has nothing to believe.
    world_->Overlook(store).IgnoreError();
  }
}

void Player::PlayImage(const Step& step) {
  const auto image = images_.find(step[1]);
  if (image == images_.end()) return;
  const int store = world_->images()[image->second].store;
  if (step[0] == "clone") {
    const bool may = store != World::kServer && step.size() > 2 && world_->FindStore(step[2]) < 0;
    if (may) world_->Clone(image->second, step[2]);
    return;
  }
  if (mode_ == Mode::kRepairable && !world_->LosesNothing(store, image->second)) return;
  sabotaged_.erase(world_->store(store).name());
  full_.erase(world_->store(store).name());
  cursors_.Forget(store);
  if (step[0] == "rewind" && world_->IsOfThePast(store, image->second)) {
    world_->Rewind(store, image->second);
  } else {
    world_->Restore(store, image->second);
  }
}

void Player::LookAt(int store) {
  Expect(CheckStore(world_.get(), store));
  Expect(cursors_.Check(world_.get(), store));
  Expect(CheckColumns(world_.get(), store));
  for (const auto& link : world_->links()) {
    if (!damage_) Expect(CheckClaims(world_.get(), *link));
  }
}

void Player::HealStores() {
  world_->DropAllLinks();
  for (const std::string& name : std::exchange(full_, {})) {
    world_->SetDiskFull(world_->FindStore(name), false);
  }
  for (const std::string& name : std::set<std::string>(sabotaged_)) Reopen(world_->FindStore(name), false);
}

void Player::Finish() {
  if (world_ == nullptr || failed()) return;
  HealStores();
  const std::map<RecordKey, Context> survivors = Survivors(world_.get());
  lost_ = CountLost(*world_, survivors);
  if (lost_ > 0 && mode_ == Mode::kRepairable) {
    return world_->Fail(fmt::format("{} acknowledged writes are nowhere any more", lost_));
  }
  if (trace_) trace_("healing");
  int rounds = 0;
  for (; rounds < kHealingRounds && !failed(); ++rounds) {
    for (size_t i = 1; i < world_->stores().size(); ++i) {
      if (world_->stores()[i]->hostile) continue;
      if (world_->LinkOf(static_cast<int>(i)) == nullptr) world_->Connect(static_cast<int>(i));
    }
    if (!world_->DeliverAll()) return world_->Fail("the conversation does not end");
    if (AllVerified(world_.get())) break;
    world_->Tick(2'000);
  }
  for (const auto& store : world_->stores()) {
    if (store->open()) Expect(FinishRescue(store.get()));
  }
  if (failed()) return;
  if (rounds == kHealingRounds) return world_->Fail("no equal digests after healing");
  CheckAtTheEnd(survivors);
  if (!failed()) CountOutcomes(world_.get());
}

void Player::CheckAtTheEnd(const std::map<RecordKey, Context>& survivors) {
  Expect(CheckConverged(world_.get(), survivors));
  for (size_t i = 0; i < world_->stores().size(); ++i) {
    const int index = static_cast<int>(i);
    Expect(CheckStore(world_.get(), index));
    Expect(CheckTaint(world_.get(), index));
    Expect(CheckColumns(world_.get(), index));
    Expect(cursors_.Check(world_.get(), index));
    for (const StoreCheck* check : checks_) Expect(check->Check(*world_->store(index).replica()));
  }
  for (const auto& link : world_->links()) Expect(CheckClaims(world_.get(), *link));
  Expect(world_->CheckSentTwice());
  if (seed_ % 8 == 0) Expect(CheckAgainChangesNothing(world_.get()));
}

}  // namespace trellis::simulation
