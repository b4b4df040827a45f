#include "tests/simulation/world/generator.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"

namespace trellis::simulation {
namespace {

constexpr size_t kMostStores = 7;
// So that one name is the beginning of another.
constexpr const char* kSiteNames[] = {"F1", "F10", "F2", "F100"};

std::string Text(uint64_t number) { return fmt::format("{}", number); }

}  // namespace

Generator::Generator(uint64_t seed, Mode mode)
    : seed_(seed), random_(seed * 2 + (mode == Mode::kSavage ? 1 : 0)) {
  ChooseCharacter();
  ChooseFaults();
  for (const Kind& kind : kinds_) total_weight_ += kind.weight;
}

void Generator::ChooseCharacter() {
  length_ = 80 + random_.Below(70);
  records_ = 2 + random_.Below(5);
  fields_ = 1 + random_.Below(4);
  surveys_ = random_.Chance(0.1);
  poison_ = random_.Chance(0.2);
  damage_ = random_.Chance(0.06);
  hostile_ = random_.Chance(0.1);
  // Nothing but cuts: then what goes out twice is only what the cuts cost.
  count_ = !poison_ && !damage_ && !hostile_ && random_.Chance(0.1);
}

void Generator::ChooseFaults() {
  const auto add = [this](double weight, auto draw) { kinds_.push_back({weight, draw}); };
  add(0.42, [](Generator* g, const Player& p) { return g->Write(p); });
  add(0.14, [](Generator* g, const Player& p) { return std::vector<Step>{{"connect", g->AnySite(p)}}; });
  add(0.24, [](Generator* g, const Player& p) { return g->Deliver(p); });
  add(0.03, [](Generator* g, const Player&) {
    return std::vector<Step>{{"tick", Text(g->random_.Below(20'000))}};
  });
  add(0.08, [](Generator* g, const Player& p) { return g->OfAnyStore(p, "look", {}); });
  add(0.01, [](Generator* g, const Player& p) { return g->OfAnyStore(p, "again", {}); });
  if (random_.Chance(0.9) || count_) add(0.05, [](Generator* g, const Player& p) { return g->Cut(p); });
  if (hostile_) add(0.1, [](Generator* g, const Player& p) { return g->Hostile(p); });
  if (count_) return;
  // Of the others each seed has some, more or less often.
  const auto may = [&](double weight, auto draw) {
    if (random_.Chance(0.65)) add(weight * (0.3 + 2 * random_.Unit()), draw);
  };
  may(0.02, [](Generator* g, const Player& p) { return g->Reopen(p); });
  may(0.018, [](Generator* g, const Player& p) {
    return g->OfAnyStore(p, "fail", {Text(g->random_.Below(3)), g->random_.Chance(0.5) ? "stored" : "lost"});
  });
  may(0.024, [](Generator* g, const Player& p) {
    return g->OfAnyStore(p, "image", {fmt::format("i{}", g->next_label_++)});
  });
  may(0.018, [](Generator* g, const Player& p) { return g->PutBack(p); });
  may(0.008, [](Generator* g, const Player& p) { return g->Clone(p); });
  may(0.013, [](Generator* g, const Player& p) { return g->JumpClock(p); });
  may(0.008, [](Generator* g, const Player& p) { return g->FillDisk(p); });
  if (damage_) add(0.02, [](Generator* g, const Player& p) { return g->OfAnyStore(p, "overlook", {}); });
  if (surveys_) {
    may(0.01, [](Generator* g, const Player& p) {
      return g->OfAnyStore(p, "schema", {g->random_.Chance(0.3) ? "old" : "new"});
    });
  }
}

std::vector<Step> Generator::Opening() {
  constexpr uint64_t kPaddings[] = {0, 0, 300, 3000};
  Step world = {"world", fmt::format("padding={}", kPaddings[random_.Below(4)])};
  if (random_.Chance(0.05) && !count_ && !hostile_) world.push_back("columns");
  if (random_.Chance(0.7)) world.push_back("fence");
  if (damage_) world.push_back("damage");
  if (poison_) world.push_back("poison");
  if (surveys_) world.push_back("surveys");
  if (count_) world.push_back("count");
  std::vector<Step> steps = {{"seed", Text(seed_)}, std::move(world)};
  const uint64_t sites = (hostile_ ? 2 : 1) + random_.Below(hostile_ ? 3 : 4);
  for (uint64_t i = 0; i < sites; ++i) {
    const std::string own = kSiteNames[i];
    const bool lies = hostile_ && i == 0;
    // Most clocks are a few minutes off, some years.
    const int64_t skew_ms = random_.Chance(0.85)
                                ? static_cast<int64_t>(random_.Below(600'000)) - 300'000
                                : static_cast<int64_t>(random_.Below(200'000'000'000)) - 100'000'000'000;
    Step site = {"site", own, fmt::format("{}", skew_ms)};
    if (lies) site.push_back("hostile");
    site.push_back(lies && random_.Chance(0.5) ? "<shared" : "shared");
    if (lies || surveys_ || random_.Chance(0.7)) site.push_back(own);
    if (random_.Chance(0.15)) site.push_back(">" + own + "!up");
    steps.push_back(std::move(site));
  }
  return steps;
}

std::vector<Step> Generator::Next(const Player& player) {
  double choice = random_.Unit() * total_weight_;
  for (const Kind& kind : kinds_) {
    choice -= kind.weight;
    if (choice < 0) return kind.draw(this, player);
  }
  return {};
}

std::string Generator::AnyStore(const Player& player) {
  const auto& stores = player.world()->stores();
  return stores[random_.Below(stores.size())]->name();
}

std::string Generator::AnySite(const Player& player) {
  const auto& stores = player.world()->stores();
  return stores[1 + random_.Below(stores.size() - 1)]->name();
}

std::vector<Step> Generator::OfAnyStore(const Player& player, const std::string& verb,
                                        const std::vector<std::string>& arguments) {
  Step step = {verb, AnyStore(player)};
  step.insert(step.end(), arguments.begin(), arguments.end());
  return {step};
}

// ---- work ----

std::string Generator::ChooseScope(const Player& player, int index) {
  std::vector<std::string> scopes;
  const auto& stores = player.world()->stores();
  for (size_t i = 1; i < stores.size(); ++i) {
    if (index != World::kServer && static_cast<int>(i) != index) continue;
    for (const ScopeGrant& grant : stores[i]->grants()) {
      if (index == World::kServer ? grant.pull : grant.push) scopes.push_back(grant.scope);
    }
  }
  return scopes.empty() ? "shared" : scopes[random_.Below(scopes.size())];
}

std::string Generator::SurveyItem(const std::string& scope) {
  const uint64_t number = random_.Below(12);
  if (scope == "shared") {
    if (random_.Chance(0.15)) return fmt::format("{}:survey-gone", random_.Below(4));
    return fmt::format("{}:survey:{}", random_.Below(4), random_.Below(256));
  }
  if (random_.Chance(0.2)) return fmt::format("{}:withdraw", number);
  return fmt::format("{}:respond:{}", number, random_.Below(2));
}

std::string Generator::Item(const std::string& scope, bool hurt) {
  if (surveys_ && random_.Chance(0.6)) return SurveyItem(scope);
  const uint64_t record = random_.Below(records_);
  const uint64_t field = 1 + random_.Below(fields_);
  const double choice = random_.Unit();
  if (choice < 0.03 && !hurt) return fmt::format("new:set:{}", field);
  if (choice < 0.06) return fmt::format("{}:restore", record);
  if (choice < 0.133) return fmt::format("{}:delete", record);
  if (choice < 0.14) return fmt::format("{}:move", record);
  if (choice < 0.16) return fmt::format("{}:erase", record);
  if (choice < 0.21) return fmt::format("{}:add:{}", record, random_.Below(3));
  if (choice < 0.25) return fmt::format("{}:take:{}", record, random_.Below(3));
  if (choice < 0.28) return fmt::format("{}:unset:{}", record, field);
  std::string fields = Text(field);
  for (uint64_t more = 1; more <= fields_; ++more) {
    if (more != field && random_.Chance(0.3)) fields += "," + Text(more);
  }
  return fmt::format("{}:{}:{}", record, poison_ && random_.Chance(0.05) ? "poison" : "set", fields);
}

std::vector<Step> Generator::Write(const Player& player) {
  const std::string name = AnyStore(player);
  const int store = player.world()->FindStore(name);
  const std::string scope = ChooseScope(player, store);
  Step step = {"write", name, scope};
  if (random_.Chance(0.7)) step.push_back("insist");
  const uint64_t size = random_.Chance(0.1) ? 2 + random_.Below(2) : 1;
  for (uint64_t i = 0; i < size; ++i) step.push_back(Item(scope, player.Hurt(name)));
  return {step};
}

// ---- links ----

std::vector<Step> Generator::Deliver(const Player& player) {
  std::vector<Step> steps;
  const auto& links = player.world()->links();
  const uint64_t messages = 1 + random_.Below(12);
  for (uint64_t i = 0; i < messages && !links.empty(); ++i) {
    const size_t chosen = random_.Below(links.size());
    size_t k = 0;
    for (size_t before = 0; before < chosen; ++before) {
      if (links[before]->site == links[chosen]->site) ++k;
    }
    const std::string& site = player.world()->store(links[chosen]->site).name();
    steps.push_back({random_.Chance(0.5) ? "up" : "down", site, Text(k)});
  }
  return steps;
}

std::vector<Step> Generator::Cut(const Player& player) {
  const auto& links = player.world()->links();
  if (links.empty()) return {};
  const size_t chosen = random_.Below(links.size());
  size_t k = 0;
  for (size_t before = 0; before < chosen; ++before) {
    if (links[before]->site == links[chosen]->site) ++k;
  }
  Step step = {"cut", player.world()->store(links[chosen]->site).name(), Text(k)};
  if (random_.Chance(0.5)) step.push_back("late");
  return {step};
}

std::vector<Step> Generator::Hostile(const Player& player) {
  const std::string name = kSiteNames[0];
  const Step lie = {"hostile", name, Text(random_.Below(World::kHostileWays)), Text(random_.Below(1 << 20))};
  const int site = player.world()->FindStore(name);
  if (player.world()->LinkOf(site) == nullptr) return {{"connect", name}, lie};
  return {lie, {"up", name, "0"}};
}

// ---- faults ----

std::vector<Step> Generator::Reopen(const Player& player) {
  std::vector<Step> steps;
  for (const auto& store : player.world()->stores()) {
    if (player.Hurt(store->name()) && random_.Chance(0.5)) {
      steps.push_back({random_.Chance(0.5) ? "crash" : "reopen", store->name()});
    }
  }
  if (steps.empty()) steps.push_back({random_.Chance(0.6) ? "crash" : "reopen", AnyStore(player)});
  return steps;
}

std::vector<Step> Generator::PutBack(const Player& player) {
  const std::vector<std::string>& images = player.images();
  if (images.empty()) return {};
  return {{random_.Chance(0.25) ? "rewind" : "restore", images[random_.Below(images.size())]}};
}

std::vector<Step> Generator::Clone(const Player& player) {
  const std::vector<std::string>& images = player.images();
  if (images.empty() || player.world()->stores().size() >= kMostStores) return {};
  return {{"clone", images[random_.Below(images.size())], fmt::format("C{}", next_label_++)}};
}

std::vector<Step> Generator::JumpClock(const Player& player) {
  const uint64_t range_ms = random_.Chance(0.5) ? 3'600'000 : 100'000'000'000;
  const auto jump_ms = static_cast<int64_t>(random_.Below(range_ms)) - static_cast<int64_t>(range_ms / 2);
  return OfAnyStore(player, "clock", {fmt::format("{}", jump_ms)});
}

std::vector<Step> Generator::FillDisk(const Player& player) {
  const std::string name = AnyStore(player);
  return {{player.Full(name) ? "room" : "full", name}};
}

}  // namespace trellis::simulation
