// What a history met on its way, counted: a simulation that never meets a fault proves nothing about it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace trellis::simulation {

enum class Situation {
  kWrite,
  kBatch,
  kDelete,
  kRestore,
  kErase,
  kElement,
  kUnset,
  kWriteRefused,
  kOutcomeUnknownStored,
  kOutcomeUnknownLost,
  kCrash,
  kReopen,
  kSiteRestored,
  kServerRestored,
  kClone,
  kClockJump,
  kOverlooked,
  kDiskFull,
  kConnect,
  kCut,
  kCutUnacknowledged,
  kReplyLost,
  kLateDelivery,
  kTwoSessionsOfOneStore,
  kFrame,
  kFrameWithHello,
  kNack,
  kSetAside,
  kPutOff,
  kComparedFirst,
  kNarrowed,
  kRepaired,
  kConcurrentValues,
  kEditBeatDelete,
  kErasedRecord,
  kCount,
};

struct Situations {
  std::array<uint64_t, static_cast<size_t>(Situation::kCount)> counts{};
  void Add(Situation situation, uint64_t times = 1) { counts[static_cast<size_t>(situation)] += times; }
  uint64_t Of(Situation situation) const { return counts[static_cast<size_t>(situation)]; }
  void operator+=(const Situations& other) {
    for (size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
  }
};

// In words.
const char* NameOf(Situation situation);

}  // namespace trellis::simulation
