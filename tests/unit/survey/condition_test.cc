#include "common/survey/condition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

namespace trellis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

bool Holds(const std::string& text, const std::map<std::string, std::string>& answers,
           const std::string& itself = "") {
  const auto condition = Condition::Parse(text);
  EXPECT_TRUE(condition.ok()) << condition.status();
  if (!condition.ok()) return false;
  return condition->Holds(
      [&](const std::string& code) {
        const auto found = answers.find(code);
        return found == answers.end() ? std::string() : found->second;
      },
      itself);
}

TEST(Condition, Comparisons_AreThoseOfXPath) {
  EXPECT_TRUE(Holds("${q1} = 'yes'", {{"q1", "yes"}}));
  EXPECT_FALSE(Holds("${q1} = 'yes'", {}));
  EXPECT_TRUE(Holds("${q1} != 'yes'", {}));
  EXPECT_TRUE(Holds("${n} > 3", {{"n", "10"}}));
  EXPECT_FALSE(Holds("${n} > 3", {{"n", "9 nine"}}));
  EXPECT_FALSE(Holds("${n} < 3", {}));
  EXPECT_TRUE(Holds("${n} = 3", {{"n", "3.0"}}));
  EXPECT_TRUE(Holds("${a} + ${b} - 1 >= 4", {{"a", "2"}, {"b", "3"}}));
}

TEST(Condition, Selected_FindsOneCodeOfSeveral) {
  EXPECT_TRUE(Holds("selected(${m}, 'b')", {{"m", "a b c"}}));
  EXPECT_FALSE(Holds("selected(${m}, 'b')", {{"m", "ab bc"}}));
  EXPECT_TRUE(Holds("count-selected(${m}) = 2", {{"m", "a b"}}));
  EXPECT_TRUE(Holds("not(selected(., 'c') and selected (., 'd'))", {}, "c e"));
}

TEST(Condition, AndBindsTighterThanOr) {
  EXPECT_TRUE(Holds("true() or false() and false()", {}));
  EXPECT_FALSE(Holds("(true() or false()) and false()", {}));
  EXPECT_TRUE(Holds("${order} = 'and'", {{"order", "and"}}));
}

TEST(Condition, NamesWhatItAsksOf) {
  const auto condition = Condition::Parse("selected(${a.b}, 'x') and ${c-1} > 2 or . = ''");
  ASSERT_TRUE(condition.ok()) << condition.status();
  EXPECT_THAT(condition->names(), ElementsAre("a.b", "c-1"));
  EXPECT_TRUE(condition->names_itself());
  EXPECT_FALSE(Condition::Parse(".5 < 1")->names_itself());
}

TEST(Condition, WhatIsNone_IsRefusedWithThePlace) {
  for (const std::string text : {"", "${q1", "${}", "${q1} =", "'open", "concat('a','b')", "not()",
                                 "selected(${a})", "(1", "1)", "${a} = = 2", "regex(., 'x')", "pastel=yes"}) {
    EXPECT_FALSE(Condition::Parse(text).ok()) << text;
  }
  EXPECT_THAT(Condition::Parse("${q1} = 'a' nonsense").status().message(), HasSubstr("`nonsense`"));
  EXPECT_FALSE(Condition::Parse(std::string(10000, '(')).ok());
  EXPECT_FALSE(Condition::Parse([] {
                 std::string text;
                 for (int i = 0; i < 10000; ++i) text += "not(";
                 return text;
               }())
                   .ok());
}

TEST(Condition, AnyBytes_AreTakenOrRefused) {
  std::mt19937 random(7);
  const std::string alphabet = "${}ab().,'\"<>=!+- 019notselectedorand";
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (size_t n = random() % 24; n > 0; --n) text += alphabet[random() % alphabet.size()];
    const auto condition = Condition::Parse(text);
    if (condition.ok()) (void)condition->Holds([](const std::string&) { return "a"; }, "1");
  }
}

}  // namespace
}  // namespace trellis
