// A CSV file as a table: a header that was looked at, and rows as wide as it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace trellis {

// What is wrong with a row of an imported file.
struct ImportRowError {
  std::string file;
  int64_t line = 0;
  std::string column;  // empty: the row as a whole
  std::string message;
};

class Table {
 public:
  struct Row {
    int64_t line = 0;
    std::vector<std::string> cells;  // as many as columns, trimmed of surrounding blanks
  };

  // Columns without a name at the end are dropped where they hold nothing. `column_map` renames foreign
  // headers: field -> column; a column it names must be there, and hides a column that had the field's name
  // by itself. Rows wider or narrower than the header are errors of the row, told in `row_errors()`; what
  // leaves no table at all is the returned status.
  static absl::StatusOr<Table> Parse(std::string file, std::string_view text,
                                     const std::map<std::string, std::string>& column_map);

  const std::string& file() const { return file_; }
  // As they are called after mapping; a hidden one by its own name.
  const std::vector<std::string>& columns() const { return columns_; }
  // Compared without regard to case.
  std::optional<size_t> Find(std::string_view column) const;
  // False for one that another was mapped over.
  bool IsUsed(size_t column) const { return Find(columns_[column]) == column; }
  const std::vector<Row>& rows() const { return rows_; }
  const std::vector<ImportRowError>& row_errors() const { return row_errors_; }
  // Rows of data in the file, the bad ones included.
  int64_t row_count() const { return static_cast<int64_t>(rows_.size() + row_errors_.size()); }

 private:
  absl::Status TakeHeader(std::vector<std::string> cells,
                          const std::map<std::string, std::string>& column_map);
  void TakeRow(int64_t line, std::vector<std::string> cells);

  std::string file_;
  std::vector<std::string> columns_;
  std::map<std::string, size_t> by_lower_name_;
  std::vector<Row> rows_;
  std::vector<ImportRowError> row_errors_;
};

// ASCII only: what headers and codes are compared by.
std::string LowerAscii(std::string_view text);
std::string_view TrimBlanks(std::string_view text);

}  // namespace trellis
