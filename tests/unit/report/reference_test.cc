// The numbers an independent program computed from published data.
#include <gtest/gtest.h>

#include "common/report/column_scan.h"
#include "common/report/means.h"
#include "common/report/proportions.h"
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

}  // namespace
}  // namespace trellis
