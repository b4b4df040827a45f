#include "common/report/release_rule.h"

#include <gtest/gtest.h>

#include "common/report/report_format.h"
#include "tests/unit/report/district_fixture.h"

namespace trellis {
namespace {

ReleasedCells Shown(const District& district) {
  const auto report = district.Run("construct-mean", {.by = {"role"}});
  EXPECT_TRUE(report.ok()) << report.status();
  return *SurveyCellsOf(ReportJson(*report));
}

District Answered(int teachers, int aides) {
  District district;
  district.AddSchool("North");
  district.Put("shared", District::TrustSurvey(2));
  district.Put("shared", District::TrustWave("W", "2026-09-01"));
  for (int i = 0; i < teachers; ++i) district.AddResponse("North", "W", {1 + i % 5, 2}, "teacher");
  for (int i = 0; i < aides; ++i) district.AddResponse("North", "W", {1 + i % 4, 3}, "aide");
  return district;
}

TEST(ReleaseRule_, HoldsBackWhatAFewPersonsChanged) {
  const ReleasedCells first = Shown(Answered(40, 30));
  ASSERT_EQ(first.size(), 2U);
  EXPECT_TRUE(MayRelease(first, first, 10).allowed);
  const ReleaseVerdict three_more = MayRelease(first, Shown(Answered(43, 30)), 10);
  EXPECT_FALSE(three_more.allowed);
  EXPECT_EQ(three_more.not_yet_shown, 3);
  EXPECT_TRUE(MayRelease(first, Shown(Answered(50, 30)), 10).allowed);
  EXPECT_FALSE(MayRelease(first, Shown(Answered(50, 31)), 10).allowed);
}

TEST(ReleaseRule_, AnEditedAnswerAloneIsHeldBack) {
  District district = Answered(40, 30);
  const ReleasedCells before = Shown(district);
  const RecordId id = district.AddResponse("North", "W", {1, 1}, "teacher");
  const ReleasedCells with = Shown(district);
  district.Put("North", id, District::MakeResponse("W", {5, 1}, "teacher"));
  EXPECT_FALSE(MayRelease(with, Shown(district), 10).allowed);
  EXPECT_FALSE(MayRelease(before, with, 10).allowed);
}

}  // namespace
}  // namespace trellis
