// A report as text: JSON for programs, a table for people, CSV for spreadsheets. Percent only in tables;
// hidden, missing, not applicable and zero look different everywhere.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "common/report/report.h"

namespace trellis {

// One document in the shape of the interface, with the digest.
std::string ReportJson(const Report& report);
// The same without digest, snapshot id and time of making: what the digest covers.
std::string ReportContentJson(const Report& report);

// The report such a document is of, whoever wrote it: nothing is computed again. INVALID_ARGUMENT if it is
// none.
absl::StatusOr<Report> ReportFromJson(const std::string& json);

// Names in JSON. What is not known is a value, a number.
const char* NameOf(CellState state);
const char* NameOf(CellUnit unit);
CellState CellStateNamed(std::string_view name);
CellUnit CellUnitNamed(std::string_view name);

// Aligned, in plain words.
std::string ReportTable(const Report& report);

// One line per cell: the parts of the group, the cell's name, its state and numbers. Text that a spreadsheet
// would take for a formula (beginning with = + - @ tab or return) is preceded by an apostrophe.
std::string ReportCsv(const Report& report);

}  // namespace trellis
