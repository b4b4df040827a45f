// What a history met on its way, counted: a simulation that never meets a fault proves nothing about it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace trellis::simulation {

enum class Situation {
  kWrite,
  kBatch,
  kDelete,
  kRestore,
  kErase,
  kMove,
  kElement,
  kUnset,
  kIdMade,
  kRequestRepeated,
  kResponse,
  kWriteRefused,
  kOutcomeUnknownStored,
  kOutcomeUnknownLost,
  kCrash,
  kReopen,
  kSiteRestored,
  kServerRestored,
  kClone,
  kRescued,
  kSchemaChanged,
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
  kChangedSinceMove,
  kHostileMessage,
  kColumnsCompared,
  kTwiceSent,
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
// What the histories counted here did not meet.
std::vector<Situation> NeverMet(const Situations& met);

}  // namespace trellis::simulation
