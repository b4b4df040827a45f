// An XLSForm (xlsform.org) as its file says it: the sheets survey, choices and settings.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/spreadsheet/workbook.h"
#include "common/survey/xlsform_types.h"

namespace trellis {

// A wording by language as the column names it, such as "English (en)"; "" where the column names none.
using FormText = std::map<std::string, std::string>;

// A row of the survey sheet.
struct FormItem {
  int64_t line = 0;
  FormItemType type = FormItemType::kText;
  std::string type_text;  // as written
  std::string list;       // of the choices
  bool or_other = false;  // a choice "other" and a question for its text are added
  std::string name;       // empty at ends of groups
  FormText label;
  FormText hint;
  FormText constraint_message;
  FormText required_message;
  std::string relevant;
  std::string constraint;
  std::string appearance;
  std::string default_value;
  std::string calculation;
  std::string choice_filter;
  bool required = false;
  bool read_only = false;
  // Columns of ours: construct, reversed, version.
  std::map<std::string, std::string> extra;
};

// A row of the choices sheet.
struct FormChoice {
  int64_t line = 0;
  std::string name;
  FormText label;
  // Other columns: what filters ask, and ours: value, favorable, not_scored.
  std::map<std::string, std::string> extra;
};

struct XlsForm {
  std::string name;  // of the file, without its ending
  std::string id;
  std::string title;
  std::string version;
  std::string default_language;
  // Settings of ours: introduction, source.
  std::map<std::string, std::string> settings;
  std::vector<FormItem> items;
  std::map<std::string, std::vector<FormChoice>> lists;
};

// What is wrong with a row, or with the file as a whole (line 0).
struct FormProblem {
  std::string sheet;
  int64_t line = 0;
  std::string column;
  std::string problem;
};

// Reads the sheets; `file_name` without its folder names a form that does not name itself. Rows that cannot
// be read as what they say are told in `problems`. INVALID_ARGUMENT where there is no survey sheet with the
// columns type and name.
absl::StatusOr<XlsForm> ReadXlsForm(const Workbook& workbook, std::string_view file_name,
                                    std::vector<FormProblem>* problems);

// The workbook of a form; ReadXlsForm of it gives the form again.
Workbook WriteXlsForm(const XlsForm& form);

}  // namespace trellis
