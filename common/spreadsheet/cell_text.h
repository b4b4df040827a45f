// Values of cells as a person would type them.
#pragma once

#include <string>

namespace trellis {

// 5, 0.25, 1e+20: the shortest text that reads back as the same number.
std::string NumberText(double value);

// A day of a spreadsheet's calendar: days since 1899-12-30 (since 1904-01-01 if `from_1904`), the fraction
// a time. `2026-09-30`, `2026-09-30 14:05:00`, or `14:05:00` below one day.
std::string DateText(double days, bool from_1904);

}  // namespace trellis
