// A report as text: JSON for programs, a table for people, CSV for spreadsheets. Percent only in tables;
// hidden, missing, not applicable and zero look different everywhere.
#pragma once

#include <string>

#include "common/report/report.h"

namespace trellis {

// One document in the shape of the interface, with the digest.
std::string ReportJson(const Report& report);
// The same without digest, snapshot id and time of making: what the digest covers.
std::string ReportContentJson(const Report& report);

// Aligned, in plain words.
std::string ReportTable(const Report& report);

// One line per cell: the parts of the group, the cell's name, its state and numbers. Text that a spreadsheet
// would take for a formula (beginning with = + - @ tab or return) is preceded by an apostrophe.
std::string ReportCsv(const Report& report);

}  // namespace trellis
