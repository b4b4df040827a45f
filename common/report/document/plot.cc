#include "common/report/document/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace trellis {
namespace {

constexpr int kMostPoints = 60;
constexpr int kLabelWidth = 240;  // px
constexpr int kPlotWidth = 440;
constexpr int kLineHeight = 20;
constexpr size_t kLongestLabel = 38;

std::string LabelOf(const ReportRow& row) {
  std::string label;
  for (const auto& [name, value] : row.group) {
    if (name != "section") label += (label.empty() ? "" : " · ") + value;
  }
  return label.empty() ? "all" : label;
}

// A round step that parts the range into about five.
double StepFor(double range) {
  const double rough = range / 5, power = std::pow(10, std::floor(std::log10(rough)));
  for (double step : {1.0, 2.0, 2.5, 5.0}) {
    if (step * power >= rough) return step * power;
  }
  return 10 * power;
}

void SetAxis(Plot* plot) {
  double low = plot->points[0].low, high = plot->points[0].high;
  for (const PlotPoint& point : plot->points) {
    low = std::min(low, point.low);
    high = std::max(high, point.high);
  }
  if (plot->unit == CellUnit::kProportion && low >= 0) {
    low = 0;
    high = 1;
  }
  if (high - low < 1e-9) high = low + 1;
  plot->step = StepFor(high - low);
  plot->from = std::floor(low / plot->step) * plot->step;
  plot->to = std::ceil(high / plot->step) * plot->step;
}

// On a boundary between characters.
std::string Shortened(const std::string& text) {
  if (text.size() <= kLongestLabel) return text;
  size_t end = kLongestLabel;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

}  // namespace

std::vector<Plot> PlotsOf(const ReportBlock& block) {
  std::vector<Plot> plots;
  if (block.rows.empty()) return plots;
  for (size_t c = 0; c < block.rows[0].cells.size(); ++c) {
    Plot plot{.title = Words(block.rows[0].cells[c].first)};
    for (const ReportRow& row : block.rows) {
      const ReportCell& cell = row.cells[c].second;
      if (!cell.value || !cell.low || !cell.high || plot.points.size() >= kMostPoints) continue;
      plot.unit = cell.unit;
      plot.points.push_back({LabelOf(row), *cell.value, *cell.low, *cell.high});
    }
    if (plot.points.size() < 2) continue;
    SetAxis(&plot);
    plots.push_back(std::move(plot));
  }
  return plots;
}

std::string EscapeXml(const std::string& text) {
  std::string escaped;
  for (char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else if (c == '"') {
      escaped += "&quot;";
    } else {
      escaped += static_cast<uint8_t>(c) < 0x20 ? ' ' : c;
    }
  }
  return escaped;
}

std::string PlotSvg(const Plot& plot) {
  const int height = kLineHeight * static_cast<int>(plot.points.size()) + 30;
  const int width = kLabelWidth + kPlotWidth + 30;
  const auto x_of = [&](double value) {
    return kLabelWidth + 10 + kPlotWidth * (value - plot.from) / (plot.to - plot.from);
  };
  std::string svg = fmt::format("<svg viewBox=\"0 0 {} {}\" width=\"{}\" role=\"img\" aria-label=\"{}\">",
                                width, height, width, EscapeXml(plot.title));
  for (double tick = plot.from; tick <= plot.to + plot.step / 2; tick += plot.step) {
    svg += fmt::format(
        "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"4\" y2=\"{1}\"/>"
        "<text class=\"tick\" x=\"{0:.1f}\" y=\"{2}\" text-anchor=\"middle\">{3}</text>",
        x_of(tick), height - 22, height - 8,
        NumberText(std::fabs(tick) < plot.step / 1e6 ? 0 : tick, plot.unit));
  }
  if (plot.from < 0 && plot.to > 0) {
    svg += fmt::format("<line class=\"zero\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"4\" y2=\"{1}\"/>", x_of(0),
                       height - 22);
  }
  for (size_t i = 0; i < plot.points.size(); ++i) {
    const PlotPoint& point = plot.points[i];
    const int y = 14 + kLineHeight * static_cast<int>(i);
    svg += fmt::format(
        "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>"
        "<line class=\"interval\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{}\" y2=\"{}\"/>"
        "<circle cx=\"{:.1f}\" cy=\"{}\" r=\"4\"><title>{}: {} ({} … {})</title></circle>",
        kLabelWidth, y + 4, EscapeXml(Shortened(point.label)), x_of(point.low), x_of(point.high), y, y,
        x_of(point.value), y, EscapeXml(point.label), NumberText(point.value, plot.unit),
        NumberText(point.low, plot.unit), NumberText(point.high, plot.unit));
  }
  return svg + "</svg>";
}

}  // namespace trellis
