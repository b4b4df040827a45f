// Text as a cell of CSV (RFC 4180).
#pragma once

#include <string>
#include <string_view>

namespace trellis {

// Quoted where it must be.
std::string CsvCell(std::string_view text);

// With an apostrophe before what a spreadsheet program would run as a formula (= + - @, a tab, a line end):
// CSV has no other way to say that a cell is text. Not for numbers.
std::string WithoutFormula(std::string_view text);

}  // namespace trellis
