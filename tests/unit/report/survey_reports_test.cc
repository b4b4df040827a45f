#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "common/report/means.h"
#include "tests/unit/report/district_fixture.h"
#include "tests/unit/report/reference_numbers.h"

namespace trellis {
namespace {

// `count` persons who give the same answers.
void AddMany(District* district, const std::string& site, const std::string& wave, int count,
             const std::vector<int>& answers, const std::string& role = "") {
  for (int i = 0; i < count; ++i) district->AddResponse(site, wave, answers, role);
}

District TwoSchools() {
  District district;
  district.AddSchool("North");
  district.AddSchool("South");
  district.Put("shared", District::TrustSurvey(2));
  district.Put("shared", District::TrustWave("BASE", "2026-09-01"));
  return district;
}

TEST(ConstructMean_, ReversesItemsAndAveragesPersons) {
  District district = TwoSchools();
  AddMany(&district, "North", "BASE", 10, {5, 1});  // 5 and 5
  AddMany(&district, "North", "BASE", 10, {1, 0});  // 1, the other left blank
  const auto report = district.Run("construct-mean");
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(report->rows.size(), 1u);
  EXPECT_EQ(report->rows[0].group, (decltype(report->rows[0].group){{"construct", "TRUST"}}));
  const ReportCell& mean = *report->rows[0].Find("mean");
  EXPECT_EQ(mean.state, CellState::kValue);
  EXPECT_DOUBLE_EQ(*mean.value, 3);
  EXPECT_EQ(*mean.n, 20);
  EXPECT_NEAR(*mean.sd, std::sqrt(20 * 4 / 19.0), 1e-12);
  EXPECT_NEAR(*mean.se, *mean.sd / std::sqrt(20), 1e-12);
}

TEST(ConstructMean_, BySiteHidesTheSmallAndItsComplementAndShowsTheMissing) {
  District district = TwoSchools();
  district.AddSchool("East");
  district.AddSchool("West");
  AddMany(&district, "North", "BASE", 40, {4, 2});
  AddMany(&district, "South", "BASE", 30, {3, 3});
  AddMany(&district, "East", "BASE", 4, {2, 3});
  const auto report = district.Run("construct-mean", {.by = {"site"}});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(District::CellOf(*report, {{"site", "North"}}, "mean").state, CellState::kValue);
  EXPECT_EQ(District::CellOf(*report, {{"site", "South"}}, "mean").state, CellState::kHidden);
  EXPECT_FALSE(District::CellOf(*report, {{"site", "South"}}, "mean").n);
  EXPECT_EQ(District::CellOf(*report, {{"site", "East"}}, "mean").state, CellState::kHidden);
  EXPECT_EQ(District::CellOf(*report, {{"site", "West"}}, "mean").state, CellState::kMissing);
}

TEST(ConstructMean_, OneSiteIsHiddenAsInTheTableOfAll) {
  District district = TwoSchools();
  AddMany(&district, "North", "BASE", 40, {4, 2});
  AddMany(&district, "South", "BASE", 4, {3, 3});
  const auto report = district.Run("construct-mean", {.site = "ID-North"});
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(report->rows.size(), 1u);
  EXPECT_EQ(report->rows[0].Find("mean")->state, CellState::kHidden);
}

TEST(ConstructMean_, AsOfLeavesOutLaterResponses) {
  District district = TwoSchools();
  AddMany(&district, "North", "BASE", 20, {4, 2});
  domain::v1::Response late = District::MakeResponse("BASE", {1, 5});
  late.mutable_submit_time()->set_seconds(1'795'000'000);
  district.Put("North", late);
  const auto report = district.Run("construct-mean", {.as_of_ms = 1'791'000'000'000});
  EXPECT_EQ(*report->rows[0].Find("mean")->n, 20);
  EXPECT_EQ(*district.Run("construct-mean")->rows[0].Find("mean")->n, 21);
}

TEST(ConstructMean_, ThresholdRecordsChangeAndArePrinted) {
  District district = TwoSchools();
  AddMany(&district, "North", "BASE", 12, {4, 2});
  domain::v1::Threshold threshold;
  threshold.set_code("min-n-staff");
  threshold.set_value(15);
  district.Put("shared", threshold);
  const auto report = district.Run("construct-mean");
  EXPECT_EQ(report->rows[0].Find("mean")->state, CellState::kHidden);
  EXPECT_EQ(report->thresholds[0], (std::pair<std::string, double>("min-n", 15)));
}

TEST(ConstructMean_, SaysWhatIsWrong) {
  District district = TwoSchools();
  EXPECT_EQ(district.Run("construct-mean", {.survey = "NONE"}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(district.Run("construct-mean", {.site = "Nowhere"}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(district.Run("construct-mean", {.named = {{"construct", "JOY"}}}).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(district.Run("construct-mean", {.named = {{"colour", "red"}}}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(district.Run("construct-mean", {.by = {"grade_band"}}).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(district.Run("construct-mean", {.by = {"grade_band"}, .free_slicing = true}).ok());
  EXPECT_EQ(district.Run("weather").status().code(), absl::StatusCode::kNotFound);
}

TEST(PercentFavorable_, PoolsAnswersTopTwoAsKeyed) {
  District district = TwoSchools();
  AddMany(&district, "North", "BASE", 10, {4, 1});
  AddMany(&district, "North", "BASE", 15, {3, 126});
  const auto report = district.Run("percent-favorable");
  ASSERT_TRUE(report.ok()) << report.status();
  const ReportCell& cell = *report->rows[0].Find("favorable");
  EXPECT_EQ(*cell.numerator, 20);
  EXPECT_EQ(*cell.denominator, 35);
  EXPECT_EQ(*cell.n, 25);
  EXPECT_DOUBLE_EQ(*cell.value, 20.0 / 35);
  const auto by_person = district.Run("percent-favorable", {.named = {{"estimator", "person"}}});
  EXPECT_DOUBLE_EQ(*by_person->rows[0].Find("favorable")->value, 10.0 / 25);
}

TEST(PercentFavorable_, HidesAllOrNothing) {
  District district = TwoSchools();
  AddMany(&district, "North", "BASE", 25, {5, 1});
  EXPECT_EQ(district.Run("percent-favorable")->rows[0].Find("favorable")->state, CellState::kHidden);
}

TEST(PercentFavorable_, AnEvenScaleNeedsMarkedChoices) {
  District district;
  district.AddSchool("North");
  domain::v1::Survey survey = District::TrustSurvey(1);
  survey.mutable_questions(0)->mutable_choices()->RemoveLast();
  const RecordId id = district.Put("shared", survey);
  district.Put("shared", District::TrustWave("BASE", "2026-09-01"));
  AddMany(&district, "North", "BASE", 12, {4});
  AddMany(&district, "North", "BASE", 12, {3});
  EXPECT_EQ(district.Run("percent-favorable")->rows[0].Find("favorable")->state, CellState::kNotApplicable);
  survey.mutable_questions(0)->mutable_choices(3)->set_favorable(true);
  district.Put("shared", id, survey);
  EXPECT_DOUBLE_EQ(*district.Run("percent-favorable")->rows[0].Find("favorable")->value, 0.5);
}

TEST(ResponseRate_, CountsCompletesAmongInvitedAndPartialsApart) {
  District district;
  district.AddSchool("North");
  district.AddSchool("South");
  district.AddSchool("East");
  district.Put("shared", District::TrustSurvey(2));
  domain::v1::Wave wave = District::TrustWave("BASE", "2026-09-01");
  for (const auto& [site, invited] : {std::pair("ID-North", 40), {"ID-South", 20}}) {
    auto* eligibility = wave.add_eligibility();
    eligibility->set_organization(site);
    eligibility->set_invited(invited);
  }
  district.Put("shared", wave);
  AddMany(&district, "North", "BASE", 30, {4, 1});
  AddMany(&district, "South", "BASE", 22, {4, 1});
  AddMany(&district, "East", "BASE", 12, {4, 1});
  domain::v1::Response partial = District::MakeResponse("BASE", {4});
  partial.set_partial(true);
  district.Put("North", partial);
  const auto report = district.Run("response-rate", {.by = {"site"}});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"site", "North"}}, "rate").value, 0.75);
  EXPECT_EQ(*District::CellOf(*report, {{"site", "North"}}, "partial").value, 1);
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"site", "South"}}, "rate").value, 1);
  EXPECT_EQ(*District::CellOf(*report, {{"site", "South"}}, "rate").numerator, 22);
  EXPECT_FALSE(District::CellOf(*report, {{"site", "South"}}, "rate").text.empty());
  EXPECT_EQ(District::CellOf(*report, {{"site", "East"}}, "rate").state, CellState::kNotApplicable);
  const auto all = district.Run("response-rate");
  EXPECT_EQ(*all->rows[0].Find("rate")->denominator, 60);
  EXPECT_EQ(*all->rows[0].Find("rate")->numerator, 52);
}

District LinkedWaves(domain::v1::WaveMode mode) {
  District district;
  district.AddSchool("North");
  district.Put("shared", District::TrustSurvey(2));
  for (const auto& [code, date] : {std::pair("BASE", "2026-09-01"), {"END", "2027-05-01"}}) {
    domain::v1::Wave wave = District::TrustWave(code, date);
    wave.set_mode(mode);
    district.Put("shared", wave);
  }
  for (int person = 0; person < 20; ++person) {
    const std::string key = "person " + std::to_string(person);
    district.AddResponse("North", "BASE", {3 + person % 2, 3}, "", key);
    if (person < 15) district.AddResponse("North", "END", {3 + person % 3, 3}, "", key);
  }
  return district;
}

TEST(WaveChange_, PairsPersonsWhereBothWavesLinkThem) {
  const District district = LinkedWaves(domain::v1::WAVE_MODE_CONFIDENTIAL);
  const auto report = district.Run("wave-change");
  ASSERT_TRUE(report.ok()) << report.status();
  const ReportRow& row = report->rows[0];
  EXPECT_EQ(*row.Find("before")->n, 20);
  EXPECT_EQ(*row.Find("after")->n, 15);
  EXPECT_EQ(*row.Find("matched")->value, 15);
  std::vector<double> differences;
  for (int person = 0; person < 15; ++person) {
    differences.push_back((3 + person % 3 + 3) / 2.0 - (3 + person % 2 + 3) / 2.0);
  }
  const auto expected = PairedTest(MomentsOf(differences), 0.95);
  EXPECT_NEAR(*row.Find("change")->value, expected->difference, 1e-12);
  EXPECT_NEAR(*row.Find("change")->p, expected->p, 1e-12);
  EXPECT_EQ(row.Find("change")->method, "paired t");
  EXPECT_EQ(row.Find("favorableChange")->method, "Newcombe, paired");
}

TEST(WaveChange_, NeverPairsAnonymousWaves) {
  const District district = LinkedWaves(domain::v1::WAVE_MODE_ANONYMOUS);
  const auto report = district.Run("wave-change");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->rows[0].Find("change")->method, "Welch");
  EXPECT_EQ(report->rows[0].Find("matched")->state, CellState::kNotApplicable);
}

TEST(WaveChange_, LeavesRewordedItemsOut) {
  District district;
  district.AddSchool("North");
  domain::v1::Survey survey = District::TrustSurvey(2);
  survey.set_version(2);
  survey.mutable_questions(1)->set_version(2);
  district.Put("shared", survey);
  district.Put("shared", District::TrustWave("BASE", "2026-09-01"));
  domain::v1::Wave end = District::TrustWave("END", "2027-05-01");
  end.set_survey_version(2);
  district.Put("shared", end);
  AddMany(&district, "North", "BASE", 10, {2, 1});
  AddMany(&district, "North", "BASE", 10, {4, 1});
  AddMany(&district, "North", "END", 10, {3, 5});
  AddMany(&district, "North", "END", 10, {5, 5});
  const auto report = district.Run("wave-change");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_DOUBLE_EQ(*report->rows[0].Find("before")->value, 3);
  EXPECT_DOUBLE_EQ(*report->rows[0].Find("after")->value, 4);
  EXPECT_EQ(report->notes[0], "T2 is not compared: reworded.");
}

TEST(WaveChange_, NeedsAnEarlierWave) {
  District district = TwoSchools();
  EXPECT_EQ(district.Run("wave-change").status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(Disaggregation_, ComparesEachGroupToTheRest) {
  District district = TwoSchools();
  AddMany(&district, "North", "BASE", 15, {5, 2}, "teacher");
  AddMany(&district, "North", "BASE", 15, {3, 2}, "teacher");
  AddMany(&district, "South", "BASE", 10, {2, 3}, "aide");
  AddMany(&district, "South", "BASE", 10, {4, 4}, "aide");
  const auto report = district.Run("disaggregation");
  ASSERT_TRUE(report.ok()) << report.status();
  const std::map<std::string, std::string> teacher{{"role", "teacher"}, {"construct", "TRUST"}};
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, teacher, "mean").value, 4);
  EXPECT_EQ(*District::CellOf(*report, teacher, "mean").n, 30);
  EXPECT_NEAR(*District::CellOf(*report, teacher, "gap").value, 4 - 2.75, 1e-12);
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, teacher, "favorable").value, 45.0 / 60);
  EXPECT_NEAR(*District::CellOf(*report, teacher, "favorableGap").value, 45.0 / 60 - 10.0 / 40, 1e-12);
  const ReportCell& gap = District::CellOf(*report, teacher, "gap");
  EXPECT_NEAR(*gap.adjusted_p, std::min(1.0, 2 * *gap.p), 1e-12);
  EXPECT_GT(*District::CellOf(*report, teacher, "effect").value, 0);
}

TEST(Disaggregation_, HidesASmallGroupWithAllItsCells) {
  District district = TwoSchools();
  AddMany(&district, "North", "BASE", 30, {5, 3}, "teacher");
  AddMany(&district, "North", "BASE", 20, {2, 2}, "aide");
  AddMany(&district, "North", "BASE", 3, {2, 2}, "coach");
  const auto report = district.Run("disaggregation");
  for (const char* role : {"coach", "aide"}) {
    for (const auto& [name, cell] : District::Row(*report, {{"role", role}}).cells) {
      EXPECT_EQ(cell.state, CellState::kHidden) << role << " " << name;
      EXPECT_FALSE(cell.value || cell.n || cell.sd || cell.low);
    }
  }
  EXPECT_EQ(District::CellOf(*report, {{"role", "teacher"}}, "mean").state, CellState::kValue);
}

TEST(SurveyReports, MatchPublishedScalesBySite) {
  TRELLIS_REQUIRE_TEST_DATA();
  District district;
  domain::v1::Survey survey;
  survey.set_code("CLIMATE");
  const auto reference = ReferenceNumbers()["LEAD"];
  for (const auto& item : reference["items"]) {
    auto* question = survey.add_questions();
    question->set_slot(survey.questions_size());
    question->set_code(item.get<std::string>());
    question->set_form(domain::v1::QUESTION_FORM_SINGLE_CHOICE);
    question->set_construct("LEAD");
    for (int value = 1; value <= 5; ++value) question->add_choices()->set_value(value);
  }
  district.Put("shared", survey);
  district.Put("shared", District::TrustWave("BASE", "2026-09-01"));
  const auto units = ReadCsv("reference/lq2002_LEAD_by_unit.csv");
  for (const auto& unit : units) district.AddSchool("Unit " + unit.at("unit"));
  for (const auto& row : ReadCsv("responses/lq2002.csv")) {
    std::vector<int> answers;
    for (const auto& item : reference["items"]) answers.push_back(std::stoi(row.at(item.get<std::string>())));
    district.AddResponse("Unit " + row.at("COMPID"), "BASE", answers);
  }
  const auto all = district.Run("construct-mean");
  EXPECT_NEAR(*all->rows[0].Find("mean")->value, reference["mean"].get<double>(), 1e-6);
  EXPECT_NEAR(*all->rows[0].Find("mean")->sd, reference["sd"].get<double>(), 1e-6);
  EXPECT_NEAR(*district.Run("percent-favorable")->rows[0].Find("favorable")->value,
              reference["pct_top2"].get<double>(), 1e-6);
  const auto means = district.Run("construct-mean", {.by = {"site"}});
  const auto shares = district.Run("percent-favorable", {.by = {"site"}});
  int shown = 0;
  for (const auto& unit : units) {
    const std::map<std::string, std::string> group{{"site", "Unit " + unit.at("unit")}};
    const ReportCell& mean = District::CellOf(*means, group, "mean");
    if (mean.state != CellState::kValue) continue;
    ++shown;
    EXPECT_EQ(*mean.n, std::stoi(unit.at("n")));
    EXPECT_NEAR(*mean.value, std::stod(unit.at("mean")), 1e-6);
    EXPECT_NEAR(*mean.sd, std::stod(unit.at("sd")), 1e-6);
    EXPECT_NEAR(*District::CellOf(*shares, group, "favorable").value, std::stod(unit.at("pct_top2")), 1e-6);
  }
  EXPECT_EQ(shown, 49);
}

}  // namespace
}  // namespace trellis
