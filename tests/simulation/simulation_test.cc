#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "gtest/gtest.h"
#include "tests/simulation/world/history.h"

namespace trellis::simulation {
namespace {

HistoryResult Play(uint64_t seed, Mode mode) {
  HistoryOptions options;
  options.seed = seed;
  options.mode = mode;
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

// So that a failure can be played again from what was written down, and made smaller.
TEST_P(EveryHistory, IsTheSameFromItsSteps) {
  for (uint64_t seed = 1; seed <= 25; ++seed) {
    const HistoryResult drawn = Play(seed, GetParam());
    const auto written = PlayWritten(WriteHistory(drawn.steps, GetParam()), {});
    ASSERT_TRUE(written.has_value());
    EXPECT_EQ(drawn.event_digest, written->event_digest) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, EveryHistory, testing::Values(Mode::kRepairable, Mode::kSavage),
                         [](const auto& info) {
                           return info.param == Mode::kRepairable ? "Repairable" : "Savage";
                         });

// What once failed, made short, is kept.
class Regression : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Regression, KeepsThePromises) {
  std::ifstream file(GetParam());
  std::stringstream text;
  text << file.rdbuf();
  const auto result = PlayWritten(text.str(), {});
  ASSERT_TRUE(result.has_value()) << "no written history";
  EXPECT_FALSE(result->failure.has_value()) << *result->failure;
}

std::vector<std::filesystem::path> Regressions() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(TRELLIS_REGRESSIONS_FOLDER)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

INSTANTIATE_TEST_SUITE_P(Files, Regression, testing::ValuesIn(Regressions()),
                         [](const auto& info) { return info.param.stem().string(); });

TEST(Situations, AllAreMetInAThousandHistories) {
  Situations met;
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    met += Play(seed, Mode::kRepairable).met;
    met += Play(seed, Mode::kSavage).met;
  }
  for (const Situation never : NeverMet(met)) ADD_FAILURE() << "never met: " << NameOf(never);
}

TEST(Shrink, LeavesOnlyWhatFails) {
  // A store that holds anything is held to be broken: one write is enough.
  class Empty final : public StoreCheck {
   public:
    Verdict Check(const Replica& replica) const override {
      const auto scopes = replica.Scopes();
      for (const std::string& scope : *scopes) {
        if (replica.Head(scope)->records > 0) return "not empty";
      }
      return std::nullopt;
    }
  };
  const Empty check;
  HistoryOptions options;
  options.seed = 7;
  options.checks.push_back(&check);
  const HistoryResult result = RunHistory(options);
  ASSERT_EQ(result.failure, "not empty");
  const std::vector<Step> few = Shrink(result.steps, options);
  EXPECT_LE(few.size(), 3u) << TextOf(few);
  EXPECT_EQ(ReplayHistory(few, options).failure, "not empty");
}

// Another folder's checker plugs in here.
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
