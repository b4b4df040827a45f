// The only door to randomness.
#pragma once

#include <cstdint>

namespace trellis {

class Random {
 public:
  virtual ~Random() = default;
  virtual uint64_t Next() = 0;
};

// The operating system's generator (libc getrandom). Thread-safe.
class SystemRandom final : public Random {
 public:
  uint64_t Next() override;
};

// SplitMix64 from a seed: the same seed gives the same numbers everywhere. Not thread-safe.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : state_(seed) {}
  uint64_t Next() override;
  // Uniform in [0, bound). REQUIRES: bound > 0.
  uint64_t Below(uint64_t bound) { return Next() % bound; }
  // Uniform in [0, 1).
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }
  bool Chance(double probability) { return Unit() < probability; }

 private:
  uint64_t state_;
};

}  // namespace trellis
