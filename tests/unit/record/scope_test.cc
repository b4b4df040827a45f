#include "common/record/scope.h"

#include <gtest/gtest.h>

namespace trellis {
namespace {

TEST(Scope, ParsesAndPrintsEveryForm) {
  for (const char* text : {"shared", "F1", "F1!up", "F1!district", "34-73981.A_b", "-"}) {
    const auto scope = ScopeName::Parse(text);
    ASSERT_TRUE(scope.has_value()) << text;
    EXPECT_EQ(scope->ToString(), text);
  }
  EXPECT_EQ(ScopeName::Parse("F1!up")->kind, ScopeName::Kind::kSiteUp);
  EXPECT_EQ(ScopeName::Parse("F1!up")->site, "F1");
}

TEST(Scope, RefusesWhatIsNoName) {
  for (const char* text : {"", "shared!up", "shared!district", "F1!", "F1!upx", "F1!up!up", "!up", ".", "..",
                           ".F1", "F 1", "F1/", "F1/../F2", "F1\n", "Fé", "F1!UP", "*"}) {
    EXPECT_FALSE(ScopeName::Parse(text).has_value()) << text;
  }
  EXPECT_TRUE(ScopeName::Parse(std::string(64, 'x')).has_value());
  EXPECT_FALSE(ScopeName::Parse(std::string(65, 'x')).has_value());
  EXPECT_FALSE(ScopeName::Parse(std::string_view("F1\0", 3)).has_value());
}

TEST(Scope, ComparesWholeNames) {
  EXPECT_NE(*ScopeName::Parse("F1"), *ScopeName::Parse("F10"));
  EXPECT_NE(*ScopeName::Parse("F1"), *ScopeName::Parse("f1"));
  EXPECT_NE(*ScopeName::Parse("F1"), *ScopeName::Parse("F1!up"));
}

TEST(Scope, OfHome) {
  EXPECT_EQ(ScopeOfHome(Home::kShared, "").ToString(), "shared");
  EXPECT_EQ(ScopeOfHome(Home::kSite, "F1").ToString(), "F1");
  EXPECT_EQ(ScopeOfHome(Home::kSiteUp, "F1").ToString(), "F1!up");
  EXPECT_EQ(ScopeOfHome(Home::kSiteDistrict, "F1").ToString(), "F1!district");
}

TEST(Scope, AHomeKeepsItsRecords) {
  using K = ScopeName::Kind;
  EXPECT_TRUE(HomeAllows(Home::kShared, K::kShared));
  EXPECT_TRUE(HomeAllows(Home::kShared, K::kSite));
  EXPECT_FALSE(HomeAllows(Home::kSite, K::kShared));
  for (const K other : {K::kShared, K::kSite, K::kSiteUp})
    EXPECT_FALSE(HomeAllows(Home::kSiteDistrict, other));
  for (const K other : {K::kShared, K::kSite, K::kSiteDistrict})
    EXPECT_FALSE(HomeAllows(Home::kSiteUp, other));
}

}  // namespace
}  // namespace trellis
