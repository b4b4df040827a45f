#include "common/spreadsheet/xls_reader.h"

#include <freexl.h>

#include <memory>

#include "common/spreadsheet/bounds.h"
#include "common/spreadsheet/cell_text.h"
#include "common/spreadsheet/memory_file.h"

namespace trellis {
namespace {

struct CloseXls {
  void operator()(const void* handle) const { freexl_close(handle); }
};
using XlsHandle = std::unique_ptr<const void, CloseXls>;

absl::Status Unreadable() {
  return absl::InvalidArgumentError(
      "The workbook is damaged or encrypted; open it, save it as XLSX and try again");
}

std::string CellText(const FreeXL_CellValue& cell) {
  switch (cell.type) {
    case FREEXL_CELL_INT:
      return NumberText(cell.value.int_value);
    case FREEXL_CELL_DOUBLE:
      return NumberText(cell.value.double_value);
    case FREEXL_CELL_TEXT:
    case FREEXL_CELL_SST_TEXT:
    case FREEXL_CELL_DATE:
    case FREEXL_CELL_DATETIME:
    case FREEXL_CELL_TIME:
      return cell.value.text_value == nullptr ? "" : cell.value.text_value;
    default:
      return "";
  }
}

absl::StatusOr<Sheet> ReadSheet(const void* handle, unsigned short index, size_t* cells) {
  Sheet sheet;
  const char* name = nullptr;
  unsigned int rows = 0;
  unsigned short columns = 0;
  if (freexl_get_worksheet_name(handle, index, &name) != FREEXL_OK || name == nullptr ||
      freexl_select_active_worksheet(handle, index) != FREEXL_OK ||
      freexl_worksheet_dimensions(handle, &rows, &columns) != FREEXL_OK) {
    return Unreadable();
  }
  sheet.name = name;
  *cells += size_t{rows} * columns;
  if (rows > kMostRows || columns > kMostColumns || *cells > kMostCells) {
    return absl::InvalidArgumentError("The workbook has too many cells; import it in parts");
  }
  for (unsigned int row = 0; row < rows; ++row) {
    std::vector<std::string> texts;
    for (unsigned short column = 0; column < columns; ++column) {
      FreeXL_CellValue cell{};
      if (freexl_get_cell_value(handle, row, column, &cell) != FREEXL_OK) return Unreadable();
      std::string text = CellText(cell);
      if (text.empty()) continue;
      texts.resize(column);
      texts.push_back(std::move(text));
    }
    sheet.rows.push_back(std::move(texts));
  }
  while (!sheet.rows.empty() && sheet.rows.back().empty()) sheet.rows.pop_back();
  return sheet;
}

}  // namespace

absl::StatusOr<Workbook> ReadXls(std::string_view bytes) {
  absl::StatusOr<MemoryFile> file = MemoryFile::With(bytes);
  if (!file.ok()) return file.status();
  const void* opened = nullptr;
  const int outcome = freexl_open(file->Path().c_str(), &opened);
  const XlsHandle handle(opened);
  unsigned int sheets = 0;
  if (outcome != FREEXL_OK || freexl_get_info(handle.get(), FREEXL_BIFF_SHEET_COUNT, &sheets) != FREEXL_OK) {
    return Unreadable();
  }
  Workbook workbook;
  size_t cells = 0;
  for (unsigned int i = 0; i < sheets; ++i) {
    absl::StatusOr<Sheet> sheet = ReadSheet(handle.get(), static_cast<unsigned short>(i), &cells);
    if (!sheet.ok()) return sheet.status();
    workbook.sheets.push_back(*std::move(sheet));
  }
  return workbook;
}

}  // namespace trellis
