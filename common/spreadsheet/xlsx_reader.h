// Office Open XML workbooks (ECMA-376), as far as their cells go.
#pragma once

#include <string_view>

#include "common/spreadsheet/workbook.h"

namespace trellis {

// As ReadWorkbook.
absl::StatusOr<Workbook> ReadXlsx(std::string_view bytes);

}  // namespace trellis
