#include "common/spreadsheet/csv_cell.h"

namespace trellis {

std::string CsvCell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string WithoutFormula(std::string_view text) {
  const bool runs = !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
  return runs ? "'" + std::string(text) : std::string(text);
}

}  // namespace trellis
