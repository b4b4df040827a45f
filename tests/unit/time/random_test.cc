#include "common/time/random.h"

#include <gtest/gtest.h>

#include <set>

namespace trellis {
namespace {

TEST(SeededRandom, SameSeedGivesTheSameNumbers) {
  SeededRandom a(42);
  SeededRandom b(42);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a.Next(), b.Next());
}

TEST(SeededRandom, UnitStaysInItsRange) {
  SeededRandom random(7);
  for (int i = 0; i < 1000; ++i) {
    const double value = random.Unit();
    EXPECT_GE(value, 0.0);
    EXPECT_LT(value, 1.0);
  }
}

TEST(SystemRandom, DoesNotRepeatItself) {
  SystemRandom random;
  std::set<uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.Next());
  EXPECT_EQ(seen.size(), 1000u);
}

}  // namespace
}  // namespace trellis
