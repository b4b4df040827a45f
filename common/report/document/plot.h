// What of a table is worth a picture: values with their intervals, a line a row.
#pragma once

#include <string>
#include <vector>

#include "common/report/report_layout.h"

namespace trellis {

struct PlotPoint {
  std::string label;
  double value = 0;
  double low = 0;
  double high = 0;
};

struct Plot {
  std::string title;  // "gap, with its 95 % interval"
  CellUnit unit = CellUnit::kNumber;
  double from = 0;  // of the axis
  double to = 1;
  double step = 1;
  std::vector<PlotPoint> points;  // in the order of rows; hidden ones are left out
};

// A plot for each column the block shows with its interval, if at least two rows have one. Rows that differ
// in what their numbers count (a group "unit") never share an axis.
std::vector<Plot> PlotsOf(const ReportBlock& block);

// A number at a tick: no more decimals than the step has.
std::string TickText(double tick, const Plot& plot);

// The plot as an SVG element. Text is escaped.
std::string PlotSvg(const Plot& plot);
std::string EscapeXml(const std::string& text);

}  // namespace trellis
