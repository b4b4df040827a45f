#include "common/time/random.h"

#include <sys/random.h>

#include <cstdlib>

namespace trellis {

uint64_t SystemRandom::Next() {
  uint64_t value = 0;
  if (getrandom(&value, sizeof value, 0) != sizeof value) std::abort();  // no entropy: no ids, no keys
  return value;
}

uint64_t SeededRandom::Next() {
  uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

}  // namespace trellis
