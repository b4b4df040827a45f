#include "common/record/index_entries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>

#include "common/record/kind_registry.h"
#include "trellis/domain/v1/action_step.pb.h"
#include "trellis/domain/v1/activity.pb.h"

namespace trellis {
namespace {

namespace d = domain::v1;
using testing::ElementsAre;

const KindInfo& Kind(std::string_view name) { return *KindRegistry::BuiltIn().Find(name); }

// Encodings order as values do, also with a record id behind them, and none is the beginning of another.
template <typename ValueT, typename EncodeT>
void ExpectOrdered(const ValueT& a, const ValueT& b, const EncodeT& encode) {
  const std::string low(16, '\0');
  const std::string high(16, '\xff');
  const std::string x = encode(a);
  const std::string y = encode(b);
  RC_ASSERT((a == b) == (x == y));
  if (a == b) return;
  RC_ASSERT((a < b) == (x < y));
  RC_ASSERT((a < b) == (x + high < y + low));
  RC_ASSERT(!x.starts_with(y) && !y.starts_with(x));
}

TEST(IndexEncoding, OrdersIntegers) {
  EXPECT_TRUE(rc::check([](int64_t a, int64_t b, int8_t small) {
    ExpectOrdered<int64_t>(a, b, EncodeIndexInteger);
    ExpectOrdered<int64_t>(small, b, EncodeIndexInteger);
    ExpectOrdered<int64_t>(a, a + (a < 0 ? 1 : -1), EncodeIndexInteger);
    ExpectOrdered<uint64_t>(static_cast<uint64_t>(a), static_cast<uint64_t>(b), EncodeIndexUnsigned);
  }));
  const int64_t edges[] = {std::numeric_limits<int64_t>::min(),
                           -65537,
                           -65536,
                           -257,
                           -256,
                           -255,
                           -129,
                           -128,
                           -2,
                           -1,
                           0,
                           1,
                           127,
                           128,
                           255,
                           256,
                           65535,
                           65536,
                           std::numeric_limits<int64_t>::max()};
  for (size_t i = 1; i < std::size(edges); ++i) {
    EXPECT_LT(EncodeIndexInteger(edges[i - 1]), EncodeIndexInteger(edges[i])) << edges[i];
  }
}

TEST(IndexEncoding, OrdersNumbers) {
  EXPECT_TRUE(rc::check([](double a, double b) {
    if (std::isnan(a) || std::isnan(b)) return;
    ExpectOrdered<double>(a, b, EncodeIndexNumber);
  }));
  EXPECT_EQ(EncodeIndexNumber(-0.0), EncodeIndexNumber(0.0));
  EXPECT_LT(EncodeIndexNumber(-1.5), EncodeIndexNumber(-1.25));
  EXPECT_LT(EncodeIndexNumber(-std::numeric_limits<double>::infinity()), EncodeIndexNumber(-1e300));
}

TEST(IndexEncoding, OrdersTexts) {
  EXPECT_TRUE(rc::check([] {
    const auto text = rc::gen::container<std::string>(rc::gen::element('\0', '\1', 'a', 'b', '\xff'));
    ExpectOrdered<std::string>(*text, *text, EncodeIndexText);
  }));
}

TEST(IndexEncoding, OrdersMoments) {
  EXPECT_TRUE(rc::check([](int32_t a, int32_t b) {
    const auto nanos = rc::gen::inRange(0, 1'000'000'000);
    const std::pair<int64_t, int32_t> x = {a, *nanos};
    const std::pair<int64_t, int32_t> y = {b % 2 == 0 ? a : b, *nanos};
    ExpectOrdered(x, y, [](const auto& moment) { return EncodeIndexMoment(moment.first, moment.second); });
  }));
}

// The bytes are on disk: a change of them needs a new table.
TEST(IndexEncoding, GoldenBytes) {
  EXPECT_EQ(EncodeIndexText(std::string("a\0b", 3)), std::string("a\0\xff"
                                                                 "b\0\1",
                                                                 6));
  EXPECT_EQ(EncodeIndexInteger(0), "\x80");
  EXPECT_EQ(EncodeIndexInteger(300), "\x82\x01\x2c");
  EXPECT_EQ(EncodeIndexInteger(-1), "\x7f\xff");
  EXPECT_EQ(EncodeIndexUnsigned(300), EncodeIndexInteger(300));
  EXPECT_EQ(EncodeIndexBool(true), "\1");
  EXPECT_EQ(EncodeIndexNumber(1), std::string("\xbf\xf0\0\0\0\0\0\0", 8));
  EXPECT_EQ(EncodeIndexMoment(1, 2), std::string("\x81\x01\0\0\0\2", 6));
}

TEST(IndexEntriesOf_AnActivity, HasEachValueOnceAndSorted) {
  d::Activity activity;
  activity.set_code("A-1");
  activity.set_approach(d::ACTIVITY_APPROACH_COLLABORATIVE);
  activity.add_goals("G2");
  activity.add_goals("G1");
  activity.add_goals("G2");
  activity.set_description("not indexed");
  EXPECT_THAT(IndexEntriesOf(Kind("Activity"), activity.SerializeAsString()),
              ElementsAre(IndexEntry{1, EncodeIndexText("A-1")}, IndexEntry{4, EncodeIndexInteger(2)},
                          IndexEntry{18, EncodeIndexText("G1")}, IndexEntry{18, EncodeIndexText("G2")}));
}

TEST(IndexEntriesOf_AStep, TakesTheLastValueAndNoDefaults) {
  d::ActionStep first;
  first.set_code("OLD");
  first.set_due_date("2026-10-01");
  d::ActionStep second;
  second.set_code("NEW");
  const std::string bytes = first.SerializeAsString() + second.SerializeAsString() + std::string("\x4a\0", 2);
  EXPECT_THAT(IndexEntriesOf(Kind("ActionStep"), bytes), ElementsAre(IndexEntry{1, EncodeIndexText("NEW")}));
  EXPECT_EQ(CodeOf(Kind("ActionStep"), bytes), "NEW");
  EXPECT_EQ(CodeOf(Kind("Response"), bytes), "");
}

TEST(IndexEntriesOf_Anything, SurvivesHostileBytes) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    for (const KindInfo& kind : KindRegistry::BuiltIn().kinds()) IndexEntriesOf(kind, bytes);
  }));
}

}  // namespace
}  // namespace trellis
