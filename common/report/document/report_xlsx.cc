#include <fmt/format.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cstdlib>

#include "common/report/document/codebook.h"
#include "common/report/document/report_document.h"
#include "common/report/report_layout.h"
#include "common/spreadsheet/memory_file.h"

namespace trellis {
namespace {

class Writer {
 public:
  explicit Writer(lxw_workbook* book) : book_(book) {
    bold_ = workbook_add_format(book);
    format_set_bold(bold_);
    title_ = workbook_add_format(book);
    format_set_bold(title_);
    format_set_font_size(title_, 14);
    percent_ = workbook_add_format(book);
    format_set_num_format(percent_, "0.0%");
    number_ = workbook_add_format(book);
    format_set_num_format(number_, "0.00");
    grey_ = workbook_add_format(book);
    format_set_font_color(grey_, 0x6E4A00);
    format_set_italic(grey_);
  }

  void Text(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column, const std::string& text,
            lxw_format* format = nullptr) const {
    // A string cell is never taken for a formula.
    if (!text.empty()) worksheet_write_string(sheet, row, column, text.c_str(), format);
  }

  void Number(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column,
              const std::optional<double>& value) const {
    if (value) worksheet_write_number(sheet, row, column, *value, nullptr);
  }

  // As read: sections and tables, as texts where they are texts.
  void Reading(const Report& report) {
    lxw_worksheet* sheet = workbook_add_worksheet(book_, "Report");
    worksheet_set_column(sheet, 0, 30, 16, nullptr);
    lxw_row_t row = 0;
    Text(sheet, row++, 0, fmt::format("{} ({})", report.title, report.number), title_);
    for (const auto& [name, value] : report.parameters)
      Text(sheet, row++, 0, fmt::format("{}: {}", name, value));
    for (const auto& [name, value] : report.thresholds)
      Text(sheet, row++, 0, fmt::format("{}: {}", name, value));
    Text(sheet, row++, 0, "Computed as: " + report.estimator);
    for (const std::string& line : {CutText(report.cut), PendingText(report)}) {
      if (!line.empty()) Text(sheet, row++, 0, line);
    }
    std::string section;
    for (const ReportBlock& block : LayOut(report)) {
      ++row;
      if (block.section != section) Text(sheet, row++, 0, section = block.section, title_);
      for (size_t l = 0; l < block.lines.size(); ++l, ++row) {
        for (size_t i = 0; i < block.lines[l].size(); ++i) {
          const std::string& text = block.lines[l][i];
          Cell(sheet, row, static_cast<lxw_col_t>(i), text, l == 0);
        }
      }
    }
    ++row;
    if (HidesSomething(report)) Text(sheet, row++, 0, kLegend, grey_);
    for (const std::string& note : report.notes) Text(sheet, row++, 0, note);
  }

  // Every cell of the report on a line of its own, numbers as they are.
  void Long(const Report& report) const {
    lxw_worksheet* sheet = workbook_add_worksheet(book_, "Cells");
    std::vector<std::string> groups;
    for (const ReportRow& row : report.rows) {
      for (const auto& [name, value] : row.group) {
        if (std::find(groups.begin(), groups.end(), name) == groups.end()) groups.push_back(name);
      }
    }
    lxw_col_t column = 0;
    for (const CodebookEntry& entry : ReportCodebook()) {
      if (entry.column[0] != '(') {
        Text(sheet, 0, column++, entry.column, bold_);
        continue;
      }
      for (const std::string& group : groups) Text(sheet, 0, column++, group, bold_);
    }
    worksheet_freeze_panes(sheet, 1, 0);
    lxw_row_t line = 1;
    for (const ReportRow& row : report.rows) {
      for (const auto& [name, cell] : row.cells) LongLine(sheet, line++, report, groups, row, name, cell);
    }
  }

  void Codebook() const {
    lxw_worksheet* sheet = workbook_add_worksheet(book_, "Codebook");
    worksheet_set_column(sheet, 0, 0, 14, nullptr);
    worksheet_set_column(sheet, 1, 1, 100, nullptr);
    lxw_row_t line = 0;
    for (const CodebookEntry& entry : ReportCodebook()) {
      Text(sheet, line, 0, entry.column, bold_);
      Text(sheet, line++, 1, entry.meaning);
    }
  }

 private:
  void Cell(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column, const std::string& text,
            bool heading) const {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    const std::string rest = end == nullptr ? "" : end;
    const bool digits = !text.empty() && text.find_first_of("0123456789") <= 1;
    if (heading) {
      Text(sheet, row, column, text, bold_);
    } else if (digits && rest == " %") {
      worksheet_write_number(sheet, row, column, value / 100, percent_);
    } else if (digits && rest.empty()) {
      worksheet_write_number(sheet, row, column, value,
                             text.find('.') == std::string::npos ? nullptr : number_);
    } else {
      Text(sheet, row, column, text, IsHiddenMark(text) ? grey_ : nullptr);
    }
  }

  void LongLine(lxw_worksheet* sheet, lxw_row_t line, const Report& report,
                const std::vector<std::string>& groups, const ReportRow& row, const std::string& name,
                const ReportCell& cell) const {
    static constexpr const char* kStates[] = {"VALUE", "HIDDEN", "MISSING", "NOT_APPLICABLE"};
    lxw_col_t column = 0;
    Text(sheet, line, column++, report.name);
    for (const std::string& group : groups) Text(sheet, line, column++, std::string(row.GroupValue(group)));
    Text(sheet, line, column++, name);
    Text(sheet, line, column++, kStates[static_cast<size_t>(cell.state)]);
    Number(sheet, line, column++, cell.value);
    Number(sheet, line, column++, cell.n ? std::optional(static_cast<double>(*cell.n)) : std::nullopt);
    for (const auto& number : {cell.numerator, cell.denominator, cell.sd, cell.se, cell.low, cell.high,
                               cell.confidence, cell.statistic, cell.df, cell.p, cell.adjusted_p}) {
      Number(sheet, line, column++, number);
    }
    Text(sheet, line, column++, cell.method);
    Text(sheet, line, column, cell.text);
  }

  lxw_workbook* book_;
  lxw_format* bold_;
  lxw_format* title_;
  lxw_format* percent_;
  lxw_format* number_;
  lxw_format* grey_;
};

}  // namespace

absl::StatusOr<std::string> ReportXlsx(const Report& report) {
  const absl::StatusOr<MemoryFile> output = MemoryFile::With("");
  if (!output.ok()) return output.status();
  lxw_workbook* book = workbook_new(output->Path().c_str());
  if (book == nullptr)
    return absl::ResourceExhaustedError("No memory is left for the workbook; try again later");
  Writer writer(book);
  writer.Reading(report);
  writer.Long(report);
  writer.Codebook();
  const lxw_error closed = workbook_close(book);
  if (closed != LXW_NO_ERROR) {
    return absl::InternalError(fmt::format("writing the workbook: {}", lxw_strerror(closed)));
  }
  return output->Read();
}

}  // namespace trellis
