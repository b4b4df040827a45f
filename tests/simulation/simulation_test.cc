#include "gtest/gtest.h"
#include "tests/simulation/world/history.h"

namespace trellis::simulation {
namespace {

HistoryResult Play(uint64_t seed, Mode mode, Mutant mutant = Mutant::kNone) {
  HistoryOptions options;
  options.seed = seed;
  options.mode = mode;
  options.mutant = mutant;
  return RunHistory(options);
}

class EveryHistory : public testing::TestWithParam<Mode> {};

TEST_P(EveryHistory, KeepsThePromises) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    const HistoryResult result = Play(seed, GetParam());
    ASSERT_FALSE(result.failure.has_value()) << "seed " << seed << ": " << *result.failure;
  }
}

TEST_P(EveryHistory, IsTheSameWhenItIsRunAgain) {
  for (uint64_t seed = 1; seed <= 25; ++seed) {
    const HistoryResult once = Play(seed, GetParam());
    const HistoryResult again = Play(seed, GetParam());
    EXPECT_EQ(once.event_digest, again.event_digest) << "seed " << seed;
    EXPECT_EQ(once.events, again.events) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, EveryHistory, testing::Values(Mode::kRepairable, Mode::kSavage),
                         [](const auto& info) {
                           return info.param == Mode::kRepairable ? "Repairable" : "Savage";
                         });

// The checkers prove that they can fail.
class PlantedFault : public testing::TestWithParam<Mutant> {};

TEST_P(PlantedFault, IsCaught) {
  for (uint64_t seed = 1; seed <= 3000; ++seed) {
    if (Play(seed, Mode::kSavage, GetParam()).failure.has_value()) {
      RecordProperty("first_seed", static_cast<int>(seed));
      return;
    }
  }
  FAIL() << NameOf(GetParam()) << " went unnoticed";
}

INSTANTIATE_TEST_SUITE_P(Mutants, PlantedFault, testing::ValuesIn(kAllMutants), [](const auto& info) {
  std::string name = NameOf(info.param);
  std::erase_if(name, [](char c) { return c == '-'; });
  for (char& c : name) c = c == ' ' ? '_' : c;
  return name;
});

// Another folder's checker, such as "columns = recomputation", plugs in here.
class NoStoreIsEverGood final : public StoreCheck {
 public:
  Verdict Check(const Replica&) const override { return "not good"; }
};

TEST(StoreCheck, RunsAtTheEndOfAHistory) {
  const NoStoreIsEverGood check;
  HistoryOptions options;
  options.seed = 1;
  options.checks.push_back(&check);
  EXPECT_EQ(RunHistory(options).failure, "not good");
}

}  // namespace
}  // namespace trellis::simulation
