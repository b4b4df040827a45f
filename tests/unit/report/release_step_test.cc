#include "common/report/release_step.h"

#include <gtest/gtest.h>

#include "tests/unit/report/district_fixture.h"

namespace trellis {
namespace {

constexpr int64_t kMinN = 10;

District Answered(int teachers, int aides, int coaches = 0) {
  District district;
  district.AddSchool("North");
  district.Put("shared", District::TrustSurvey(2));
  district.Put("shared", District::TrustWave("W", "2026-09-01"));
  for (int i = 0; i < teachers; ++i) district.AddResponse("North", "W", {1 + i % 5, 2}, "teacher");
  for (int i = 0; i < aides; ++i) district.AddResponse("North", "W", {1 + i % 4, 3}, "aide");
  for (int i = 0; i < coaches; ++i) district.AddResponse("North", "W", {1 + i % 3, 4}, "coach");
  return district;
}

StepVerdict Step(const District& shown, const District& now) {
  const ReportInput before = shown.view.Input({}, {}), after = now.view.Input({}, {});
  return MayStep(after.waves.at(0), {before.responses, std::nullopt}, {after.responses, std::nullopt}, kMinN);
}

// More come after those there are, so that ids of the first stay.
void Add(District* district, int n, const std::string& role, std::vector<int> answers = {3, 3}) {
  for (int i = 0; i < n; ++i) district->AddResponse("North", "W", answers, role);
}

TEST(ReleaseStep, NothingNewIsAllowed) {
  const StepVerdict verdict = Step(Answered(30, 20), Answered(30, 20));
  EXPECT_TRUE(verdict.allowed);
  EXPECT_EQ(verdict.more, 0);
}

TEST(ReleaseStep, HoldsBackTillEnoughChangedInEveryCell) {
  const District before = Answered(30, 20);
  District now = Answered(30, 20);
  Add(&now, 3, "teacher");
  EXPECT_FALSE(Step(before, now).allowed);
  EXPECT_EQ(Step(before, now).more, 3);
  Add(&now, 7, "teacher");
  EXPECT_TRUE(Step(before, now).allowed);
  Add(&now, 1, "aide");
  EXPECT_FALSE(Step(before, now).allowed);
}

TEST(ReleaseStep, CountsAQuestionsOwnAnswers) {
  const District before = Answered(30, 20);
  District now = Answered(30, 20);
  Add(&now, 9, "teacher", {3, 0});
  Add(&now, 1, "teacher", {3, 3});
  EXPECT_FALSE(Step(before, now).allowed);  // ten persons more, but one answer to the second question
}

// Coaches and librarians are hidden, but what is left of the total is both of them together.
TEST(ReleaseStep, WhatIsLeftOfALineCountsAsACell) {
  District before = Answered(30, 20, 9);
  Add(&before, 8, "librarian");
  District now = Answered(30, 20, 9);
  Add(&now, 8, "librarian");
  Add(&now, 1, "librarian");
  Add(&now, 10, "teacher");
  EXPECT_FALSE(Step(before, now).allowed);
}

TEST(ReleaseStep, AnEditedAnswerAloneIsHeldBack) {
  District before = Answered(30, 20);
  const RecordId id = before.AddResponse("North", "W", {1, 1}, "teacher");
  District now = Answered(30, 20);
  now.Put("North", id, District::MakeResponse("W", {5, 1}, "teacher"));
  const StepVerdict verdict = Step(before, now);
  EXPECT_FALSE(verdict.allowed);
  EXPECT_EQ(verdict.more, 0);
}

}  // namespace
}  // namespace trellis
