// One pattern of hidden groups for the wave's whole plan, and pools of small schools.
#include "common/report/plan_pattern.h"

#include <gtest/gtest.h>

#include "tests/unit/report/district_fixture.h"

namespace trellis {
namespace {

domain::v1::Wave PlannedWave(bool pools) {
  domain::v1::Wave wave = District::TrustWave("W", "2026-09-01");
  auto* finer = wave.add_disaggregation_plan();
  finer->set_code("role-by-years");
  finer->add_attributes("role");
  finer->add_attributes("years_band");
  wave.set_pools_small_sites(pools);
  return wave;
}

void Answer(District* district, const std::string& site, int n, const std::string& role,
            const std::string& years = "") {
  for (int i = 0; i < n; ++i) {
    domain::v1::Response response = District::MakeResponse("W", {1 + i % 5, 1 + i % 3}, role);
    response.set_years_band(years);
    district->Put(site, response);
  }
}

std::set<std::string> HiddenIn(const District& district, const std::string& report,
                               std::vector<std::string> by, const std::string& site = "") {
  std::set<std::string> hidden;
  const auto made = district.Run(report, {.site = site, .by = std::move(by)});
  EXPECT_TRUE(made.ok()) << made.status();
  for (const ReportRow& row : made->rows) {
    std::string group;
    for (const auto& [name, value] : row.group) group += name + "=" + value + " ";
    if (row.cells.at(0).second.state == CellState::kHidden) hidden.insert(group);
  }
  return hidden;
}

TEST(PlanPattern, IsTheSameInEveryReportOfAScale) {
  District district;
  district.AddSchool("North");
  district.AddSchool("South");
  district.Put("shared", District::TrustSurvey(2));
  district.Put("shared", PlannedWave(false));
  for (const char* site : {"North", "South"}) {
    Answer(&district, site, 30, "teacher", "0-5");
    Answer(&district, site, 14, "teacher", "6+");
    Answer(&district, site, site[0] == 'N' ? 4 : 12, "coach", "0-5");
    Answer(&district, site, 16, "aide", "6+");
  }
  for (const std::vector<std::string>& by : {std::vector<std::string>{"role"},
                                             {"site", "role"},
                                             {"role", "years_band"},
                                             {"site", "role", "years_band"}}) {
    const auto hidden = HiddenIn(district, "construct-mean", by);
    EXPECT_EQ(HiddenIn(district, "percent-favorable", by), hidden);
    EXPECT_EQ(HiddenIn(district, "disaggregation", by), hidden);
  }
  EXPECT_FALSE(HiddenIn(district, "construct-mean", {"site", "role"}).empty());
}

TEST(PlanPattern, ASitesTableHidesAsTheTableOfAll) {
  District district;
  for (const char* site : {"North", "South"}) district.AddSchool(site);
  district.Put("shared", District::TrustSurvey(2));
  district.Put("shared", PlannedWave(false));
  Answer(&district, "North", 40, "teacher", "0-5");
  Answer(&district, "North", 4, "coach", "0-5");
  Answer(&district, "South", 40, "teacher", "0-5");
  Answer(&district, "South", 12, "coach", "0-5");
  const auto all = HiddenIn(district, "construct-mean", {"site", "role"});
  const auto south = HiddenIn(district, "construct-mean", {"role"}, "South");
  EXPECT_TRUE(south.contains("construct=TRUST site=South role=coach "));
  for (const std::string& group : south) EXPECT_TRUE(all.contains(group)) << group;
}

RecordId AddPooledSchool(District* district, const std::string& name) {
  domain::v1::EducationOrganization school;
  school.set_identifier("ID-" + name);
  school.set_name(name);
  school.set_site(name);
  school.set_reporting_pool("Valley");
  return district->Put("shared", school);
}

District Pooled() {
  District district;
  district.AddSchool("North");
  AddPooledSchool(&district, "Little");
  AddPooledSchool(&district, "Tiny");
  district.Put("shared", District::TrustSurvey(2));
  district.Put("shared", PlannedWave(true));
  Answer(&district, "North", 40, "teacher");
  Answer(&district, "Little", 7, "teacher");
  Answer(&district, "Tiny", 6, "teacher");
  return district;
}

TEST(Pools, SmallSchoolsAreShownTogetherAndNeverAlone) {
  const District district = Pooled();
  const auto report = district.Run("construct-mean", {.by = {"site"}});
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(report->rows.size(), 2U);
  EXPECT_EQ(District::CellOf(*report, {{"site", "Valley (pool)"}}, "mean").n, 13);
  EXPECT_NE(std::find(report->notes.begin(), report->notes.end(),
                      "Valley (pool): Little, Tiny, shown together because they are small."),
            report->notes.end());
}

TEST(Pools, ASchoolAskedForIsAnsweredWithItsPool) {
  const auto report = Pooled().Run("construct-mean", {.site = "Tiny"});
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(report->rows.size(), 1U);
  EXPECT_EQ(District::CellOf(*report, {{"site", "Valley (pool)"}}, "mean").n, 13);
}

TEST(Pools, ASiteCannotComputeItsPoolAndIsToldWhereToRead) {
  const District district = Pooled();
  ReportInput input = district.view.Input([](const std::string& scope) { return scope != "North"; }, {});
  input.whole_district = false;
  const auto report = RunReport("construct-mean", {}, input);
  EXPECT_EQ(report.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(report.status().message().find("snapshots list"), absl::string_view::npos);
  EXPECT_TRUE(RunReport("response-rate", {}, input).ok());
}

}  // namespace
}  // namespace trellis
