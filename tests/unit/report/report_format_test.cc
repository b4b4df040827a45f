#include "common/report/report_format.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "common/report/calendar.h"
#include "common/report/report_catalog.h"

namespace trellis {
namespace {

using ::testing::HasSubstr;

Report Sample() {
  Report report{.name = "percent-favorable", .title = "Percent favorable", .number = "R4"};
  report.parameters = {{"survey", "CLIMATE"}};
  report.thresholds = {{"min-n", 10}};
  report.cut = {false,
                {{"North", "id-north", 1'800'000'000'000, std::nullopt, "live"},
                 {"South", "id-south", std::nullopt, 1'800'000'000'000, "missing"}}};
  const auto row = [](const char* site, ReportCell cell) {
    return ReportRow{{{"construct", "TRUST"}, {"site", site}}, {{"favorable", std::move(cell)}}};
  };
  report.rows = {row("North", {.unit = CellUnit::kProportion,
                               .value = 0.4,
                               .n = 41,
                               .numerator = 20,
                               .denominator = 50,
                               .low = 0.28,
                               .high = 0.54,
                               .confidence = 0.95}),
                 row("=South", ReportCell::Hidden(CellUnit::kProportion)),
                 row("East", ReportCell::Missing(CellUnit::kProportion)),
                 row("West, the", {.unit = CellUnit::kProportion, .value = 0})};
  report.notes = {"A note."};
  return report;
}

TEST(ReportJson_, HasTheShapeOfTheInterface) {
  const auto json = nlohmann::json::parse(ReportJson(Sample()));
  EXPECT_EQ(json["report"], "percent-favorable");
  EXPECT_EQ(json["digest"], ReportDigest(Sample()));
  EXPECT_EQ(json["cut"]["complete"], false);
  EXPECT_EQ(json["cut"]["sites"][1]["missingSince"], "2027-01-15T08:00:00Z");
  const auto& cell = json["rows"][0]["cells"]["favorable"];
  EXPECT_EQ(cell["state"], "VALUE");
  EXPECT_EQ(cell["value"], 0.4);
  EXPECT_EQ(cell["n"], 41);
  EXPECT_EQ(json["rows"][0]["group"]["construct"], "TRUST");
  EXPECT_EQ(json["rows"][1]["cells"]["favorable"], nlohmann::json({{"state", "HIDDEN"}}));
  EXPECT_EQ(json["rows"][2]["cells"]["favorable"]["state"], "MISSING");
  EXPECT_EQ(json["rows"][3]["cells"]["favorable"]["value"], 0);
}

TEST(ReportJson_, DigestCoversContentAndNotWhenItWasMade) {
  Report report = Sample();
  const std::string digest = ReportDigest(report);
  report.generated_at_ms = 5;
  report.snapshot_id = "x";
  EXPECT_EQ(ReportDigest(report), digest);
  report.rows[0].cells[0].second.value = 0.41;
  EXPECT_NE(ReportDigest(report), digest);
}

TEST(ReportTable_, TellsHiddenMissingAndZeroApart) {
  const std::string table = ReportTable(Sample());
  EXPECT_THAT(table, HasSubstr("40.0 %"));
  EXPECT_THAT(table, HasSubstr("28.0 % … 54.0 %"));
  EXPECT_THAT(table, HasSubstr("·hidden"));
  EXPECT_THAT(table, HasSubstr("–"));
  EXPECT_THAT(table, HasSubstr("0.0 %"));
  EXPECT_THAT(table, HasSubstr("not heard of: South since 2027-01-15T08:00:00Z"));
}

TEST(ReportTable_, FitsAScreen) {
  Report report = Sample();
  report.thresholds.clear();
  for (int i = 0; i < 20; ++i) report.thresholds.emplace_back(fmt::format("threshold-{}", i), i);
  ReportRow wide{{{"cycle", "C1"}}, {}};
  for (int i = 0; i < 8; ++i) {
    wide.cells.emplace_back(fmt::format("column{}", i), ReportCell::Text("quite a few words of text"));
  }
  report.rows.push_back(wide);
  std::istringstream lines(ReportTable(report));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 120) << line;
  EXPECT_THAT(ReportTable(report), HasSubstr("\n  cycle    C1\n  column0  quite a few words of text\n"));
}

TEST(ReportCsv_, IsTidyAndNeutralisesFormulas) {
  const std::string csv = ReportCsv(Sample());
  EXPECT_THAT(csv, HasSubstr("report,construct,site,cell,state,value,n"));
  EXPECT_THAT(csv, HasSubstr("percent-favorable,TRUST,North,favorable,VALUE,0.4,41,20,50,,,0.28,0.54,0.95"));
  EXPECT_THAT(csv, HasSubstr("TRUST,'=South,favorable,HIDDEN,,,"));
  EXPECT_THAT(csv, HasSubstr("TRUST,\"West, the\",favorable,VALUE,0,"));
}

TEST(ReportCatalog_, DescribesEveryReportOnce) {
  std::set<std::string> slugs;
  for (const ReportDescription& report : ReportCatalog()) {
    EXPECT_TRUE(slugs.insert(report.slug).second);
    EXPECT_EQ(FindReport(report.slug)->title, report.title);
    EXPECT_NE(std::string(report.description), "");
  }
  EXPECT_EQ(FindReport("R8")->slug, std::string("disaggregation"));
  EXPECT_EQ(FindReport("none"), nullptr);
}

TEST(Calendar, ReadsAndWritesDays) {
  EXPECT_EQ(ParseDay("1970-01-01"), 0);
  EXPECT_EQ(ParseDay("2024-02-29"), 19'782);
  EXPECT_FALSE(ParseDay("2023-02-29"));
  EXPECT_FALSE(ParseDay("2023-2-09"));
  EXPECT_EQ(FormatDay(19'782), "2024-02-29");
  EXPECT_EQ(FormatMoment(1'800'000'000'000), "2027-01-15T08:00:00Z");
  EXPECT_EQ(DayOf(-1), -1);
}

}  // namespace
}  // namespace trellis
