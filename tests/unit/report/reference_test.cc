// The numbers an independent program computed from published data.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "common/report/column_scan.h"
#include "common/report/item_score.h"
#include "common/report/means.h"
#include "common/report/proportions.h"
#include "tests/unit/report/district_fixture.h"
#include "tests/unit/report/reference_numbers.h"

namespace trellis {
namespace {

TEST(Reference, WilsonAndNewcombe) {
  TRELLIS_REQUIRE_TEST_DATA();
  const auto reference = ReferenceNumbers();
  for (const auto& [count, key] : {std::pair(40, "wilson_40_of_50"), std::pair(30, "wilson_30_of_50")}) {
    const auto limits = WilsonInterval({static_cast<double>(count), 50}, 0.95);
    EXPECT_NEAR(limits->low, reference[key][0].get<double>(), 1e-6);
    EXPECT_NEAR(limits->high, reference[key][1].get<double>(), 1e-6);
  }
  const auto difference = NewcombeDifference({40, 50}, {30, 50}, 0.95);
  EXPECT_NEAR(difference->interval.low, reference["newcombe_diff_ci_40of50_minus_30of50"][0].get<double>(),
              1e-6);
  EXPECT_NEAR(difference->interval.high, reference["newcombe_diff_ci_40of50_minus_30of50"][1].get<double>(),
              1e-6);
}

TEST(Reference, PairedAndWelchTests) {
  TRELLIS_REQUIRE_TEST_DATA();
  const auto reference = ReferenceNumbers()["univbct_READY"];
  std::vector<double> first, third, differences;
  for (const auto& row : ReadCsv("responses/univbct_3waves.csv")) {
    if (row.at("TIME") != "0") continue;  // one line a person and time; the wave columns repeat
    const auto number = [&](const char* name) {
      const std::string& text = row.at(name);
      return text.empty() || text == "NA" ? std::optional<double>() : std::stod(text);
    };
    const auto before = number("READY1"), after = number("READY3");
    if (before) first.push_back(*before);
    if (after) third.push_back(*after);
    if (before && after) differences.push_back(*after - *before);
  }
  EXPECT_EQ(static_cast<int>(first.size()), reference["n1"].get<int>());
  EXPECT_EQ(static_cast<int>(third.size()), reference["n3"].get<int>());
  EXPECT_EQ(static_cast<int>(differences.size()), reference["npair"].get<int>());
  const auto paired = PairedTest(MomentsOf(differences), 0.95);
  EXPECT_NEAR(paired->difference, reference["paired_diff"].get<double>(), 1e-6);
  EXPECT_NEAR(paired->t, reference["paired_t"].get<double>(), 1e-6);
  EXPECT_NEAR(paired->interval.low, reference["paired_ci"][0].get<double>(), 1e-6);
  EXPECT_NEAR(paired->interval.high, reference["paired_ci"][1].get<double>(), 1e-6);
  const auto welch = WelchTest(MomentsOf(third), MomentsOf(first), 0.95);
  EXPECT_NEAR(welch->difference, reference["welch_diff"].get<double>(), 1e-6);
  EXPECT_NEAR(welch->df, reference["welch_df"].get<double>(), 1e-6);
  EXPECT_NEAR(welch->p, reference["welch_p"].get<double>(), 1e-9);
  EXPECT_NEAR(welch->interval.low, reference["welch_ci"][0].get<double>(), 1e-6);
  EXPECT_NEAR(welch->interval.high, reference["welch_ci"][1].get<double>(), 1e-6);
}

ResponseColumns LeadershipColumns(const nlohmann::json& items) {
  ColumnLayout layout{.attributes = {"unit"}};
  for (const auto& item : items) layout.questions.push_back({item.get<std::string>(), 5});
  ResponseColumns columns(layout);
  uint64_t number = 0;
  for (const auto& row : ReadCsv("responses/lq2002.csv")) {
    ResponseRow response{.complete = true, .attributes = {row.at("COMPID")}};
    ++number;
    for (int b = 0; b < 8; ++b) response.identity.id.bytes[b] = static_cast<uint8_t>(number >> (8 * b));
    for (const auto& item : items) {
      response.answers.push_back(static_cast<uint8_t>(std::stoi(row.at(item.get<std::string>()))));
    }
    EXPECT_TRUE(columns.Put(response).ok());
  }
  return columns;
}

TEST(Reference, LeadershipScalesOverallAndByUnit) {
  TRELLIS_REQUIRE_TEST_DATA();
  const auto reference = ReferenceNumbers()["LEAD"];
  const ResponseColumns columns = LeadershipColumns(reference["items"]);
  ASSERT_EQ(static_cast<int>(columns.size()), reference["N"].get<int>());
  std::vector<ScoredQuestion> scale, favorable;
  for (int q = 0; q < static_cast<int>(columns.layout().questions.size()); ++q) {
    scale.push_back({q, {std::nullopt, 1, 2, 3, 4, 5}});
    favorable.push_back({q, {std::nullopt, 0, 0, 0, 1, 1}});
  }
  const std::vector<std::vector<ScoredQuestion>> scales{scale, favorable};
  const auto all = ScorePersons(columns, scales, {}).at({});
  EXPECT_NEAR(all[0].PersonMeans(6).mean, reference["mean"].get<double>(), 1e-6);
  EXPECT_NEAR(all[0].PersonMeans(6).Sd(), reference["sd"].get<double>(), 1e-6);
  EXPECT_NEAR(static_cast<double>(all[1].Sum(1)) / static_cast<double>(all[1].Answers(1)),
              reference["pct_top2"].get<double>(), 1e-6);
  const auto counts = CountAnswers(columns, {}).at({});
  for (size_t q = 0; q < scale.size(); ++q) {
    double mean = 0;
    for (int code = 1; code <= 5; ++code) mean += static_cast<double>(code * counts.codes[q][code]);
    EXPECT_NEAR(mean / static_cast<double>(counts.rows), reference["item_means"][q].get<double>(), 1e-6);
  }
  const auto units = ScorePersons(columns, scales, {.group_by = {"unit"}});
  const auto rows = ReadCsv("reference/lq2002_LEAD_by_unit.csv");
  ASSERT_EQ(units.size(), rows.size());
  for (const auto& row : rows) {
    const auto& unit = units.at({row.at("unit")});
    EXPECT_EQ(unit[0].Persons(6), std::stoi(row.at("n")));
    EXPECT_NEAR(unit[0].PersonMeans(6).mean, std::stod(row.at("mean")), 1e-6);
    EXPECT_NEAR(unit[0].PersonMeans(6).Sd(), std::stod(row.at("sd")), 1e-6);
    EXPECT_NEAR(static_cast<double>(unit[1].Sum(1)) / static_cast<double>(unit[1].Answers(1)),
                std::stod(row.at("pct_top2")), 1e-6);
  }
}

// The records of a survey whose items have these choices, and a response a row, at the site the row names.
class PublishedSurvey {
 public:
  District district;

  PublishedSurvey(const std::vector<std::string>& items, int options) : items_(items) {
    domain::v1::Survey survey;
    survey.set_code("CLIMATE");
    auto* construct = survey.add_constructs();
    construct->set_code("EFFICACY");
    for (size_t i = 0; i < items.size(); ++i) {
      auto* question = survey.add_questions();
      question->set_slot(static_cast<uint32_t>(i + 1));
      question->set_code(items[i]);
      question->set_form(domain::v1::QUESTION_FORM_SINGLE_CHOICE);
      question->set_construct("EFFICACY");
      for (int value = 1; value <= options; ++value) question->add_choices()->set_value(value);
    }
    district.Put("shared", survey);
    domain::v1::Wave wave = District::TrustWave("W", "2026-01-01");
    wave.set_min_n(5);
    district.Put("shared", wave);
  }

  void Add(const std::string& site, const std::map<std::string, std::string>& row) {
    if (sites_.insert(site).second) district.AddSchool(site);
    std::vector<int> answers;
    for (const std::string& item : items_) {
      answers.push_back(row.at(item).empty() ? 0 : std::stoi(row.at(item)));
    }
    district.AddResponse(site, "W", answers);
  }

 private:
  std::vector<std::string> items_;
  std::set<std::string> sites_;
};

PublishedSurvey Leadership() {
  PublishedSurvey survey(ReferenceNumbers()["LEAD"]["items"].get<std::vector<std::string>>(), 5);
  for (const auto& row : ReadCsv("responses/lq2002.csv")) survey.Add(row.at("COMPID"), row);
  return survey;
}

TEST(Reference, LeadershipReliability) {
  TRELLIS_REQUIRE_TEST_DATA();
  const auto reference = ReferenceNumbers()["LEAD"];
  const auto report = Leadership().district.Run("reliability");
  ASSERT_TRUE(report.ok()) << report.status();
  const ReportRow& scale = report->rows[0];
  EXPECT_NEAR(*scale.Find("alpha")->value, reference["alpha_raw"].get<double>(), 1e-6);
  EXPECT_NEAR(*scale.Find("alpha")->low, reference["alpha_feldt_ci"][0].get<double>(), 1e-6);
  EXPECT_NEAR(*scale.Find("alpha")->high, reference["alpha_feldt_ci"][2].get<double>(), 1e-6);
  EXPECT_NEAR(*scale.Find("standardizedAlpha")->value, reference["alpha_std"].get<double>(), 1e-6);
  EXPECT_NEAR(*scale.Find("omegaTotal")->value, reference["omega_total_1f"].get<double>(), 1e-6);
  for (const auto& [item, value] : reference["item_rest_r"].items()) {
    EXPECT_NEAR(*District::CellOf(*report, {{"item", item}}, "itemRest").value, value.get<double>(), 1e-6);
  }
  for (const auto& [item, value] : reference["alpha_if_deleted"].items()) {
    EXPECT_NEAR(*District::CellOf(*report, {{"item", item}}, "alphaIfDeleted").value, value.get<double>(),
                1e-6);
  }
}

TEST(Reference, LeadershipAggregation) {
  TRELLIS_REQUIRE_TEST_DATA();
  const auto reference = ReferenceNumbers()["LEAD"];
  const auto report = Leadership().district.Run("aggregation");
  ASSERT_TRUE(report.ok()) << report.status();
  const ReportRow& scale = report->rows[0];
  EXPECT_NEAR(*scale.Find("f")->numerator, reference["MSB"].get<double>(), 1e-6);
  EXPECT_NEAR(*scale.Find("f")->denominator, reference["MSW"].get<double>(), 1e-6);
  EXPECT_NEAR(*scale.Find("f")->value, reference["F"].get<double>(), 1e-6);
  EXPECT_NEAR(*scale.Find("icc1")->value, reference["ICC1_multilevel"].get<double>(), 1e-6);
  EXPECT_NEAR(*scale.Find("icc2")->value, reference["ICC2_multilevel"].get<double>(), 1e-6);
  EXPECT_NEAR(*scale.Find("meanSize")->value, reference["nbar"].get<double>(), 1e-6);
  EXPECT_NEAR(*scale.Find("adjustedSize")->value, reference["n0"].get<double>(), 1e-6);
  EXPECT_NEAR(*scale.Find("medianRwg")->value, reference["rwgj_uniform_median"].get<double>(), 1e-6);
  for (const auto& row : ReadCsv("reference/lq2002_LEAD_by_unit.csv")) {
    const ReportRow& unit = District::Row(*report, {{"site", row.at("unit")}});
    EXPECT_NEAR(*unit.Find("mean")->value, std::stod(row.at("mean")), 1e-6);
    EXPECT_NEAR(*unit.Find("mean")->sd, std::stod(row.at("sd")), 1e-6);
    EXPECT_NEAR(*unit.Find("rwg")->value, std::stod(row.at("rwgj")), 1e-6);
  }
}

TEST(Reference, CohesionAgreementAndListwiseAlpha) {
  TRELLIS_REQUIRE_TEST_DATA();
  PublishedSurvey survey({"COH01", "COH02", "COH03", "COH04", "COH05"}, 5);
  for (const auto& row : ReadCsv("responses/cohesion.csv")) survey.Add(row.at("UNIT"), row);
  const auto reference = ReferenceNumbers();
  const auto alpha = survey.district.Run("reliability");
  ASSERT_TRUE(alpha.ok()) << alpha.status();
  EXPECT_NEAR(*alpha->rows[0].Find("alpha")->value, reference["cohesion_alpha_listwise"].get<double>(), 1e-6);
  const auto report = survey.district.Run("aggregation");
  ASSERT_TRUE(report.ok()) << report.status();
  for (const auto& unit : reference["cohesion_rwgj"]) {
    EXPECT_NEAR(*District::CellOf(*report, {{"site", unit["grpid"].get<std::string>()}}, "rwg").value,
                unit["rwg.j"].get<double>(), 1e-6);
  }
}

TEST(Reference, CityItemScores) {
  TRELLIS_REQUIRE_TEST_DATA();
  QuestionDefinition question{.code = "Q"};
  for (double value : {4, 3, 2, 1}) question.choices.push_back({value, false, true});
  question.choices.push_back({0, false, false});
  int cells = 0, equal = 0;
  for (const auto& row : ReadCsv("nyc2011/nyc2011_gened_item_oracle.csv")) {
    std::vector<int64_t> counts;
    for (const char* name : {"n1", "n2", "n3", "n4", "n_other"}) {
      counts.push_back(row.at(name).empty() ? 0 : std::stoll(row.at(name)));
    }
    question.reversed = row.at("reverse_scored") == "1";
    const Moments score = ItemScore(counts, TenPointScores(question));
    EXPECT_NEAR(score.mean, std::stod(row.at("recomputed")), 1e-6);
    const double published = std::stod(row.at("published_score_0_10"));
    EXPECT_LE(std::fabs(score.mean - published), 0.1);
    ++cells;
    // Halves go either way, as the last bit has it.
    equal += std::fabs(score.mean - published) <= 0.05 + 1e-9;
  }
  EXPECT_GT(cells, 20'000);
  EXPECT_GE(equal, 0.995 * cells);
}

}  // namespace
}  // namespace trellis
