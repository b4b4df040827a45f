#include "common/service/import/response_rows.h"

#include <fmt/format.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <map>
#include <set>

#include "absl/status/status.h"
#include "common/record/hash.h"
#include "common/service/import/answer_cells.h"
#include "common/service/import/cell_values.h"
#include "common/survey/skip_logic.h"
#include "trellis/domain/v1/response.pb.h"

namespace trellis {
namespace {

using domain::v1::Question;
using domain::v1::Response;

// Fields of Response a column may give, beside the items.
constexpr std::string_view kFieldColumns[] = {"role",        "grade_band",   "years_band", "race_ethnicity",
                                              "language",    "organization", "staff",      "respondent_key",
                                              "submit_time", "partial",      "comment"};

struct ItemColumn {
  size_t index;
  const Question* question;
};
struct FieldColumn {
  size_t index;
  const FieldInfo* field;
};
struct AttributeColumn {
  size_t index;
  std::string attribute;
};

struct Columns {
  std::vector<ItemColumn> items;
  std::vector<FieldColumn> fields;
  std::vector<AttributeColumn> attributes;
};

// Names of attributes the wave breaks down by that are no fields of Response.
std::set<std::string> DeclaredAttributes(const domain::v1::Wave& wave) {
  std::set<std::string> names;
  for (const auto& table : wave.disaggregation_plan()) {
    for (const std::string& attribute : table.attributes()) names.insert(LowerAscii(attribute));
  }
  return names;
}

// Whether a column of that name may be taken in a wave of that mode.
bool FieldAllowed(std::string_view field, domain::v1::WaveMode mode) {
  if (field == "staff") return mode == domain::v1::WAVE_MODE_NAMED;
  if (field == "respondent_key") return mode == domain::v1::WAVE_MODE_CONFIDENTIAL;
  return true;
}

Columns MatchColumns(const Table& table, const ResponseRowsOptions& options, const KindInfo& kind,
                     std::optional<size_t> site_column, ImportPlan* plan) {
  std::map<std::string, const Question*> questions;
  for (const Question& question : options.survey.questions())
    questions[LowerAscii(question.code())] = &question;
  const std::set<std::string> declared = DeclaredAttributes(options.wave);
  Columns columns;
  for (size_t i = 0; i < table.columns().size(); ++i) {
    const std::string name = LowerAscii(table.columns()[i]);
    const bool is_field =
        std::find(std::begin(kFieldColumns), std::end(kFieldColumns), name) != std::end(kFieldColumns);
    if (!table.IsUsed(i)) {
      plan->ignored_columns.push_back(table.columns()[i]);
    } else if (const auto question = questions.find(name); question != questions.end()) {
      columns.items.push_back({i, question->second});
    } else if (is_field && FieldAllowed(name, options.wave.mode())) {
      columns.fields.push_back({i, kind.Find(std::string_view(name))});
    } else if (is_field) {
      plan->ignored_columns.push_back(table.columns()[i]);
      plan->notes.push_back(
          fmt::format("The column {} was left out: the wave's mode does not allow it", name));
    } else if (declared.count(name) && i != site_column) {
      columns.attributes.push_back({i, name});
    } else if (i != site_column) {
      plan->ignored_columns.push_back(table.columns()[i]);
    }
  }
  return columns;
}

std::vector<uint32_t> UnansweredForm(const Columns& columns) {
  uint32_t slots = 0;
  for (const ItemColumn& item : columns.items) slots = std::max(slots, item.question->slot());
  return std::vector<uint32_t>(slots, kAnswerNotShown);
}

// What the form's conditions did not show was not left blank; what was answered all the same is an error.
void ApplySkipLogic(const SkipLogic& logic, const Columns& columns, const Table& table, const Table::Row& row,
                    const Response& response, std::vector<uint32_t>* answers,
                    std::vector<ImportRowError>* errors) {
  if (!logic.has_conditions()) return;
  std::map<std::string, std::string> given;
  for (const ItemColumn& item : columns.items) {
    given[item.question->code()] =
        AnswerForConditions(*item.question, (*answers)[item.question->slot() - 1], response);
  }
  const std::set<std::string> not_shown = logic.NotShown(given);
  for (const ItemColumn& item : columns.items) {
    if (!not_shown.contains(item.question->code())) continue;
    uint32_t& answer = (*answers)[item.question->slot() - 1];
    if (answer == kAnswerBlank || answer == kAnswerNotShown) {
      answer = kAnswerNotShown;
    } else {
      errors->push_back({table.file(), row.line, item.question->code(),
                         "is answered, though the answers before it mean it was not shown"});
    }
  }
}

bool TakeRow(const Table& table, const Table::Row& row, const Columns& columns, const SkipLogic& logic,
             Response* response, std::vector<ImportRowError>* errors) {
  const size_t errors_before = errors->size();
  std::vector<uint32_t> answers = UnansweredForm(columns);
  for (const ItemColumn& item : columns.items) {
    absl::StatusOr<uint32_t> answer = TakeAnswer(*item.question, row.cells[item.index], response);
    if (answer.ok()) {
      answers[item.question->slot() - 1] = *answer;
    } else {
      errors->push_back(
          {table.file(), row.line, item.question->code(), std::string(answer.status().message())});
    }
  }
  ApplySkipLogic(logic, columns, table, row, *response, &answers, errors);
  response->mutable_answers()->Assign(answers.begin(), answers.end());
  for (const FieldColumn& field : columns.fields) {
    const absl::Status status = SetFieldFromCell(*field.field, row.cells[field.index], response);
    if (!status.ok()) {
      errors->push_back({table.file(), row.line, field.field->name, std::string(status.message())});
    }
  }
  for (const AttributeColumn& column : columns.attributes) {
    if (row.cells[column.index].empty()) continue;
    auto* attribute = response->add_attributes();
    attribute->set_attribute(column.attribute);
    attribute->set_value(row.cells[column.index]);
  }
  return errors->size() == errors_before;
}

}  // namespace

absl::StatusOr<ImportPlan> PlanResponses(const Table& table, const ResponseRowsOptions& options,
                                         const ImportLookup& lookup) {
  const KindInfo& kind = *KindRegistry::BuiltIn().Find("Response");
  ImportPlan plan;
  plan.rows = table.row_count();
  plan.errors = table.row_errors();
  plan.notes = table.notes();
  absl::StatusOr<RowSites> sites = RowSites::For(table, options.site_column, lookup);
  if (!sites.ok()) return sites.status();
  const Columns columns = MatchColumns(table, options, kind, sites->column(), &plan);
  if (columns.items.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("{}: no column is an item of the survey {}; its columns are: {}", table.file(),
                    options.survey.code(), fmt::join(table.columns(), ", ")));
  }
  const absl::StatusOr<SkipLogic> logic = SkipLogic::Of(options.survey);
  if (!logic.ok()) return logic.status();
  for (const Table::Row& row : table.rows()) {
    Response response;
    response.set_survey(options.survey.code());
    response.set_wave(options.wave.code());
    absl::StatusOr<std::string> site = sites->ScopeOf(row);
    if (!site.ok()) {
      plan.errors.push_back(
          {table.file(), row.line, options.site_column, std::string(site.status().message())});
    }
    if (!TakeRow(table, row, columns, *logic, &response, &plan.errors) || !site.ok()) continue;
    if (!response.respondent_key().empty()) {
      response.set_respondent_key(
          KeyedHash(options.district_key, "respondent\n" + response.respondent_key()).ToHex());
    }
    PlannedRecord record;
    record.file = table.file();
    record.line = row.line;
    record.kind = kind.name;
    record.scope = ScopeOfHome(kind.home, *site).ToString();
    record.data = response.SerializeAsString();
    record.identity = fmt::format("{}:{}:{}", options.file_hash, options.wave.code(), row.line);
    plan.records.push_back(std::move(record));
  }
  return plan;
}

}  // namespace trellis
