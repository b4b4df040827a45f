// The checkers prove that they can fail: each planted fault is caught.
#include <cstdlib>
#include <string>

#include "fmt/format.h"
#include "gtest/gtest.h"
#include "tests/simulation/mutants/planted_fault.h"
#include "tests/simulation/world/history.h"

namespace trellis::simulation {
namespace {

constexpr uint64_t kMostSeeds = 10'000;

// A fault, and the first seed whose history shows it: played first, so that the test is quick.
struct Planting {
  Fault fault;
  const char* name;
  uint64_t seed;
};

constexpr Planting kPlantings[] = {
    {Fault::kClockUnclamped, "ClockUnclamped", 1},
    {Fault::kSkipBeyondEnd, "SkipBeyondEnd", 39},
    {Fault::kSkipWhateverLineage, "SkipWhateverLineage", 10},
    {Fault::kDeltaWithoutBaseCheck, "DeltaWithoutBaseCheck", 58},
    {Fault::kMergeReadsPolicy, "MergeReadsPolicy", 1},
    {Fault::kSiblingsCapped, "SiblingsCapped", 2},
    {Fault::kErasureNotAbsorbing, "ErasureNotAbsorbing", 3},
    {Fault::kContextNotJoined, "ContextNotJoined", 1},
    {Fault::kLoweredStampIgnored, "LoweredStampIgnored", 3},
    {Fault::kEmptiedCellForgotten, "EmptiedCellForgotten", 39},
    {Fault::kCursorNotCutAtLineage, "CursorNotCutAtLineage", 291},
    {Fault::kSeenIgnored, "SeenIgnored", 3504},
    {Fault::kWindowNotEnforced, "WindowNotEnforced", 48},
    {Fault::kHeadBeforeDrained, "HeadBeforeDrained", 1},
    {Fault::kVerdictAtAnyCut, "VerdictAtAnyCut", 1},
    {Fault::kScopeByPrefix, "ScopeByPrefix", 96},
    {Fault::kScopeNotCheckedOnPull, "ScopeNotCheckedOnPull", 96},
    {Fault::kSetAsideNotSubtracted, "SetAsideNotSubtracted", 8},
    {Fault::kClampByReceiver, "ClampByReceiver", 2},
    {Fault::kAckBeforeSync, "AckBeforeSync", 2},
    {Fault::kCursorBeforeData, "CursorBeforeData", 5},
    {Fault::kNackedFrameHalfApplied, "NackedFrameHalfApplied", 5},
    {Fault::kPrevIgnored, "PrevIgnored", 31},
    {Fault::kCursorGoesBack, "CursorGoesBack", 796},
    {Fault::kOneCursorOverLanes, "OneCursorOverLanes", 1},
    {Fault::kOneCursorOverScopes, "OneCursorOverScopes", 1},
    {Fault::kFeedEntryStays, "FeedEntryStays", 1},
    {Fault::kFeedEntryNotMoved, "FeedEntryNotMoved", 1},
    {Fault::kOriginAlwaysSet, "OriginAlwaysSet", 2},
    {Fault::kVersionHashIgnored, "VersionHashIgnored", 2},
    {Fault::kDeleteDropsValues, "DeleteDropsValues", 1},
    {Fault::kWriterForLife, "WriterForLife", 6},
    {Fault::kEpochMintedOnce, "EpochMintedOnce", 1},
    {Fault::kContextAcrossScopes, "ContextAcrossScopes", 1},
    {Fault::kRetryCountedTwice, "RetryCountedTwice", 18},
    {Fault::kBatchNotAtomic, "BatchNotAtomic", 1},
    {Fault::kConflictOverwritten, "ConflictOverwritten", 3},
    {Fault::kDigestOnlyGrows, "DigestOnlyGrows", 1},
    {Fault::kIndexNotCleared, "IndexNotCleared", 1},
    {Fault::kRescueNotTold, "RescueNotTold", 10},
    {Fault::kLineageNotKept, "LineageNotKept", 1},
};

std::optional<std::string> Play(uint64_t seed) {
  HistoryOptions options;
  options.seed = seed;
  options.mode = Mode::kSavage;
  return RunHistory(options).failure;
}

class PlantedFault : public testing::TestWithParam<Planting> {
 protected:
  ~PlantedFault() override { Plant(Fault::kNone); }
};

TEST_P(PlantedFault, IsCaught) {
  ASSERT_FALSE(Play(GetParam().seed).has_value()) << "this seed fails without any fault";
  Plant(GetParam().fault);
  if (Play(GetParam().seed).has_value()) return;
  for (uint64_t seed = 1; seed <= kMostSeeds; ++seed) {
    const std::optional<std::string> failure = Play(seed);
    if (!failure.has_value()) continue;
    fmt::print("{} is caught by seed {} now: {}\n", GetParam().name, seed, *failure);
    return;
  }
  FAIL() << GetParam().name << " went unnoticed in " << kMostSeeds << " histories";
}

INSTANTIATE_TEST_SUITE_P(Mutants, PlantedFault, testing::ValuesIn(kPlantings),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace trellis::simulation
