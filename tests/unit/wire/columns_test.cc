#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "common/wire/bytes_column.h"
#include "common/wire/digit_packing.h"
#include "common/wire/number_column.h"

namespace trellis {
namespace {

// What EncodeNumbers wrote, and that it comes back.
FrameStreams Numbers(const std::vector<uint64_t>& values) {
  FrameStreams streams;
  EncodeNumbers(values, &streams);
  FrameReader in(streams.a, streams.b, streams.c, streams.d);
  std::vector<uint64_t> decoded;
  EXPECT_TRUE(DecodeNumbers(values.size(), &in, &decoded)) << in.problem();
  EXPECT_EQ(decoded, values);
  EXPECT_TRUE(in.a.AtEnd() && in.b.AtEnd() && in.c.AtEnd() && in.d.AtEnd());
  return streams;
}

FrameStreams Strings(const std::vector<std::string>& values) {
  const std::vector<std::string_view> views(values.begin(), values.end());
  FrameStreams streams;
  EncodeStrings(views, &streams);
  FrameReader in(streams.a, streams.b, streams.c, streams.d);
  std::vector<std::string_view> decoded;
  EXPECT_TRUE(DecodeStrings(values.size(), &in, &decoded)) << in.problem();
  EXPECT_EQ(decoded, views);
  EXPECT_TRUE(in.a.AtEnd() && in.b.AtEnd() && in.c.AtEnd() && in.d.AtEnd());
  return streams;
}

TEST(NumberColumn, OfNothing_TakesNothing) { EXPECT_EQ(Numbers({}).a, ""); }

TEST(NumberColumn, OfOne_TakesItsBytes) {
  EXPECT_EQ(Numbers({5}).a, "\x05");
  EXPECT_EQ(Numbers({300}).d, "\x2c\x01");
  EXPECT_EQ(Numbers({UINT64_MAX}).d.size(), 8U);
}

TEST(NumberColumn, Counting_TakesThreeBytes) {
  std::vector<uint64_t> values(1'000);
  for (size_t i = 0; i < values.size(); ++i) values[i] = 50 + i;
  EXPECT_EQ(Numbers(values).a.size(), 3U);
}

TEST(NumberColumn, SmallNumbers_AreBytes) {
  const FrameStreams streams = Numbers({3, 1, 4, 1, 5, 9, 2, 6});
  EXPECT_EQ(streams.b.size(), 8U);
}

TEST(NumberColumn, Times_LeaveTheirNoiseUncompressed) {
  std::mt19937_64 random(1);
  std::vector<uint64_t> values = {1'790'000'000'000};
  while (values.size() < 500) values.push_back(values.back() + random() % (1 << 22));
  const FrameStreams streams = Numbers(values);
  EXPECT_EQ(streams.b.size(), 499U);
  EXPECT_EQ(streams.d.size(), 2 * 499U);
}

TEST(NumberColumn, OfAnySort_IsGivenBack) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 2'000; ++i) {
    std::vector<uint64_t> values(random() % 50);
    const unsigned bits = random() % 65;
    const uint64_t offset = random() % 2 == 0 ? 0 : random();
    for (uint64_t& value : values) value = offset + (bits == 0 ? 0 : random() >> (64 - bits));
    Numbers(values);
  }
}

TEST(BytesColumn, OfAnySort_IsGivenBack) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 2'000; ++i) {
    std::vector<std::string> values(random() % 80);
    const size_t most = 1 + random() % 20;
    const size_t letters = 1 + random() % (i % 2 == 0 ? 20 : 256);
    for (std::string& value : values) {
      value.resize(i % 3 == 0 ? most : random() % most);
      for (char& letter : value) letter = static_cast<char>(random() % letters);
    }
    Strings(values);
  }
}

TEST(BytesColumn, Answers_StandThreeToAByte) {
  std::mt19937_64 random(4);
  std::vector<std::string> values(100, std::string(24, 0));
  for (std::string& value : values) {
    for (char& answer : value) answer = static_cast<char>(1 + random() % 5);
  }
  EXPECT_EQ(Strings(values).b.size(), 800U);
}

TEST(BytesColumn, FewDifferentTexts_BecomeIndexes) {
  std::vector<std::string> values;
  for (int i = 0; i < 90; ++i)
    values.push_back(i % 3 == 0 ? "teacher" : (i % 3 == 1 ? "coach" : "counselor"));
  EXPECT_EQ(Strings(values).b.size(), 18U);  // five to a byte
}

TEST(DigitPacking, EveryBase_IsGivenBack) {
  for (unsigned base = 2; base <= kMaxDigitBase; ++base) {
    for (size_t count = 0; count < 20; ++count) {
      std::string digits;
      for (size_t i = 0; i < count; ++i) digits.push_back(static_cast<char>((i * 7 + base - 1) % base));
      std::string packed;
      PackDigits(digits, base, &packed);
      EXPECT_EQ(packed.size(), PackedSize(count, base));
      std::string unpacked;
      EXPECT_TRUE(UnpackDigits(packed, count, base, &unpacked));
      EXPECT_EQ(unpacked, digits);
    }
  }
}

TEST(DigitPacking, DigitBeyondTheLast_IsRefused) {
  std::string digits;
  EXPECT_FALSE(UnpackDigits("\x7d", 3, 5, &digits));  // 125 = 5^3
}

}  // namespace
}  // namespace trellis
