#include "common/spreadsheet/workbook.h"

#include <algorithm>

#include "common/spreadsheet/csv_cell.h"
#include "common/spreadsheet/xls_reader.h"
#include "common/spreadsheet/xlsx_reader.h"

namespace trellis {
namespace {

constexpr std::string_view kZipBegin("PK\x03\x04", 4);
constexpr std::string_view kCompoundDocumentBegin("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

const Sheet* Workbook::Find(std::string_view name) const {
  const auto found = std::find_if(sheets.begin(), sheets.end(), [&](const Sheet& sheet) {
    return std::equal(sheet.name.begin(), sheet.name.end(), name.begin(), name.end(),
                      [](char a, char b) { return Lower(a) == Lower(b); });
  });
  return found == sheets.end() ? nullptr : &*found;
}

bool LooksLikeWorkbook(std::string_view bytes) {
  return bytes.starts_with(kZipBegin) || bytes.starts_with(kCompoundDocumentBegin);
}

absl::StatusOr<Workbook> ReadWorkbook(std::string_view bytes) {
  if (bytes.starts_with(kZipBegin)) return ReadXlsx(bytes);
  if (bytes.starts_with(kCompoundDocumentBegin)) return ReadXls(bytes);
  return absl::InvalidArgumentError("This is no workbook; save it as XLSX (or XLS, or CSV)");
}

std::string ToCsv(const Sheet& sheet) {
  size_t columns = 0;
  for (const auto& row : sheet.rows) columns = std::max(columns, row.size());
  std::string csv;
  for (const auto& row : sheet.rows) {
    for (size_t i = 0; i < columns; ++i) {
      if (i > 0) csv += ',';
      if (i < row.size()) csv += CsvCell(row[i]);
    }
    csv += '\n';
  }
  return csv;
}

}  // namespace trellis
