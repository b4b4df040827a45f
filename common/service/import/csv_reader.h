// Comma-separated files as people really have them: RFC 4180, with a byte order mark, LF or CRLF or CR line
// ends, quoted line breaks and doubled quotes.
//
//   file   := [BOM] record (EOL record)* [EOL]
//   record := cell (separator cell)*
//   cell   := '"' (any byte but '"' | '""')* '"' | (any byte but separator CR LF)*
// The separator is a comma; a semicolon or a tab where the first line holds those and no comma, as
// spreadsheet programs of many countries write. Blank lines are passed over. Text is UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace trellis {

struct CsvRow {
  int64_t line = 0;  // of its first character, 1 being the file's first line
  std::vector<std::string> cells;
};

// Reads rows one after the other out of a text that must outlive it. Not thread-safe.
class CsvReader {
 public:
  // A longer row means a quote that was never closed, or not a table at all.
  static constexpr size_t kMaxRowBytes = 256 * 1024;
  static constexpr size_t kMaxCells = 4096;

  explicit CsvReader(std::string_view text);

  // Fills *row; false at the end. An error names the line; reading cannot go on after it.
  absl::StatusOr<bool> Next(CsvRow* row);

 private:
  absl::Status ReadQuotedCell(int64_t row_line, size_t row_start, std::string* cell);
  absl::Status ReadPlainCell(std::string* cell);
  // Takes one line end if there is one here.
  bool TakeLineEnd();

  std::string_view text_;
  char separator_ = ',';
  size_t at_ = 0;
  int64_t line_ = 1;
};

}  // namespace trellis
