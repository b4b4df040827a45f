// ReadXlsForm.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "common/survey/xlsform.h"

namespace trellis {
namespace {

// A header cell: what it holds, and of which language.
struct Column {
  std::string base;      // normalized, such as constraint_message
  std::string language;  // as written
};

constexpr std::pair<std::string_view, std::string_view> kOtherNames[] = {
    {"list name", "list_name"},
    {"relevance", "relevant"},
    {"bind:relevant", "relevant"},
    {"readonly", "read_only"},
    {"read only", "read_only"},
    {"constraint message", "constraint_message"},
    {"constraint-msg", "constraint_message"},
    {"bind:jr:constraintmsg", "constraint_message"},
    {"bind::jr:constraintmsg", "constraint_message"},
    {"requiredmsg", "required_message"},
    {"required message", "required_message"},
    {"bind::required", "required"},
    {"bind::type", "bind_type"},
    {"calculate", "calculation"},
    {"value", "name"},
    {"command", "type"},
    {"form_title", "title"},
    {"form_id", "id"},
    {"id_string", "id"},
    {"set form title", "title"},
    {"set form id", "id"},
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::string Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1));
}

std::string OfSheetName(std::string_view base, bool choices) {
  std::string lower = Lower(base);
  for (const auto& [other, name] : kOtherNames) {
    // In our choices sheet `value` is what a choice scores, beside `name`.
    if (lower == other && !(choices && other == "value")) return std::string(name);
  }
  return lower;
}

// `label::English (en)`, and with one colon as older files write it; `media::image::English`.
Column ParseHeader(std::string_view cell, bool choices) {
  std::string text = Trimmed(cell);
  Column column{OfSheetName(text, choices), ""};
  if (column.base != Lower(text)) return column;
  if (text.starts_with("media:"))
    text = text.substr(text.find_last_of(':', text.find_first_not_of(':', 6)) + 1);
  size_t colon = text.find("::");
  size_t after = colon + 2;
  if (colon == std::string::npos) {
    colon = text.find(':');
    after = colon + 1;
    if (colon == std::string::npos || colon == 0 || Lower(text).starts_with("bind")) return column;
  }
  return {OfSheetName(Trimmed(text.substr(0, colon)), choices), Trimmed(text.substr(after))};
}

// A sheet with its header row read: cells by base and language.
class FormSheet {
 public:
  FormSheet(const Sheet* sheet, bool choices) : sheet_(sheet) {
    if (sheet_ == nullptr) return;
    const auto holds_text = [](const std::vector<std::string>& row) { return !row.empty(); };
    header_ = static_cast<size_t>(std::find_if(sheet_->rows.begin(), sheet_->rows.end(), holds_text) -
                                  sheet_->rows.begin());
    if (header_ == sheet_->rows.size()) return;
    for (const std::string& cell : sheet_->rows[header_]) columns_.push_back(ParseHeader(cell, choices));
  }

  size_t begin() const { return header_ + 1; }
  size_t end() const { return sheet_ == nullptr ? 0 : sheet_->rows.size(); }
  bool Has(std::string_view base) const {
    return std::any_of(columns_.begin(), columns_.end(),
                       [&](const Column& column) { return column.base == base; });
  }
  bool IsEmpty(size_t row) const {
    return std::all_of(sheet_->rows[row].begin(), sheet_->rows[row].end(),
                       [](const std::string& cell) { return Trimmed(cell).empty(); });
  }
  // The first column of that base without a language, else with any.
  std::string Cell(size_t row, std::string_view base) const {
    const FormText text = Text(row, base);
    return text.empty() ? "" : text.begin()->second;
  }
  FormText Text(size_t row, std::string_view base) const {
    FormText text;
    const auto& cells = sheet_->rows[row];
    for (size_t i = 0; i < std::min(cells.size(), columns_.size()); ++i) {
      if (columns_[i].base != base) continue;
      std::string cell = Trimmed(cells[i]);
      if (!cell.empty()) text.emplace(columns_[i].language, std::move(cell));
    }
    return text;
  }
  std::map<std::string, std::string> Others(size_t row, const std::set<std::string_view>& known) const {
    std::map<std::string, std::string> others;
    for (const Column& column : columns_) {
      if (column.base.empty() || known.contains(column.base)) continue;
      std::string cell = Cell(row, column.base);
      if (!cell.empty()) others.emplace(column.base, std::move(cell));
    }
    return others;
  }

 private:
  const Sheet* sheet_;
  size_t header_ = 0;
  std::vector<Column> columns_;
};

bool IsYes(std::string_view cell) {
  const std::string lower = Lower(cell);
  return lower == "yes" || lower == "true" || lower == "true()" || lower == "1";
}

std::optional<FormItem> ReadItem(const FormSheet& sheet, size_t row, std::vector<FormProblem>* problems) {
  const auto line = static_cast<int64_t>(row) + 1;
  FormItem item;
  item.line = line;
  item.type_text = sheet.Cell(row, "type");
  const std::optional<TypeCell> type = ParseTypeCell(item.type_text);
  if (!type) {
    problems->push_back({"survey", line, "type",
                         item.type_text.empty()
                             ? "the type is missing"
                             : fmt::format("\"{}\" is no type of XLSForm", item.type_text)});
    return std::nullopt;
  }
  item.type = type->type;
  item.list = type->list;
  item.or_other = type->or_other;
  item.calculation = type->property.empty() ? sheet.Cell(row, "calculation") : type->property;
  item.name = sheet.Cell(row, "name");
  item.label = sheet.Text(row, "label");
  item.hint = sheet.Text(row, "hint");
  item.constraint_message = sheet.Text(row, "constraint_message");
  item.required_message = sheet.Text(row, "required_message");
  item.relevant = sheet.Cell(row, "relevant");
  item.constraint = sheet.Cell(row, "constraint");
  item.appearance = sheet.Cell(row, "appearance");
  item.default_value = sheet.Cell(row, "default");
  item.choice_filter = sheet.Cell(row, "choice_filter");
  item.required = IsYes(sheet.Cell(row, "required"));
  item.read_only = IsYes(sheet.Cell(row, "read_only"));
  for (const char* own : {"construct", "reversed", "version", "repeat_count", "image", "audio", "video"}) {
    std::string cell = sheet.Cell(row, own);
    if (!cell.empty()) item.extra.emplace(own, std::move(cell));
  }
  const bool ends = item.type == FormItemType::kEndGroup || item.type == FormItemType::kEndRepeat;
  if (ends) item.name.clear();
  if (!ends && item.name.empty()) {
    problems->push_back({"survey", line, "name", "the name is missing"});
    return std::nullopt;
  }
  return item;
}

void ReadChoices(const FormSheet& sheet, XlsForm* form, std::vector<FormProblem>* problems) {
  for (size_t row = sheet.begin(); row < sheet.end(); ++row) {
    if (sheet.IsEmpty(row)) continue;
    const auto line = static_cast<int64_t>(row) + 1;
    const std::string list = sheet.Cell(row, "list_name");
    FormChoice choice{line, sheet.Cell(row, "name"), sheet.Text(row, "label"),
                      sheet.Others(row, {"list_name", "name", "label"})};
    if (list.empty() || choice.name.empty()) {
      problems->push_back({"choices", line, list.empty() ? "list_name" : "name", "is missing"});
      continue;
    }
    form->lists[list].push_back(std::move(choice));
  }
}

// A choice "other", and a question for its text, as XLSForm defines or_other.
void AddOther(XlsForm* form) {
  std::vector<FormItem> items;
  for (FormItem& item : form->items) {
    items.push_back(item);
    if (!item.or_other) continue;
    std::vector<FormChoice>& list = form->lists[item.list];
    const bool there = std::any_of(list.begin(), list.end(),
                                   [](const FormChoice& choice) { return choice.name == "other"; });
    if (!there) {
      FormText label;
      for (const auto& [language, text] : item.label) label.emplace(language, "Other");
      list.push_back({item.line, "other", label, {}});
    }
    FormItem text;
    text.line = item.line;
    text.type = FormItemType::kText;
    text.type_text = "text";
    text.name = item.name + "_other";
    for (const auto& [language, label] : item.label) text.label.emplace(language, "Specify other.");
    text.relevant = fmt::format("selected(${{{}}}, 'other')", item.name);
    items.push_back(std::move(text));
    items[items.size() - 2].or_other = false;
    items[items.size() - 2].type_text = TypeCellText(item.type, item.list, false);
  }
  form->items = std::move(items);
}

void CheckStructure(const XlsForm& form, std::vector<FormProblem>* problems) {
  std::vector<const FormItem*> open;
  for (const FormItem& item : form.items) {
    const bool is_select = item.type == FormItemType::kSelectOne ||
                           item.type == FormItemType::kSelectMultiple || item.type == FormItemType::kRank;
    if (is_select && !form.lists.contains(item.list)) {
      problems->push_back(
          {"survey", item.line, "type", fmt::format("the choices sheet has no list {}", item.list)});
    }
    if (item.type == FormItemType::kBeginGroup || item.type == FormItemType::kBeginRepeat)
      open.push_back(&item);
    if (item.type != FormItemType::kEndGroup && item.type != FormItemType::kEndRepeat) continue;
    const FormItemType begun =
        item.type == FormItemType::kEndGroup ? FormItemType::kBeginGroup : FormItemType::kBeginRepeat;
    if (open.empty() || open.back()->type != begun) {
      problems->push_back({"survey", item.line, "type", "ends what has not begun"});
    } else {
      open.pop_back();
    }
  }
  for (const FormItem* item : open) {
    problems->push_back({"survey", item->line, "type", fmt::format("the group {} has no end", item->name)});
  }
}

}  // namespace

absl::StatusOr<XlsForm> ReadXlsForm(const Workbook& workbook, std::string_view file_name,
                                    std::vector<FormProblem>* problems) {
  const FormSheet survey(workbook.Find("survey"), false);
  if (!survey.Has("type") || !survey.Has("name")) {
    return absl::InvalidArgumentError(
        "This is no XLSForm: it needs a sheet called survey whose header row names at least type and name");
  }
  XlsForm form;
  form.name = std::string(file_name.substr(0, file_name.rfind('.')));
  form.id = form.name;
  const FormSheet settings(workbook.Find("settings"), false);
  if (settings.begin() < settings.end()) {
    const size_t row = settings.begin();
    if (std::string id = settings.Cell(row, "id"); !id.empty()) form.id = id;
    form.title = settings.Cell(row, "title");
    form.version = settings.Cell(row, "version");
    form.default_language = settings.Cell(row, "default_language");
    for (const char* own : {"introduction", "source", "instance_name"}) {
      if (std::string cell = settings.Cell(row, own); !cell.empty()) form.settings.emplace(own, cell);
    }
  }
  if (form.title.empty()) form.title = form.id;
  const FormSheet choices(workbook.Find("choices"), true);
  ReadChoices(choices, &form, problems);
  for (size_t row = survey.begin(); row < survey.end(); ++row) {
    if (survey.IsEmpty(row)) continue;
    if (std::optional<FormItem> item = ReadItem(survey, row, problems))
      form.items.push_back(*std::move(item));
  }
  AddOther(&form);
  CheckStructure(form, problems);
  return form;
}

}  // namespace trellis
