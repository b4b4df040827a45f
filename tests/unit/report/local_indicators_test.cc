#include "tests/unit/report/district_fixture.h"
#include "trellis/domain/v1/root_cause.pb.h"
#include "trellis/domain/v1/rubric.pb.h"

namespace trellis {
namespace {

domain::v1::Rubric TwoPractices() {
  domain::v1::Rubric rubric;
  rubric.set_code("CA-LI-3");
  for (const auto& [code, order] : {std::pair("INP-1", 2), std::pair("REL-1", 1)}) {
    auto* item = rubric.add_items();
    item->set_code(code);
    item->set_title(std::string("Practice ") + code);
    item->set_sort_order(static_cast<uint32_t>(order));
  }
  auto* level = rubric.add_levels();
  level->set_level(4);
  level->set_label("Full implementation");
  return rubric;
}

domain::v1::RubricAssessment Rating(const std::string& organization, uint32_t level,
                                    const std::string& date) {
  domain::v1::RubricAssessment rating;
  rating.set_rubric("CA-LI-3");
  rating.set_item("REL-1");
  rating.set_organization(organization);
  rating.set_level(level);
  rating.set_date(date);
  return rating;
}

District WithDistrictOffice() {
  District district;
  district.AddSchool("North");
  district.AddSchool("South");
  domain::v1::EducationOrganization office;
  office.set_identifier("DISTRICT");
  office.set_name("The district");
  district.Put("shared", office);
  district.Put("shared", TwoPractices());
  return district;
}

TEST(LocalIndicators_, RatingsAreTheDistrictsNewest) {
  District district = WithDistrictOffice();
  district.Put("North", Rating("DISTRICT", 3, "2026-03-01"));
  district.Put("North", Rating("DISTRICT", 4, "2026-11-01"));
  district.Put("North", Rating("DISTRICT", 5, "2027-06-01"));  // after the report's moment
  district.Put("North", Rating("ID-North", 2, "2026-11-01"));
  district.Put("South", Rating("ID-South", 3, "2026-11-01"));
  const auto report = district.Run("local-indicators");
  ASSERT_TRUE(report.ok()) << report.status();
  const auto practice = [](const char* title) {
    return std::map<std::string, std::string>{{"section", "priority 3: practices"}, {"practice", title}};
  };
  EXPECT_EQ(report->rows[0].GroupValue("practice"), "Practice REL-1") << "in the order of the form";
  const ReportCell& rating = District::CellOf(*report, practice("Practice REL-1"), "rating");
  EXPECT_EQ(rating.value, 4);
  EXPECT_EQ(rating.text, "Full implementation");
  EXPECT_EQ(District::CellOf(*report, practice("Practice REL-1"), "schools").value, 2.5);
  EXPECT_EQ(District::CellOf(*report, practice("Practice INP-1"), "rating").state, CellState::kMissing);
}

TEST(LocalIndicators_, WordsStandWhereTheyAreAskedForAndGapsAreCounted) {
  District district = WithDistrictOffice();
  domain::v1::PlanningQuestionResponse answer;
  answer.set_question("li6-use");
  answer.set_answer("An adult to turn to for every pupil");
  answer.set_date("2026-10-01");
  district.Put("shared", answer);
  const auto report = district.Run("local-indicators");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(
      District::CellOf(*report, {{"section", "priority 6: in words"}, {"asked", "what follows"}}, "answer")
          .text,
      "An adult to turn to for every pupil");
  EXPECT_NE(std::find(report->notes.begin(), report->notes.end(),
                      "priority 6: in words: 2 of 3 questions are still to be answered."),
            report->notes.end());
}

TEST(LocalIndicators_, ClimateIsMetByASurveyOfPupilsWithinTwoYears) {
  for (const auto& [opened, standing] :
       {std::pair("2025-10-01", "met"), std::pair("2024-10-01", "not met")}) {
    District district = WithDistrictOffice();
    district.Put("shared", District::TrustSurvey(3));
    domain::v1::Wave wave = District::TrustWave("PUPILS", opened);
    wave.set_audience(domain::v1::AUDIENCE_STUDENTS);
    district.Put("shared", wave);
    for (int i = 0; i < 30; ++i) {
      district.AddResponse("North", "PUPILS", {i % 3 == 0 ? 5 : 3, 2, 4}, i % 2 == 0 ? "teacher" : "aide");
    }
    const auto report = district.Run("local-indicators");
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(District::CellOf(*report, {{"section", "priority 6: standard"}}, "standing").text, standing);
    const bool shown = std::any_of(report->rows.begin(), report->rows.end(), [](const ReportRow& row) {
      return row.GroupValue("section") == "priority 6: favorable answers" && row.GroupValue("role") == "aide";
    });
    EXPECT_EQ(shown, standing == std::string("met"));
  }
}

TEST(LocalIndicators_, AreTheDistrictsAsAWhole) {
  ReportParameters parameters;
  parameters.site = "North";
  EXPECT_TRUE(absl::IsInvalidArgument(WithDistrictOffice().Run("local-indicators", parameters).status()));
}

}  // namespace
}  // namespace trellis
