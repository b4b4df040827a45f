#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/report/report_format.h"

namespace trellis {
namespace {

Report EverySortOfCell() {
  Report report{.name = "cycle", .title = "Cycle report", .number = "R23+", .estimator = "as recorded"};
  report.parameters = {{"cycle", "C1"}};
  report.thresholds = {{"min-n", 10}, {"confidence", 0.95}};
  report.cut = {false,
                {{"North", "id-north", 1'800'000'000'000, std::nullopt, "live", 3, false},
                 {"South", "id-south", std::nullopt, 1'800'000'000'000, "missing", 0, true}}};
  report.pending_not_shown = 3;
  ReportCell proportion{.unit = CellUnit::kProportion,
                        .value = 0.4,
                        .n = 41,
                        .numerator = 20,
                        .denominator = 50,
                        .low = 0.28,
                        .high = 0.54,
                        .confidence = 0.95,
                        .method = "Wilson"};
  ReportCell mean{.value = 3.25, .n = 12, .sd = 0.5, .se = 0.1, .statistic = 2.5, .df = 11, .p = 0.03};
  mean.adjusted_p = 0.06;
  report.rows = {{{{"section", "status"}, {"cycle", "C1"}},
                  {{"stage", ReportCell::Text("implement")},
                   {"daysInStage", {.unit = CellUnit::kDays, .value = 12}},
                   {"openObstacles", ReportCell::Count(2)}}},
                 {{{"section", "change"}, {"construct", "TRUST"}},
                  {{"favorable", proportion},
                   {"mean", mean},
                   {"gap", ReportCell::Hidden(CellUnit::kNumber)},
                   {"decline", ReportCell::Missing(CellUnit::kProportion)},
                   {"effect", ReportCell::NotApplicable(CellUnit::kNumber)}}}};
  report.notes = {"A note."};
  report.snapshot_id = "cycle-1";
  report.generated_at_ms = 1'800'000'000'000;
  return report;
}

TEST(ReportFromJson_, IsTheReportThatWasWritten) {
  const Report report = EverySortOfCell();
  const auto back = ReportFromJson(ReportJson(report));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(ReportJson(*back), ReportJson(report));
  EXPECT_EQ(ReportTable(*back), ReportTable(report));
  EXPECT_EQ(ReportCsv(*back), ReportCsv(report));
}

TEST(ReportFromJson_, RefusesWhatIsNone) {
  for (const char* text : {"", "[]", "{}", "{\"rows\":3}", "null", "{\"parameters\":{\"a\":1}}"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ReportFromJson(text).status())) << text;
  }
  const std::string whole = ReportJson(EverySortOfCell());
  for (size_t cut = 0; cut < whole.size(); cut += 7) EXPECT_FALSE(ReportFromJson(whole.substr(0, cut)).ok());
}

TEST(FiguresDigest_, LooksAtNumbersAndNotAtTime) {
  const Report report = EverySortOfCell();
  Report later = report;
  later.generated_at_ms = 1'800'000'900'000;
  later.rows[0].cells[1].second.value = 13;  // days in stage
  later.cut.sites[0].included_up_to_ms = 1'800'000'900'000;
  EXPECT_EQ(FiguresDigest(report), FiguresDigest(later));
  later.rows[1].cells[1].second.value = 3.26;
  EXPECT_NE(FiguresDigest(report), FiguresDigest(later));
  Report other_sites = report;
  other_sites.cut.sites[1].missing_since_ms.reset();
  other_sites.cut.sites[1].refilling = false;
  EXPECT_NE(FiguresDigest(report), FiguresDigest(other_sites));
}

}  // namespace
}  // namespace trellis
