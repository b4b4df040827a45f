// A report as people read it: tables of text with their headings, for every form that is read rather than
// computed with.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/report/report.h"

namespace trellis {

// Rows in a run that have the same columns.
struct ReportBlock {
  std::string section;                          // empty: none
  std::vector<std::vector<std::string>> lines;  // the headings first; all equally long
  std::span<const ReportRow> rows;              // one for each further line
};

// In the order of the rows; points into the report.
std::vector<ReportBlock> LayOut(const Report& report);

// favorableChange -> favorable change
std::string Words(const std::string& name);
std::string NumberText(double value, CellUnit unit);
// Hidden, missing, not applicable and zero look different.
std::string ValueText(const ReportCell& cell);

// What stands in a hidden cell, and in the further columns (interval, n) of such a cell.
inline constexpr const char* kHiddenMark = "·hidden";
inline constexpr const char* kHiddenPartMark = "·";
bool IsHiddenMark(const std::string& text);

// "95 % interval": its columns are named by the confidence of the first that has one.
std::string IntervalHeading(std::span<const ReportRow> rows, size_t column);
// Whether a column is shown with its interval: all are, but in a table with more than two intervals only
// those of differences, so that it fits a screen.
bool ShowsInterval(std::span<const ReportRow> rows, size_t column);

// Which sites are in and up to when, which are missing or have no daemon; empty where none is named.
std::string CutText(const Cut& cut);
// How many responses are here and not shown; empty: none.
std::string PendingText(const Report& report);
bool HidesSomething(const Report& report);
// What the marks in the tables mean.
inline constexpr const char* kLegend =
    "·hidden, ·: too few persons, or it would give such a number away. –: nothing there.";

}  // namespace trellis
