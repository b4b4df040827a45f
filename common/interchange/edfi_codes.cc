#include "common/interchange/edfi_codes.h"

#include <fmt/format.h>

namespace trellis {
namespace {

using namespace domain::v1;  // NOLINT(google-build-using-namespace): the tables below are all of its codes

template <typename Code>
struct Row {
  std::string_view value;
  Code code;
};

constexpr Row<StaffClassification> kClassifications[] = {
    {"Teacher", STAFF_CLASSIFICATION_TEACHER},
    {"Instructional Aide", STAFF_CLASSIFICATION_PARAEDUCATOR},
    {"Paraprofessional", STAFF_CLASSIFICATION_PARAEDUCATOR},
    {"School Specialist", STAFF_CLASSIFICATION_SPECIALIST},
    {"Librarian", STAFF_CLASSIFICATION_SPECIALIST},
    {"Librarians/Media Specialists", STAFF_CLASSIFICATION_SPECIALIST},
    {"Psychologist", STAFF_CLASSIFICATION_SPECIALIST},
    {"School Psychologist", STAFF_CLASSIFICATION_SPECIALIST},
    {"Social Worker", STAFF_CLASSIFICATION_SPECIALIST},
    {"School Nurse", STAFF_CLASSIFICATION_SPECIALIST},
    {"Speech Pathologist", STAFF_CLASSIFICATION_SPECIALIST},
    {"Therapist", STAFF_CLASSIFICATION_SPECIALIST},
    {"Counselor", STAFF_CLASSIFICATION_COUNSELOR},
    {"School Counselor", STAFF_CLASSIFICATION_COUNSELOR},
    {"Instructional Coordinator", STAFF_CLASSIFICATION_COACH},
    {"Instructional Coach", STAFF_CLASSIFICATION_COACH},
    {"School Administrator", STAFF_CLASSIFICATION_SCHOOL_ADMINISTRATOR},
    {"Principal", STAFF_CLASSIFICATION_SCHOOL_ADMINISTRATOR},
    {"Assistant Principal", STAFF_CLASSIFICATION_SCHOOL_ADMINISTRATOR},
    {"School Leader", STAFF_CLASSIFICATION_SCHOOL_ADMINISTRATOR},
    {"LEA Administrator", STAFF_CLASSIFICATION_DISTRICT_ADMINISTRATOR},
    {"Superintendent", STAFF_CLASSIFICATION_DISTRICT_ADMINISTRATOR},
    {"Assistant Superintendent", STAFF_CLASSIFICATION_DISTRICT_ADMINISTRATOR},
    {"LEA Specialist", STAFF_CLASSIFICATION_DISTRICT_SPECIALIST},
    {"Support Services Staff", STAFF_CLASSIFICATION_SUPPORT_STAFF},
    {"School Administrative Support Staff", STAFF_CLASSIFICATION_SUPPORT_STAFF},
    {"LEA Administrative Support Staff", STAFF_CLASSIFICATION_SUPPORT_STAFF},
    {"Operational Support", STAFF_CLASSIFICATION_SUPPORT_STAFF},
    {"Other", STAFF_CLASSIFICATION_SUPPORT_STAFF},
    {"Substitute Teacher", STAFF_CLASSIFICATION_SUBSTITUTE},
};
constexpr Row<EmploymentState> kEmployments[] = {
    {"Probationary", EMPLOYMENT_STATE_PROBATIONARY},
    {"Tenured or permanent", EMPLOYMENT_STATE_PERMANENT},
    {"Tenured", EMPLOYMENT_STATE_PERMANENT},
    {"Non-contractual", EMPLOYMENT_STATE_TEMPORARY},
    {"Employed part-time", EMPLOYMENT_STATE_TEMPORARY},
    {"Other", EMPLOYMENT_STATE_TEMPORARY},
    {"Contractual", EMPLOYMENT_STATE_CONTRACTUAL},
    {"Contingent upon funding", EMPLOYMENT_STATE_CONTRACTUAL},
    {"Employed or affiliated with outside organization", EMPLOYMENT_STATE_CONTRACTUAL},
    {"Volunteer/no contract", EMPLOYMENT_STATE_TEMPORARY},
    {"Substitute/temporary", EMPLOYMENT_STATE_SUBSTITUTE},
    {"Self-employed part-time", EMPLOYMENT_STATE_TEMPORARY},
};
constexpr Row<Separation> kSeparations[] = {
    {"Voluntary separation", SEPARATION_VOLUNTARY},
    {"Involuntary separation", SEPARATION_INVOLUNTARY},
    {"Mutual agreement", SEPARATION_MUTUAL_AGREEMENT},
    {"Other", SEPARATION_OTHER},
};
constexpr Row<SeparationReason> kSeparationReasons[] = {
    {"Retirement", SEPARATION_REASON_RETIREMENT},
    {"Employment in education", SEPARATION_REASON_OTHER_DISTRICT},
    {"Employment outside of education", SEPARATION_REASON_OTHER_PROFESSION},
    {"Family/personal relocation", SEPARATION_REASON_RELOCATION},
    {"Formal study or research", SEPARATION_REASON_OTHER},
    {"Illness/disability", SEPARATION_REASON_HEALTH_OR_FAMILY},
    {"Homemaking/caring for a family member", SEPARATION_REASON_HEALTH_OR_FAMILY},
    {"Reduction in force", SEPARATION_REASON_REDUCTION_IN_FORCE},
    {"Layoff", SEPARATION_REASON_REDUCTION_IN_FORCE},
    {"Discharge due to unsuitability", SEPARATION_REASON_CONTRACT_NOT_RENEWED},
    {"Credential revoked", SEPARATION_REASON_CONTRACT_NOT_RENEWED},
    {"Death", SEPARATION_REASON_DEATH},
    {"Other", SEPARATION_REASON_OTHER},
};
constexpr Row<QuestionForm> kForms[] = {
    {"Radio box", QUESTION_FORM_SINGLE_CHOICE},
    {"Dropdown", QUESTION_FORM_SINGLE_CHOICE},
    {"Matrix of numeric ratings", QUESTION_FORM_SINGLE_CHOICE},
    {"Matrix of dropdowns", QUESTION_FORM_SINGLE_CHOICE},
    {"Checkbox", QUESTION_FORM_MULTIPLE_CHOICE},
    {"Matrix of checkboxes", QUESTION_FORM_MULTIPLE_CHOICE},
    {"Textbox", QUESTION_FORM_TEXT},
    {"Matrix of textboxes", QUESTION_FORM_TEXT},
    {"Ranking", QUESTION_FORM_TEXT},
};
constexpr Row<ParticipationState> kAttendances[] = {
    {"In Attendance", PARTICIPATION_STATE_ATTENDED},
    {"In Attendance", PARTICIPATION_STATE_COMPLETED},
    {"Present", PARTICIPATION_STATE_ATTENDED},
    {"Early departure", PARTICIPATION_STATE_PARTIALLY_ATTENDED},
    {"Tardy", PARTICIPATION_STATE_PARTIALLY_ATTENDED},
    {"Partial", PARTICIPATION_STATE_PARTIALLY_ATTENDED},
    {"Unexcused Absence", PARTICIPATION_STATE_ABSENT},
    {"Excused Absence", PARTICIPATION_STATE_ABSENT},
    {"Absent", PARTICIPATION_STATE_ABSENT},
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

template <typename Code, size_t kRows>
std::optional<Code> Find(const Row<Code> (&rows)[kRows], std::string_view descriptor) {
  const std::string wanted = Lower(EdFiCodeValue(descriptor));
  for (const Row<Code>& row : rows) {
    if (Lower(row.value) == wanted) return row.code;
  }
  return std::nullopt;
}

template <typename Code, size_t kRows>
std::string_view ValueOf(const Row<Code> (&rows)[kRows], Code code) {
  for (const Row<Code>& row : rows) {
    if (row.code == code) return row.value;
  }
  return "";
}

}  // namespace

std::string EdFiDescriptor(std::string_view name, std::string_view code_value) {
  return fmt::format("uri://ed-fi.org/{}Descriptor#{}", name, code_value);
}

std::string_view EdFiCodeValue(std::string_view descriptor) {
  const size_t cut = descriptor.rfind('#');
  return cut == std::string_view::npos ? descriptor : descriptor.substr(cut + 1);
}

std::optional<StaffClassification> ClassificationOfEdFi(std::string_view descriptor) {
  return Find(kClassifications, descriptor);
}
std::optional<EmploymentState> EmploymentOfEdFi(std::string_view descriptor) {
  return Find(kEmployments, descriptor);
}
std::optional<Separation> SeparationOfEdFi(std::string_view descriptor) {
  return Find(kSeparations, descriptor);
}
std::optional<SeparationReason> SeparationReasonOfEdFi(std::string_view descriptor) {
  return Find(kSeparationReasons, descriptor);
}
std::optional<QuestionForm> QuestionFormOfEdFi(std::string_view descriptor) {
  return Find(kForms, descriptor);
}
std::optional<ParticipationState> AttendanceOfEdFi(std::string_view descriptor) {
  return Find(kAttendances, descriptor);
}

std::string_view EdFiOf(StaffClassification value) { return ValueOf(kClassifications, value); }
std::string_view EdFiOf(EmploymentState value) { return ValueOf(kEmployments, value); }
std::string_view EdFiOf(Separation value) { return ValueOf(kSeparations, value); }
std::string_view EdFiOf(SeparationReason value) { return ValueOf(kSeparationReasons, value); }
std::string_view EdFiOf(QuestionForm value) { return ValueOf(kForms, value); }
std::string_view EdFiOf(ParticipationState value) { return ValueOf(kAttendances, value); }

}  // namespace trellis
