#include "common/service/import/edfi_surveys.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "common/interchange/edfi_codes.h"
#include "common/service/import/code_text.h"
#include "common/service/import/day_text.h"
#include "common/service/import/edfi_staff.h"
#include "trellis/domain/v1/activity.pb.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/survey.pb.h"

namespace trellis {
namespace {

using domain::v1::Activity;
using domain::v1::Participation;
using domain::v1::Question;
using domain::v1::Survey;

constexpr int kMostMatrixPoints = 20;

std::optional<double> Number(const std::string& text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() ? std::optional(value)
                                                                         : std::nullopt;
}

// A survey's resources, found by namespace and identifier.
std::string KeyOf(const EdFiResource& resource) {
  return resource.Text("namespace") + "\n" + resource.Text("surveyIdentifier");
}

class SurveyMaker {
 public:
  SurveyMaker(const EdFiResource& resource, const absl::StatusOr<Survey>& known, ImportPlan* plan)
      : resource_(resource), plan_(plan) {
    survey_.set_code(CodeOfText(resource.Text("surveyIdentifier"), "SURVEY"));
    survey_.set_title(resource.Text("surveyTitle"));
    survey_.set_source(resource.Text("namespace"));
    if (!known.ok()) return;
    for (const Question& question : known->questions()) {
      slots_[question.code()] = question.slot();
      next_slot_ = std::max(next_slot_, question.slot() + 1);
    }
  }

  void AddSection(const std::string& title) {
    if (title.empty() || sections_.contains(title)) return;
    auto* section = survey_.add_sections();
    section->set_code(CodeOfText(title, "SECTION"));
    section->set_title(title);
    section->set_sort_order(static_cast<uint32_t>(survey_.sections_size()));
    sections_[title] = section->code();
  }

  void AddQuestion(const EdFiResource& resource) {
    const std::string code = resource.Text("questionCode");
    const std::string text = resource.Text("questionText");
    const std::string said = resource.Text("questionForm");
    const auto form = QuestionFormOfEdFi(said);
    if (code.empty() || !form) {
      plan_->errors.push_back(
          {resource.file, resource.line, code.empty() ? "questionCode" : "questionFormDescriptor",
           code.empty() ? "is missing"
                        : fmt::format("\"{}\" is no form known here, such as Radio box, Checkbox, "
                                      "Dropdown, Textbox",
                                      said)});
      return;
    }
    const std::string section = resource.TextIn("surveySectionReference", "surveySectionTitle");
    AddSection(section);
    Question question;
    question.set_code(CodeOfText(code, "QUESTION"));
    question.set_text(text.empty() ? code : text);
    question.set_form(*form);
    question.set_section(section.empty() ? "" : sections_[section]);
    TakeChoices(resource, &question);
    const std::vector<EdFiResource> rows = resource.Items("matrix", "matrices");
    if (rows.empty()) return Place(question);
    int number = 0;
    for (const EdFiResource& row : rows) PlaceMatrixRow(question, row, ++number);
  }

  PlannedRecord Planned(bool is_new) {
    PlannedRecord record = EdFiRecord(resource_, "Survey", ScopeName{}.ToString(), survey_.code());
    record.code = survey_.code();
    record.data = survey_.SerializeAsString();
    if (is_new) {
      Survey draft;
      draft.set_state(domain::v1::SURVEY_STATE_DRAFT);
      record.data_if_new = draft.SerializeAsString();
    }
    return record;
  }

 private:
  static void TakeChoices(const EdFiResource& resource, Question* question) {
    std::vector<EdFiResource> choices = resource.Items("responseChoice", "responseChoices");
    std::stable_sort(choices.begin(), choices.end(), [](const EdFiResource& a, const EdFiResource& b) {
      return Number(a.Text("sortOrder")).value_or(0) < Number(b.Text("sortOrder")).value_or(0);
    });
    bool all_scored = !choices.empty();
    for (const EdFiResource& one : choices) {
      const auto value = Number(one.Text("numericValue"));
      auto* choice = question->add_choices();
      choice->set_text(one.Text("textValue"));
      choice->set_value(value.value_or(question->choices_size()));
      all_scored = all_scored && value.has_value();
    }
    // Likert items are filed under Checkbox, too: what scores is one answer of several.
    if (all_scored && question->form() == domain::v1::QUESTION_FORM_MULTIPLE_CHOICE) {
      question->set_form(domain::v1::QUESTION_FORM_SINGLE_CHOICE);
    }
    if (choices.empty() && question->form() != domain::v1::QUESTION_FORM_TEXT &&
        resource.Items("matrix", "matrices").empty()) {
      question->set_form(domain::v1::QUESTION_FORM_TEXT);
    }
  }

  // One row of a matrix is a question of its own.
  void PlaceMatrixRow(const Question& whole, const EdFiResource& row, int number) {
    Question question = whole;
    question.set_code(fmt::format("{}_{}", whole.code(), number));
    question.set_text(row.Text("matrixElement"));
    question.set_hint(whole.text());
    question.set_matrix(whole.code());
    const auto low = Number(row.Text("minRawScore")), high = Number(row.Text("maxRawScore"));
    if (question.choices_size() == 0 && low && high && *high > *low && *high - *low < kMostMatrixPoints) {
      for (double value = *low; value <= *high; ++value) {
        auto* choice = question.add_choices();
        choice->set_value(value);
        choice->set_text(fmt::format("{}", value));
      }
      question.set_form(domain::v1::QUESTION_FORM_SINGLE_CHOICE);
    }
    if (question.choices_size() == 0) question.set_form(domain::v1::QUESTION_FORM_TEXT);
    Place(question);
  }

  void Place(Question question) {
    const auto [slot, added] = slots_.emplace(question.code(), next_slot_);
    if (added) ++next_slot_;
    question.set_slot(slot->second);
    question.set_sort_order(static_cast<uint32_t>(survey_.questions_size() + 1));
    *survey_.add_questions() = std::move(question);
  }

  const EdFiResource& resource_;
  ImportPlan* plan_;
  Survey survey_;
  std::map<std::string, std::string> sections_;  // title -> code
  std::map<std::string, uint32_t> slots_;
  uint32_t next_slot_ = 1;
};

// People are those in the files, too: they are not in the store yet.
absl::StatusOr<ImportLookup::Person> PersonOf(const std::string& name, const ImportLookup& lookup,
                                              const ImportPlan& plan) {
  for (const PlannedRecord& record : plan.records) {
    if (record.kind == "Staff" && record.code == name) return ImportLookup::Person{name, record.scope, ""};
  }
  return lookup.FindPerson(name);
}

void PlanAttendance(const EdFiResource& resource, const ImportLookup& lookup,
                    const std::map<std::string, std::string>& code_of, ImportPlan* plan) {
  const auto error = [&](const char* column, std::string message) {
    plan->errors.push_back({resource.file, resource.line, column, std::move(message)});
  };
  std::string person = resource.TextIn("personReference", "personId");
  if (person.empty()) person = resource.Text("staffUniqueId");
  const absl::StatusOr<ImportLookup::Person> staff = PersonOf(person, lookup, *plan);
  if (!staff.ok()) {
    error("personReference", std::string(staff.status().message()));
    return;
  }
  const std::string event =
      resource.TextIn("professionalDevelopmentEventReference", "namespace") + "#" +
      resource.TextIn("professionalDevelopmentEventReference", "professionalDevelopmentTitle");
  const auto in_files = code_of.find(event);
  const absl::StatusOr<std::string> stored = lookup.FindActivity(event);
  if (in_files == code_of.end() && !stored.ok()) {
    error("professionalDevelopmentEventReference", "the event is not in the files and is not known here");
    return;
  }
  const auto state = AttendanceOfEdFi(resource.Text("attendanceEventCategory"));
  if (!state) {
    error("attendanceEventCategoryDescriptor", fmt::format("\"{}\" is no attendance known here, such as In "
                                                           "Attendance, Tardy, Unexcused Absence",
                                                           resource.Text("attendanceEventCategory")));
    return;
  }
  const std::optional<std::string> day = ReadDay(resource.Text("attendanceDate"));
  if (!day) {
    error("attendanceDate", "is no day such as 2026-08-17");
    return;
  }
  Participation participation;
  participation.set_staff(staff->code);
  participation.set_activity(in_files == code_of.end() ? *stored : in_files->second);
  participation.set_date(*day);
  participation.set_state(*state);
  participation.set_sign_in_method(domain::v1::SIGN_IN_METHOD_IMPORT);
  PlannedRecord record =
      EdFiRecord(resource, "Participation", staff->site, fmt::format("{}/{}/{}", person, event, *day));
  record.update_known = false;
  record.data = participation.SerializeAsString();
  plan->records.push_back(std::move(record));
}

}  // namespace

void PlanEdFiSurveys(const std::vector<EdFiResource>& resources, const FindSurvey& find, ImportPlan* plan) {
  for (const EdFiResource& resource : resources) {
    if (resource.type != "survey") continue;
    if (resource.Text("surveyIdentifier").empty()) {
      plan->errors.push_back({resource.file, resource.line, "surveyIdentifier", "is missing"});
      continue;
    }
    const absl::StatusOr<Survey> known = find(CodeOfText(resource.Text("surveyIdentifier"), "SURVEY"));
    SurveyMaker maker(resource, known, plan);
    const std::string key = KeyOf(resource);
    for (const EdFiResource& part : resources) {
      if (part.type == "surveysection" && KeyOf(part) == key)
        maker.AddSection(part.Text("surveySectionTitle"));
    }
    for (const EdFiResource& part : resources) {
      if (part.type == "surveyquestion" && KeyOf(part) == key) maker.AddQuestion(part);
    }
    plan->records.push_back(maker.Planned(!known.ok()));
  }
  std::set<std::string> surveys;
  for (const EdFiResource& resource : resources) {
    if (resource.type == "survey") surveys.insert(KeyOf(resource));
  }
  for (const EdFiResource& part : resources) {
    const bool of_survey = part.type == "surveysection" || part.type == "surveyquestion";
    if (of_survey && !surveys.contains(KeyOf(part))) {
      plan->errors.push_back(
          {part.file, part.line, "surveyReference",
           fmt::format("the survey {} is not in the files", part.Text("surveyIdentifier"))});
    }
  }
}

void PlanEdFiEvents(const std::vector<EdFiResource>& resources, const ImportLookup& lookup, bool write_shared,
                    ImportPlan* plan) {
  std::map<std::string, std::string> code_of;  // namespace#title -> code
  std::set<std::string> codes;
  for (const EdFiResource& resource : resources) {
    if (resource.type != "professionaldevelopmentevent") continue;
    Activity activity;
    activity.set_title(resource.Text("professionalDevelopmentTitle"));
    activity.set_external_id(resource.Text("namespace") + "#" + activity.title());
    const absl::StatusOr<std::string> known = lookup.FindActivity(activity.external_id());
    std::string code = known.ok() ? *known : CodeOfText(activity.title(), "EVENT");
    for (int n = 2; !known.ok() && !codes.insert(code).second; ++n) {
      code = fmt::format("{}-{}", CodeOfText(activity.title(), "EVENT"), n);
    }
    code_of[activity.external_id()] = code;
    if (!write_shared) continue;
    activity.set_code(code);
    activity.set_approach(domain::v1::ACTIVITY_APPROACH_PROVIDER_PROGRAM);
    const std::string required = LowerAscii(resource.Text("required"));
    activity.set_requirement(required == "true" || required == "1"
                                 ? domain::v1::ACTIVITY_REQUIREMENT_MANDATORY
                                 : domain::v1::ACTIVITY_REQUIREMENT_VOLUNTARY);
    activity.set_rationale(resource.Text("professionalDevelopmentReason"));
    if (const auto hours = Number(resource.Text("totalHours"))) activity.set_hours(*hours);
    for (const EdFiResource& by :
         resource.Items("professionalDevelopmentOfferedBy", "professionalDevelopmentOfferedBies")) {
      activity.set_provider(std::string(EdFiCodeValue(
          by.value.is_string() ? by.value.get<std::string>() : by.Text("professionalDevelopmentOfferedBy"))));
    }
    PlannedRecord record = EdFiRecord(resource, "Activity", ScopeName{}.ToString(), activity.external_id());
    record.code = code;
    record.data = activity.SerializeAsString();
    plan->records.push_back(std::move(record));
  }
  for (const EdFiResource& resource : resources) {
    if (resource.type == "professionaldevelopmenteventattendance")
      PlanAttendance(resource, lookup, code_of, plan);
  }
}

}  // namespace trellis
