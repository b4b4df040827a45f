// WriteXlsForm.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/survey/xlsform.h"

namespace trellis {
namespace {

// Cells by column name, put into rows once all columns are known.
class SheetWriter {
 public:
  explicit SheetWriter(std::vector<std::string> first_columns) : columns_(std::move(first_columns)) {}

  void Begin() { rows_.emplace_back(); }
  void Set(const std::string& column, const std::string& cell) {
    if (cell.empty()) return;
    if (std::find(columns_.begin(), columns_.end(), column) == columns_.end()) columns_.push_back(column);
    rows_.back()[column] = cell;
  }
  void SetText(const std::string& column, const FormText& text) {
    for (const auto& [language, cell] : text)
      Set(language.empty() ? column : fmt::format("{}::{}", column, language), cell);
  }

  Sheet Write(const std::string& name) const {
    Sheet sheet{name, {columns_}};
    for (const auto& row : rows_) {
      std::vector<std::string> cells;
      for (const std::string& column : columns_) {
        const auto cell = row.find(column);
        cells.push_back(cell == row.end() ? "" : cell->second);
      }
      while (!cells.empty() && cells.back().empty()) cells.pop_back();
      sheet.rows.push_back(std::move(cells));
    }
    return sheet;
  }

 private:
  std::vector<std::string> columns_;
  std::vector<std::map<std::string, std::string>> rows_;
};

}  // namespace

Workbook WriteXlsForm(const XlsForm& form) {
  SheetWriter survey({"type", "name"});
  for (const FormItem& item : form.items) {
    survey.Begin();
    const bool is_property = item.type == FormItemType::kDeviceProperty;
    survey.Set("type", is_property ? item.calculation : TypeCellText(item.type, item.list, item.or_other));
    survey.Set("name", item.name);
    survey.SetText("label", item.label);
    survey.SetText("hint", item.hint);
    survey.Set("required", item.required ? "yes" : "");
    survey.SetText("required_message", item.required_message);
    survey.Set("relevant", item.relevant);
    survey.Set("constraint", item.constraint);
    survey.SetText("constraint_message", item.constraint_message);
    survey.Set("appearance", item.appearance);
    survey.Set("default", item.default_value);
    survey.Set("calculation", is_property ? "" : item.calculation);
    survey.Set("choice_filter", item.choice_filter);
    survey.Set("read_only", item.read_only ? "yes" : "");
    for (const auto& [column, cell] : item.extra) survey.Set(column, cell);
  }
  SheetWriter choices({"list_name", "name"});
  for (const auto& [list, rows] : form.lists) {
    for (const FormChoice& choice : rows) {
      choices.Begin();
      choices.Set("list_name", list);
      choices.Set("name", choice.name);
      choices.SetText("label", choice.label);
      for (const auto& [column, cell] : choice.extra) choices.Set(column, cell);
    }
  }
  SheetWriter settings({"form_title", "form_id"});
  settings.Begin();
  settings.Set("form_title", form.title);
  settings.Set("form_id", form.id);
  settings.Set("version", form.version);
  settings.Set("default_language", form.default_language);
  for (const auto& [column, cell] : form.settings) settings.Set(column, cell);
  return {{survey.Write("survey"), choices.Write("choices"), settings.Write("settings")}};
}

}  // namespace trellis
