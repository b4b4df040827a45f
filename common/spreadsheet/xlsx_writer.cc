// WriteWorkbook, through libxlsxwriter.
#include <fmt/format.h>
#include <xlsxwriter.h>

#include "common/spreadsheet/bounds.h"
#include "common/spreadsheet/memory_file.h"
#include "common/spreadsheet/workbook.h"

namespace trellis {
namespace {

constexpr size_t kLongestCell = 32767;  // characters, by the format

absl::Status WriteSheet(const Sheet& sheet, lxw_workbook* book, lxw_format* heading) {
  if (sheet.rows.size() > kMostRows) {
    return absl::InvalidArgumentError(
        fmt::format("Sheet {} has more rows than a workbook can hold; write CSV", sheet.name));
  }
  if (workbook_validate_sheet_name(book, sheet.name.c_str()) != LXW_NO_ERROR) {
    return absl::InvalidArgumentError(fmt::format(
        "\"{}\" cannot name a sheet: at most 31 characters, each name once, none of []:*?/\\", sheet.name));
  }
  lxw_worksheet* page = workbook_add_worksheet(book, sheet.name.c_str());
  if (page == nullptr) return absl::ResourceExhaustedError("No memory is left for the workbook");
  worksheet_freeze_panes(page, 1, 0);
  for (size_t row = 0; row < sheet.rows.size(); ++row) {
    if (sheet.rows[row].size() > kMostColumns) {
      return absl::InvalidArgumentError(
          fmt::format("Sheet {} has more columns than a workbook can hold", sheet.name));
    }
    for (size_t column = 0; column < sheet.rows[row].size(); ++column) {
      const std::string& text = sheet.rows[row][column];
      if (text.empty()) continue;
      if (text.size() > kLongestCell) {
        return absl::InvalidArgumentError(
            fmt::format("A cell of sheet {} is longer than a workbook can hold; write CSV", sheet.name));
      }
      // Always as text: what looks like a formula stays what somebody wrote.
      worksheet_write_string(page, static_cast<lxw_row_t>(row), static_cast<lxw_col_t>(column), text.c_str(),
                             row == 0 ? heading : nullptr);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> WriteWorkbook(const Workbook& workbook) {
  absl::StatusOr<MemoryFile> file = MemoryFile::With("");
  if (!file.ok()) return file.status();
  const std::string path = file->Path();
  lxw_workbook* book = workbook_new(path.c_str());
  if (book == nullptr) return absl::ResourceExhaustedError("No memory is left for the workbook");
  lxw_format* heading = workbook_add_format(book);
  format_set_bold(heading);
  absl::Status status;
  for (const Sheet& sheet : workbook.sheets) {
    status = WriteSheet(sheet, book, heading);
    if (!status.ok()) break;
  }
  const lxw_error closed = workbook_close(book);
  if (!status.ok()) return status;
  if (closed != LXW_NO_ERROR)
    return absl::InternalError(fmt::format("writing the workbook: {}", lxw_strerror(closed)));
  return file->Read();
}

}  // namespace trellis
