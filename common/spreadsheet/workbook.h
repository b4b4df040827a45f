// A workbook of a spreadsheet program, as rows of text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace trellis {

struct Sheet {
  std::string name;
  // As many as the sheet has; a row ends with its last cell that is not empty. UTF-8.
  std::vector<std::vector<std::string>> rows;

  bool operator==(const Sheet&) const = default;
};

struct Workbook {
  std::vector<Sheet> sheets;

  // Names are compared without regard to ASCII case, as spreadsheet programs do. Null: there is none.
  const Sheet* Find(std::string_view name) const;
};

// Whether the bytes begin as a workbook does: XLSX (a zip archive) or XLS (a compound document).
bool LooksLikeWorkbook(std::string_view bytes);

// INVALID_ARGUMENT with words for the person who chose the file: not a workbook, damaged, encrypted, or
// beyond the bounds the folder's README states.
absl::StatusOr<Workbook> ReadWorkbook(std::string_view bytes);

// The bytes of an XLSX file. INVALID_ARGUMENT if a sheet's name is not one (empty, longer than 31
// characters, or holding one of []:*?/\).
absl::StatusOr<std::string> WriteWorkbook(const Workbook& workbook);

// A sheet as CSV (RFC 4180), for readers of tables.
std::string ToCsv(const Sheet& sheet);

}  // namespace trellis
