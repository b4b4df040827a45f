#include "common/report/document/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace trellis {
namespace {

constexpr int kMostPoints = 60;
constexpr int kLabelWidth = 220;  // px
constexpr int kPlotWidth = 280;
constexpr int kLineHeight = 20;
constexpr size_t kLongestLabel = 34;

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
    if (!ShowsInterval(block.rows, c)) continue;
    const std::string title =
        fmt::format("{}, with its {}", Words(block.rows[0].cells[c].first), IntervalHeading(block.rows, c));
    std::map<std::string, Plot> by_unit;
    for (const ReportRow& row : block.rows) {
      const ReportCell& cell = row.cells[c].second;
      if (!cell.value || !cell.low || !cell.high) continue;
      Plot& plot = by_unit[std::string(row.GroupValue("unit"))];
      if (plot.points.size() >= kMostPoints) continue;
      plot.title = title;
      plot.unit = cell.unit;
      plot.points.push_back({LabelOf(row), *cell.value, *cell.low, *cell.high});
    }
    for (auto& [unit, plot] : by_unit) {
      if (plot.points.size() < 2) continue;
      SetAxis(&plot);
      plots.push_back(std::move(plot));
    }
  }
  return plots;
}

std::string TickText(double tick, const Plot& plot) {
  const bool percent = plot.unit == CellUnit::kProportion;
  const double scale = percent ? 100 : 1;
  int decimals = 0;
  for (double step = plot.step * scale; decimals < 4 && std::fabs(step - std::round(step)) > 1e-6;
       step *= 10) {
    ++decimals;
  }
  const double value = std::fabs(tick) < plot.step / 1e6 ? 0 : tick * scale;
  return fmt::format("{:.{}f}{}", value, decimals, percent ? " %" : "");
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
  const int width = kLabelWidth + kPlotWidth + 40;
  const auto x_of = [&](double value) {
    return kLabelWidth + 10 + kPlotWidth * (value - plot.from) / (plot.to - plot.from);
  };
  std::string svg = fmt::format("<svg viewBox=\"0 0 {} {}\" width=\"{}\" role=\"img\" aria-label=\"{}\">",
                                width, height, width, EscapeXml(plot.title));
  for (double tick = plot.from; tick <= plot.to + plot.step / 2; tick += plot.step) {
    svg += fmt::format(
        "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"4\" y2=\"{1}\"/>"
        "<text class=\"tick\" x=\"{0:.1f}\" y=\"{2}\" text-anchor=\"middle\">{3}</text>",
        x_of(tick), height - 22, height - 8, TickText(tick, plot));
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
