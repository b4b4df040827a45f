// A CSV file as a table: a header that was looked at, and rows as wide as it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
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

  // What a row with fewer cells than the header is: an error, or whole with empty cells at its end.
  enum class ShortRows { kRefused, kFilledUp };

  // Columns without a name at the end are dropped where they hold nothing. `column_map` renames foreign
  // headers: field -> column; a column it names must be there, and hides a column that had the field's name
  // by itself. Rows wider or narrower than the header are errors of the row, told in `row_errors()`; what
  // leaves no table at all is the returned status. Text that is not UTF-8 is read as DecodeText does.
  static absl::StatusOr<Table> Parse(std::string file, std::string_view text,
                                     const std::map<std::string, std::string>& column_map,
                                     ShortRows short_rows = ShortRows::kRefused);

  const std::string& file() const { return file_; }
  // As they are called after mapping; a hidden one by its own name.
  const std::vector<std::string>& columns() const { return columns_; }
  // Compared without regard to case.
  std::optional<size_t> Find(std::string_view column) const;
  // False for one that another was mapped over.
  bool IsUsed(size_t column) const { return Find(columns_[column]) == column; }
  // Columns that are called nearly as one of `known` that is missing (prefferedGivenName, Org_Sourced_Id) are
  // called so from now on, with a note.
  void AdoptSpellings(std::span<const std::string_view> known);
  const std::vector<Row>& rows() const { return rows_; }
  const std::vector<ImportRowError>& row_errors() const { return row_errors_; }
  // What was assumed about the file, in plain words.
  const std::vector<std::string>& notes() const { return notes_; }
  // Rows of data in the file, the bad ones included.
  int64_t row_count() const { return static_cast<int64_t>(rows_.size() + row_errors_.size()); }

 private:
  absl::Status TakeHeader(std::vector<std::string> cells,
                          const std::map<std::string, std::string>& column_map);
  void TakeRow(int64_t line, std::vector<std::string> cells);

  std::string file_;
  ShortRows short_rows_ = ShortRows::kRefused;
  std::vector<std::string> columns_;
  std::map<std::string, size_t> by_lower_name_;
  std::vector<Row> rows_;
  std::vector<ImportRowError> row_errors_;
  std::vector<std::string> notes_;
};

// A row's cells by column name; a column that is not there is empty. Both must outlive it.
class RowCells {
 public:
  RowCells(const Table& table, const Table::Row& row) : table_(table), row_(row) {}
  const std::string& operator[](std::string_view column) const;

 private:
  const Table& table_;
  const Table::Row& row_;
};

// ASCII only: what headers and codes are compared by.
std::string LowerAscii(std::string_view text);
std::string_view TrimBlanks(std::string_view text);

}  // namespace trellis
