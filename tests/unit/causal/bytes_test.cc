#include "common/causal/bytes.h"

#include <gtest/gtest.h>

#include <limits>

namespace trellis {
namespace {

TEST(Bytes, NumbersSurvive) {
  for (const uint64_t value :
       {uint64_t{0}, uint64_t{127}, uint64_t{128}, std::numeric_limits<uint64_t>::max()}) {
    std::string out;
    AppendVarint(&out, value);
    ByteReader reader(out);
    EXPECT_EQ(reader.Varint(), value);
    EXPECT_TRUE(reader.ok() && reader.AtEnd());
  }
  for (const int64_t value :
       {int64_t{0}, int64_t{-1}, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()}) {
    std::string out;
    AppendZigzag(&out, value);
    ByteReader reader(out);
    EXPECT_EQ(reader.Zigzag(), value);
  }
}

TEST(ByteReader, OverlongVarintFails) {
  ByteReader reader("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02");
  reader.Varint();
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, StringLongerThanTheRestFailsForGood) {
  ByteReader reader(
      "\x05"
      "abc");
  EXPECT_TRUE(reader.Sized().empty());
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.Varint(), 0u);
}

}  // namespace
}  // namespace trellis
