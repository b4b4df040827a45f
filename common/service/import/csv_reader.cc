#include "common/service/import/csv_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/status/status.h"
#include "common/record/text_format.h"

namespace trellis {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

absl::Status BadLine(int64_t line, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("Line {}: {}", line, what));
}

// By the first line, outside quotes.
char SeparatorOf(std::string_view text) {
  bool quoted = false;
  char other = ',';
  const size_t begin = std::min(text.find_first_not_of("\r\n"), text.size());
  for (const char c : text.substr(begin)) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == ',') return ',';
    if (c == '\r' || c == '\n') break;
    if (other == ',' && (c == ';' || c == '\t')) other = c;
  }
  return other;
}

}  // namespace

CsvReader::CsvReader(std::string_view text) : text_(text) {
  if (text_.substr(0, kByteOrderMark.size()) == kByteOrderMark) at_ = kByteOrderMark.size();
  separator_ = SeparatorOf(text_.substr(at_));
}

bool CsvReader::TakeLineEnd() {
  if (at_ >= text_.size()) return false;
  if (text_[at_] == '\r') {
    ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
  } else if (text_[at_] == '\n') {
    ++at_;
  } else {
    return false;
  }
  ++line_;
  return true;
}

absl::Status CsvReader::ReadQuotedCell(int64_t row_line, size_t row_start, std::string* cell) {
  ++at_;
  while (at_ < text_.size()) {
    if (at_ - row_start > kMaxRowBytes) break;
    const char c = text_[at_];
    if (c == '"') {
      ++at_;
      if (at_ >= text_.size() || text_[at_] != '"') {
        const bool ends =
            at_ >= text_.size() || text_[at_] == separator_ || text_[at_] == '\r' || text_[at_] == '\n';
        if (ends) return absl::OkStatus();
        return BadLine(line_,
                       "there is text after a closing quote; a quote inside a quoted cell is written twice");
      }
      cell->push_back('"');
      ++at_;
    } else if (c == '\r' || c == '\n') {
      TakeLineEnd();
      cell->push_back('\n');
    } else {
      cell->push_back(c);
      ++at_;
    }
  }
  return BadLine(row_line, "a quote is opened and not closed");
}

absl::Status CsvReader::ReadPlainCell(std::string* cell) {
  const char ends[] = {separator_, '\r', '\n'};
  const size_t end = std::min(text_.find_first_of(std::string_view(ends, sizeof ends), at_), text_.size());
  cell->assign(text_.substr(at_, end - at_));
  at_ = end;
  return absl::OkStatus();
}

absl::StatusOr<bool> CsvReader::Next(CsvRow* row) {
  while (TakeLineEnd()) {
  }
  row->cells.clear();
  row->line = line_;
  if (at_ >= text_.size()) return false;
  const size_t start = at_;
  while (true) {
    if (row->cells.size() == kMaxCells) {
      return BadLine(row->line, fmt::format("more than {} columns", kMaxCells));
    }
    std::string& cell = row->cells.emplace_back();
    const bool quoted = at_ < text_.size() && text_[at_] == '"';
    absl::Status status = quoted ? ReadQuotedCell(row->line, start, &cell) : ReadPlainCell(&cell);
    if (!status.ok()) return status;
    if (at_ - start > kMaxRowBytes) {
      return BadLine(row->line, fmt::format("a row of more than {} bytes", kMaxRowBytes));
    }
    if (!IsUtf8(cell)) {
      return BadLine(row->line, "not UTF-8 text; save the file as \"CSV UTF-8\"");
    }
    if (at_ < text_.size() && text_[at_] == separator_) {
      ++at_;
      continue;
    }
    TakeLineEnd();
    return true;
  }
}

}  // namespace trellis
