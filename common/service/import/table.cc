#include "common/service/import/table.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/status/status.h"
#include "common/service/import/csv_reader.h"
#include "common/service/import/text_decoding.h"

namespace trellis {
namespace {

std::string Letters(std::string_view text) {
  std::string letters;
  for (const char c : LowerAscii(text)) {
    if (c != '_' && c != ' ' && c != '-') letters.push_back(c);
  }
  return letters;
}

// Letters to add, drop or change.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t before = row[0]++;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t here = std::min({row[j] + 1, row[j - 1] + 1, before + (a[i - 1] == b[j - 1] ? 0 : 1)});
      before = row[j];
      row[j] = here;
    }
  }
  return row.back();
}

constexpr size_t kLongName = 8;  // shorter names are too near to each other

bool MistypedAs(std::string_view typed, std::string_view meant) {
  const std::string a = Letters(typed), b = Letters(meant);
  return a == b || (b.size() > kLongName && EditDistance(a, b) <= 2);
}

}  // namespace

std::string LowerAscii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view TrimBlanks(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

const std::string& RowCells::operator[](std::string_view column) const {
  static const auto* const nothing = new std::string;
  const std::optional<size_t> index = table_.Find(column);
  return index ? row_.cells[*index] : *nothing;
}

std::optional<size_t> Table::Find(std::string_view column) const {
  const auto found = by_lower_name_.find(LowerAscii(column));
  if (found == by_lower_name_.end()) return std::nullopt;
  return found->second;
}

void Table::AdoptSpellings(std::span<const std::string_view> known) {
  for (const std::string_view name : known) {
    if (Find(name)) continue;
    std::optional<size_t> nearest;
    for (size_t i = 0; i < columns_.size(); ++i) {
      const bool other = std::any_of(known.begin(), known.end(), [&](std::string_view one) {
        return LowerAscii(one) == LowerAscii(columns_[i]);
      });
      if (!other && MistypedAs(columns_[i], name)) nearest = i;
    }
    if (!nearest) continue;
    notes_.push_back(fmt::format("{}: the column {} was taken as {}", file_, columns_[*nearest], name));
    by_lower_name_.erase(LowerAscii(columns_[*nearest]));
    by_lower_name_.emplace(LowerAscii(name), *nearest);
    columns_[*nearest] = std::string(name);
  }
}

absl::Status Table::TakeHeader(std::vector<std::string> cells,
                               const std::map<std::string, std::string>& column_map) {
  for (std::string& cell : cells) cell = std::string(TrimBlanks(cell));
  while (!cells.empty() && cells.back().empty()) cells.pop_back();
  std::map<std::string, std::string> field_of_column;
  for (const auto& [field, column] : column_map) field_of_column[LowerAscii(column)] = field;
  for (size_t i = 0; i < cells.size(); ++i) {
    const auto mapped = field_of_column.find(LowerAscii(cells[i]));
    if (mapped == field_of_column.end()) continue;
    cells[i] = mapped->second;
    by_lower_name_.emplace(LowerAscii(cells[i]), i);
    field_of_column.erase(mapped);
  }
  if (!field_of_column.empty()) {
    const auto& [column, field] = *field_of_column.begin();
    return absl::InvalidArgumentError(
        fmt::format("{}: {} shall come from the column {}, which is not in the file", file_, field, column));
  }
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].empty()) {
      return absl::InvalidArgumentError(fmt::format("{}: column {} has no name", file_, i + 1));
    }
    const auto [place, added] = by_lower_name_.emplace(LowerAscii(cells[i]), i);
    if (!added && place->second != i && !column_map.count(cells[i])) {
      return absl::InvalidArgumentError(
          fmt::format("{}: two columns are called {}; rename one", file_, cells[i]));
    }
  }
  columns_ = std::move(cells);
  return absl::OkStatus();
}

void Table::TakeRow(int64_t line, std::vector<std::string> cells) {
  for (std::string& cell : cells) {
    const std::string_view trimmed = TrimBlanks(cell);
    if (trimmed.size() != cell.size()) cell = std::string(trimmed);
  }
  while (cells.size() > columns_.size() && cells.back().empty()) cells.pop_back();
  if (std::all_of(cells.begin(), cells.end(), [](const std::string& cell) { return cell.empty(); })) return;
  if (cells.size() < columns_.size() && short_rows_ == ShortRows::kFilledUp) cells.resize(columns_.size());
  if (cells.size() != columns_.size()) {
    row_errors_.push_back(
        {file_, line, "", fmt::format("{} cells, but the header has {}", cells.size(), columns_.size())});
    return;
  }
  rows_.push_back({line, std::move(cells)});
}

absl::StatusOr<Table> Table::Parse(std::string file, std::string_view text,
                                   const std::map<std::string, std::string>& column_map,
                                   ShortRows short_rows) {
  Table table;
  table.file_ = std::move(file);
  table.short_rows_ = short_rows;
  const DecodedText decoded = DecodeText(text);
  if (!decoded.note.empty()) table.notes_.push_back(fmt::format("{}: {}", table.file_, decoded.note));
  CsvReader reader(decoded.text);
  CsvRow row;
  bool header = true;
  while (true) {
    absl::StatusOr<bool> more = reader.Next(&row);
    if (!more.ok()) {
      return absl::InvalidArgumentError(
          fmt::format("{}: {}", table.file_, std::string(more.status().message())));
    }
    if (!*more) break;
    if (header) {
      if (absl::Status status = table.TakeHeader(std::move(row.cells), column_map); !status.ok())
        return status;
      header = false;
    } else {
      table.TakeRow(row.line, std::move(row.cells));
    }
  }
  if (header) {
    return absl::InvalidArgumentError(fmt::format("{}: the file is empty", table.file_));
  }
  return table;
}

}  // namespace trellis
