// The binary workbooks of 1997 to 2003, through FreeXL.
#pragma once

#include <string_view>

#include "common/spreadsheet/workbook.h"

namespace trellis {

// As ReadWorkbook.
absl::StatusOr<Workbook> ReadXls(std::string_view bytes);

}  // namespace trellis
