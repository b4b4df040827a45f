#include "common/report/document/report_document.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/report/document/plot.h"
#include "common/report/report_format.h"
#include "common/report/report_layout.h"

namespace trellis {
namespace {

// A value, a hidden cell that must give nothing away, a missing one and one that is not defined.
Report Sample() {
  Report report{.name = "construct-mean", .title = "Construct mean", .number = "R2"};
  const auto mean = [](double value, double half) {
    return ReportCell{.value = value,
                      .n = 40,
                      .sd = 1.25,
                      .se = half / 2,
                      .low = value - half,
                      .high = value + half,
                      .confidence = 0.95,
                      .method = "mean over persons, t interval"};
  };
  report.rows.push_back(
      {{{"construct", "TRUST"}, {"site", "North <&> \"one\""}}, {{"mean", mean(3.5, 0.25)}}});
  report.rows.push_back({{{"construct", "TRUST"}, {"site", "South"}}, {{"mean", mean(4.25, 0.5)}}});
  report.rows.push_back(
      {{{"construct", "TRUST"}, {"site", "=SUM(A1)"}}, {{"mean", ReportCell::Hidden(CellUnit::kNumber)}}});
  report.rows.push_back(
      {{{"construct", "TRUST"}, {"site", "East"}}, {{"mean", ReportCell::Missing(CellUnit::kNumber)}}});
  return report;
}

size_t Count(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

TEST(ReportDocument_, HidesTheSameInEveryForm) {
  const Report report = Sample();
  EXPECT_EQ(Count(ReportTable(report), "·hidden") - 1, 1U);  // and once in the legend
  EXPECT_EQ(Count(ReportJson(report), "\"HIDDEN\""), 1U);
  EXPECT_EQ(Count(ReportCsv(report), ",HIDDEN,,,,"), 1U);
  EXPECT_EQ(Count(ReportHtml(report), "<td class=\"hidden\">·hidden</td>"), 1U);
  const std::vector<ReportBlock> blocks = LayOut(report);
  ASSERT_EQ(blocks.size(), 1U);
  EXPECT_EQ(std::count(blocks[0].lines[3].begin(), blocks[0].lines[3].end(), "·hidden"), 1);
  ASSERT_EQ(PlotsOf(blocks[0]).size(), 1U);
  EXPECT_EQ(PlotsOf(blocks[0])[0].points.size(), 2U);
  EXPECT_EQ(Count(ReportR(report), "check("), 2U);
}

TEST(ReportDocument_, HtmlStandsAloneAndEscapes) {
  const std::string html = ReportHtml(Sample());
  EXPECT_NE(html.find("North &lt;&amp;&gt; &quot;one&quot;"), std::string::npos);
  for (const char* outside : {"<script", "http://", "https://", "<link", "src="}) {
    EXPECT_EQ(html.find(outside), std::string::npos) << outside;
  }
  EXPECT_NE(html.find("<svg"), std::string::npos);
}

TEST(ReportDocument_, WorkbookAndPdfAreWhole) {
  const ReportDocument workbook = *WriteReport(Sample(), ReportForm::kXlsx);
  ASSERT_GT(workbook.content.size(), 1000U);
  EXPECT_EQ(workbook.content.substr(0, 4), "PK\x03\x04");
  const ReportDocument pdf = *WriteReport(Sample(), ReportForm::kPdf);
  EXPECT_EQ(pdf.content.substr(0, 5), "%PDF-");
  EXPECT_NE(pdf.content.find("%%EOF"), std::string::npos);
}

TEST(ReportDocument_, RScriptComputesTheIntervalAgain) {
  const std::string script = ReportR(Sample());
  EXPECT_NE(script.find("3.5 + c(-1, 1) * qt(1 - (1 - 0.95) / 2, 40 - 1) * 0.125"), std::string::npos);
}

}  // namespace
}  // namespace trellis
