#include "common/service/import/survey_form.h"

#include "common/survey/survey_forms.h"

namespace trellis {

absl::StatusOr<ImportPlan> PlanSurveyForm(const std::string& file_name, std::string_view bytes,
                                          const FindSurvey& find) {
  const absl::StatusOr<Workbook> workbook = ReadWorkbook(bytes);
  if (!workbook.ok()) return workbook.status();
  std::vector<FormProblem> problems;
  const absl::StatusOr<XlsForm> form = ReadXlsForm(*workbook, file_name, &problems);
  if (!form.ok()) return form.status();
  const absl::StatusOr<domain::v1::Survey> known = find(form->id);
  if (!known.ok() && !absl::IsNotFound(known.status())) return known.status();
  SurveyFromForm made = SurveyOf(*form, known.ok() ? &*known : nullptr);
  problems.insert(problems.end(), made.problems.begin(), made.problems.end());

  ImportPlan plan;
  plan.rows = static_cast<int64_t>(form->items.size());
  plan.notes = std::move(made.notes);
  for (const FormProblem& problem : problems) {
    plan.errors.push_back({file_name, problem.line, problem.sheet + "." + problem.column, problem.problem});
  }
  PlannedRecord record;
  record.file = file_name;
  record.line = 1;
  record.kind = "Survey";
  record.scope = ScopeName{}.ToString();
  record.data = made.survey.SerializeAsString();
  domain::v1::Survey draft;
  draft.set_state(domain::v1::SURVEY_STATE_DRAFT);
  if (!known.ok()) record.data_if_new = draft.SerializeAsString();
  record.code = made.survey.code();
  record.update_known = true;
  plan.records.push_back(std::move(record));
  return plan;
}

}  // namespace trellis
