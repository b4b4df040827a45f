#include <fmt/format.h>

#include <algorithm>

#include "common/report/calendar.h"
#include "common/report/document/plot.h"
#include "common/report/document/report_document.h"
#include "common/report/report_format.h"

namespace trellis {
namespace {

constexpr const char* kStyle = R"(
@page{size:A4 landscape;margin:14mm}
*{box-sizing:border-box}
body{font:15px/1.45 system-ui,"Segoe UI","DejaVu Sans",sans-serif;color:#1b1f24;margin:2rem auto;max-width:1180px;padding:0 1rem}
h1{font-size:1.6rem;margin:0 0 .2rem}h1 small{font-size:1rem;color:#57606a;font-weight:400}
h2{font-size:1.15rem;margin:2rem 0 .5rem;border-bottom:2px solid #0b5cad;padding-bottom:.2rem;break-after:avoid}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.8rem 0;font-size:.9rem}dt{color:#57606a}dd{margin:0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;margin:.6rem 0;font-size:.84rem;font-variant-numeric:tabular-nums}
th,td{padding:.26rem .5rem;border-bottom:1px solid #d8dee4;text-align:left;vertical-align:top}
th{background:#f0f4f8;font-weight:600}td.number{text-align:right;white-space:nowrap}
td.hidden{color:#6e4a00;background:repeating-linear-gradient(45deg,#fff7e0 0 5px,#fff 5px 10px)}
td.none{color:#8c959f}
tr{break-inside:avoid}h2::first-letter,figcaption::first-letter{text-transform:uppercase}
.plots{display:flex;flex-wrap:wrap;gap:.5rem 2rem}figure{margin:.6rem 0;break-inside:avoid}figcaption{font-size:.85rem;color:#57606a;margin-bottom:.3rem}
svg{max-width:100%;height:auto}svg text{font-size:12px;fill:#1b1f24}svg .tick{fill:#57606a;font-size:11px}
svg .grid{stroke:#e4e8ec}svg .zero{stroke:#57606a}svg .interval{stroke:#0b5cad;stroke-width:2}svg circle{fill:#0b5cad}
.notes{font-size:.88rem;color:#3d444d}.incomplete{background:#fff1e5;border-left:4px solid #bc4c00;padding:.4rem .8rem}
footer{margin-top:2rem;font-size:.8rem;color:#57606a;border-top:1px solid #d8dee4;padding-top:.4rem}
@media print{body{margin:0;max-width:none;padding:0;font-size:11px}.scroll{overflow:visible}}
)";

std::string Pairs(const std::vector<std::string>& pairs) {
  return EscapeXml(fmt::format("{}", fmt::join(pairs, ", ")));
}

std::string Head(const Report& report) {
  std::vector<std::string> parameters;
  for (const auto& [name, value] : report.parameters) {
    parameters.push_back(fmt::format("{} {}", name, value));
  }
  std::string html =
      fmt::format("<h1>{} <small>{}</small></h1>", EscapeXml(report.title), EscapeXml(report.number));
  const std::string cut = CutText(report.cut);
  if (!report.cut.complete && !report.cut.sites.empty()) {
    html += "<p class=\"incomplete\">Not every site is in. " + EscapeXml(cut) + "</p>";
  }
  html += "<dl>";
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) html += fmt::format("<dt>{}</dt><dd>{}</dd>", name, value);
  };
  add("Of", Pairs(parameters));
  add("Data", EscapeXml(cut));
  add("Waiting", EscapeXml(PendingText(report)));
  return html + "</dl>";
}

// What the numbers rest on, for who wants to know: after them.
std::string Foot(const Report& report) {
  std::string html = "<div class=\"notes\">";
  if (HidesSomething(report)) html += fmt::format("<p>{}</p>", EscapeXml(kLegend));
  for (const std::string& note : report.notes) html += fmt::format("<p>{}</p>", EscapeXml(note));
  if (!report.estimator.empty()) html += fmt::format("<p>Computed as: {}</p>", EscapeXml(report.estimator));
  std::vector<std::string> thresholds;
  for (const auto& [name, value] : report.thresholds) thresholds.push_back(fmt::format("{} {}", name, value));
  if (!thresholds.empty()) html += fmt::format("<p>Thresholds: {}</p>", Pairs(thresholds));
  html += "</div><footer>";
  if (report.generated_at_ms) html += fmt::format("Made {}. ", FormatMoment(*report.generated_at_ms));
  return html + fmt::format("Digest {}</footer>", ReportDigest(report));
}

const char* ClassOf(const std::string& text, bool first_columns) {
  if (IsHiddenMark(text)) return " class=\"hidden\"";
  if (text == "–" || text == "n/a") return " class=\"none\"";
  if (first_columns || text.empty()) return "";
  const char c = text[0];
  const bool number = (c >= '0' && c <= '9') || ((c == '-' || c == '<') && text.size() > 1);
  return number && text.size() < 24 ? " class=\"number\"" : "";
}

std::string TableHtml(const ReportBlock& block) {
  size_t groups = 0;
  for (const auto& [name, value] : block.rows[0].group) groups += name != "section";
  std::string html = "<div class=\"scroll\"><table><thead><tr>";
  for (const std::string& heading : block.lines[0]) html += "<th>" + EscapeXml(heading) + "</th>";
  html += "</tr></thead><tbody>";
  for (size_t l = 1; l < block.lines.size(); ++l) {
    html += "<tr>";
    for (size_t i = 0; i < block.lines[l].size(); ++i) {
      const std::string& text = block.lines[l][i];
      html += fmt::format("<td{}>{}</td>", ClassOf(text, i < groups), EscapeXml(text));
    }
    html += "</tr>";
  }
  return html + "</tbody></table></div>";
}

}  // namespace

std::string ReportHtml(const Report& report) {
  std::string html = fmt::format(
      "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width,initial-scale=1\"><title>{}</title><style>{}</style></head><body>",
      EscapeXml(report.title), kStyle);
  html += Head(report);
  std::string section;
  for (const ReportBlock& block : LayOut(report)) {
    if (block.section != section) {
      section = block.section;
      html += "<h2>" + EscapeXml(section) + "</h2>";
    }
    html += TableHtml(block);
    html += "<div class=\"plots\">";
    for (const Plot& plot : PlotsOf(block)) {
      html +=
          fmt::format("<figure><figcaption>{}</figcaption>{}</figure>", EscapeXml(plot.title), PlotSvg(plot));
    }
    html += "</div>";
  }
  if (report.rows.empty()) html += "<p>Nothing to show.</p>";
  return html + Foot(report) + "</body></html>\n";
}

}  // namespace trellis
