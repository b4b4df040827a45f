#include "common/interchange/edfi_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "common/interchange/edfi_codes.h"
#include "nlohmann/json.hpp"

namespace trellis {
namespace {

using domain::v1::Activity;
using domain::v1::Assignment;
using domain::v1::EducationOrganization;
using domain::v1::Employment;
using domain::v1::Participation;
using domain::v1::Question;
using domain::v1::Staff;
using domain::v1::Survey;
using nlohmann::ordered_json;

// Ids of the API: 32 hex digits.
std::string ApiId(const std::string& id) {
  std::string digits;
  for (const char c : id) {
    if (c != '-') digits.push_back(c);
  }
  return digits;
}

void Put(ordered_json* object, const char* name, const std::string& text) {
  if (!text.empty()) (*object)[name] = text;
}
void PutDescriptor(ordered_json* object, const std::string& member, const char* descriptor,
                   std::string_view value) {
  if (!value.empty()) (*object)[member] = EdFiDescriptor(descriptor, value);
}

class Writer {
 public:
  Writer(const EdFiSource& source, std::string ns) : source_(source), ns_(std::move(ns)) {
    for (const auto& record : source.organizations) {
      for (const std::string& name : {record.id, record.message.identifier()})
        organization_[name] = record.message.identifier();
    }
    for (const auto& record : source.staff) {
      for (const std::string& name : {record.id, record.message.staff_unique_id()}) {
        staff_[name] = record.message.staff_unique_id();
      }
    }
    for (const auto& record : source.activities) {
      for (const std::string& name : {record.id, record.message.code()}) activity_[name] = &record.message;
    }
  }

  EdFiFiles Write() {
    for (const auto& record : source_.organizations) AddOrganization(record);
    for (const auto& record : source_.staff) AddStaff(record);
    for (const auto& record : source_.assignments) AddAssignment(record);
    for (const auto& record : source_.employments) AddEmployment(record);
    for (const auto& record : source_.surveys) AddSurvey(record);
    for (const auto& record : source_.activities) AddEvent(record);
    for (const auto& record : source_.participations) AddAttendance(record);
    EdFiFiles out;
    for (const auto& [name, resources] : resources_) {
      out.files[name + ".json"] =
          resources.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
    }
    if (not_numbers_ > 0) {
      out.notes.push_back(
          fmt::format("{} references name an organization whose identifier is no number, which Ed-Fi "
                      "wants; they are told as text",
                      not_numbers_));
    }
    if (not_events_ > 0) {
      out.notes.push_back(
          fmt::format("{} participations were left out: nobody came, they only registered, or their "
                      "activity is not in what was exported",
                      not_events_));
    }
    return out;
  }

 private:
  void Add(const char* resource, ordered_json object) {
    ordered_json& list = resources_[resource];
    if (list.is_null()) list = ordered_json::array();
    list.push_back(std::move(object));
  }

  // An organization's id is a number there; leading zeros are not kept.
  ordered_json Number(const std::string& identifier) {
    int64_t number = 0;
    const auto read = std::from_chars(identifier.data(), identifier.data() + identifier.size(), number);
    if (read.ec == std::errc() && read.ptr == identifier.data() + identifier.size() &&
        identifier.front() != '0') {
      return number;
    }
    ++not_numbers_;
    return identifier;
  }
  ordered_json OrganizationReference(const std::string& name) {
    const auto known = organization_.find(name);
    return {{"educationOrganizationId", Number(known == organization_.end() ? name : known->second)}};
  }
  ordered_json StaffReference(const std::string& name) const {
    const auto known = staff_.find(name);
    return {{"staffUniqueId", known == staff_.end() ? name : known->second}};
  }

  void AddOrganization(const HeldRecord<EducationOrganization>& record) {
    const EducationOrganization& organization = record.message;
    ordered_json object = {{"id", ApiId(record.id)}};
    const char* resource = "schools";
    const char* id = "schoolId";
    const char* category = "School";
    switch (organization.category()) {
      case domain::v1::ORGANIZATION_CATEGORY_LOCAL_EDUCATION_AGENCY:
        std::tie(resource, id, category) =
            std::tuple("localEducationAgencies", "localEducationAgencyId", "Local Education Agency");
        break;
      case domain::v1::ORGANIZATION_CATEGORY_EDUCATION_SERVICE_CENTER:
        std::tie(resource, id, category) =
            std::tuple("educationServiceCenters", "educationServiceCenterId", "Education Service Center");
        break;
      case domain::v1::ORGANIZATION_CATEGORY_STATE_EDUCATION_AGENCY:
        std::tie(resource, id, category) =
            std::tuple("stateEducationAgencies", "stateEducationAgencyId", "State Education Agency");
        break;
      case domain::v1::ORGANIZATION_CATEGORY_DEPARTMENT:
        std::tie(resource, id, category) =
            std::tuple("organizationDepartments", "organizationDepartmentId", "Organization Department");
        break;
      default:
        break;
    }
    object[id] = Number(organization.identifier());
    object["nameOfInstitution"] = organization.name();
    Put(&object, "shortNameOfInstitution", organization.short_name());
    object["categories"] =
        ordered_json::array({{{"educationOrganizationCategoryDescriptor",
                               EdFiDescriptor("EducationOrganizationCategory", category)}}});
    if (organization.operational_state() != domain::v1::OPERATIONAL_STATE_UNSPECIFIED) {
      PutDescriptor(
          &object, "operationalStatusDescriptor", "OperationalStatus",
          organization.operational_state() == domain::v1::OPERATIONAL_STATE_CLOSED ? "Closed" : "Active");
    }
    if (!organization.parent().empty()) {
      const bool school = std::string_view(id) == "schoolId";
      ordered_json parent = OrganizationReference(organization.parent());
      if (school) {
        object["localEducationAgencyReference"] = {
            {"localEducationAgencyId", parent["educationOrganizationId"]}};
      } else if (std::string_view(id) == "organizationDepartmentId") {
        object["parentEducationOrganizationReference"] = std::move(parent);
      } else if (std::string_view(id) == "localEducationAgencyId") {
        object["parentLocalEducationAgencyReference"] = {
            {"localEducationAgencyId", parent["educationOrganizationId"]}};
      }
    }
    Add(resource, std::move(object));
  }

  void AddStaff(const HeldRecord<Staff>& record) {
    const Staff& staff = record.message;
    ordered_json object = {{"id", ApiId(record.id)},
                           {"staffUniqueId", staff.staff_unique_id()},
                           {"firstName", staff.given_name()},
                           {"lastSurname", staff.family_name()}};
    Put(&object, "middleName", staff.middle_name());
    Put(&object, "preferredFirstName", staff.preferred_name());
    if (staff.has_prior_experience_years()) {
      object["yearsOfPriorProfessionalExperience"] = staff.prior_experience_years();
    }
    if (!staff.email().empty()) {
      object["electronicMails"] = ordered_json::array(
          {{{"electronicMailAddress", staff.email()},
            {"electronicMailTypeDescriptor", EdFiDescriptor("ElectronicMailType", "Work")}}});
    }
    Add("staffs", std::move(object));
  }

  void AddAssignment(const HeldRecord<Assignment>& record) {
    const Assignment& assignment = record.message;
    ordered_json object = {
        {"id", ApiId(record.id)},
        {"staffReference", StaffReference(assignment.staff())},
        {"educationOrganizationReference", OrganizationReference(assignment.organization())},
        {"beginDate", assignment.begin_date()}};
    Put(&object, "endDate", assignment.end_date());
    PutDescriptor(&object, "staffClassificationDescriptor", "StaffClassification",
                  EdFiOf(assignment.classification()));
    Put(&object, "positionTitle", assignment.position_title());
    if (assignment.has_full_time_equivalency())
      object["fullTimeEquivalency"] = assignment.full_time_equivalency();
    Add("staffEducationOrganizationAssignmentAssociations", std::move(object));
  }

  void AddEmployment(const HeldRecord<Employment>& record) {
    const Employment& employment = record.message;
    ordered_json object = {
        {"id", ApiId(record.id)},
        {"staffReference", StaffReference(employment.staff())},
        {"educationOrganizationReference", OrganizationReference(employment.organization())},
        {"hireDate", employment.hire_date()}};
    Put(&object, "endDate", employment.end_date());
    const std::string_view state = EdFiOf(employment.state());
    PutDescriptor(&object, "employmentStatusDescriptor", "EmploymentStatus", state.empty() ? "Other" : state);
    PutDescriptor(&object, "separationDescriptor", "Separation", EdFiOf(employment.separation()));
    PutDescriptor(&object, "separationReasonDescriptor", "SeparationReason",
                  EdFiOf(employment.separation_reason()));
    if (employment.has_full_time_equivalency())
      object["fullTimeEquivalency"] = employment.full_time_equivalency();
    Add("staffEducationOrganizationEmploymentAssociations", std::move(object));
  }

  std::string NamespaceOf(const std::string& own) const { return own.starts_with("uri://") ? own : ns_; }

  void AddSurvey(const HeldRecord<Survey>& record) {
    const Survey& survey = record.message;
    const ordered_json reference = {{"namespace", NamespaceOf(survey.source())},
                                    {"surveyIdentifier", survey.code()}};
    ordered_json object = {{"id", ApiId(record.id)}};
    object.update(reference);
    object["surveyTitle"] = survey.title();
    Add("surveys", std::move(object));
    std::map<std::string, std::string> titles;
    std::vector<const domain::v1::Section*> sections;
    for (const auto& section : survey.sections()) sections.push_back(&section);
    std::stable_sort(sections.begin(), sections.end(),
                     [](const auto* a, const auto* b) { return a->sort_order() < b->sort_order(); });
    for (const auto* section : sections) {
      titles[section->code()] = section->title();
      Add("surveySections", {{"surveyReference", reference}, {"surveySectionTitle", section->title()}});
    }
    std::vector<const Question*> questions;
    for (const Question& question : survey.questions()) {
      if (!question.retired() && question.form() != domain::v1::QUESTION_FORM_NOTE)
        questions.push_back(&question);
    }
    std::stable_sort(questions.begin(), questions.end(), [](const Question* a, const Question* b) {
      return std::pair(a->sort_order(), a->slot()) < std::pair(b->sort_order(), b->slot());
    });
    for (const Question* question : questions) AddQuestion(*question, reference, titles);
  }

  void AddQuestion(const Question& question, const ordered_json& survey,
                   const std::map<std::string, std::string>& titles) {
    const std::string_view form = EdFiOf(question.form());
    ordered_json object = {
        {"questionCode", question.code()},
        {"surveyReference", survey},
        {"questionFormDescriptor", EdFiDescriptor("QuestionForm", form.empty() ? "Textbox" : form)},
        {"questionText", question.text()}};
    if (const auto title = titles.find(question.section()); title != titles.end()) {
      object["surveySectionReference"] = survey;
      object["surveySectionReference"]["surveySectionTitle"] = title->second;
    }
    ordered_json choices = ordered_json::array();
    for (const auto& choice : question.choices()) {
      ordered_json one = {{"sortOrder", choices.size() + 1}};
      // Of several at once none scores, and a fraction has no place there.
      const bool scores = question.form() == domain::v1::QUESTION_FORM_SINGLE_CHOICE &&
                          !choice.not_scored() && choice.value() == std::round(choice.value());
      if (scores) one["numericValue"] = static_cast<int64_t>(choice.value());
      one["textValue"] = choice.text().empty() ? fmt::format("{}", choice.value()) : choice.text();
      choices.push_back(std::move(one));
    }
    if (!choices.empty()) object["responseChoices"] = std::move(choices);
    Add("surveyQuestions", std::move(object));
  }

  // Namespace and title of an event: those it came with, else ours.
  std::pair<std::string, std::string> EventName(const Activity& activity) const {
    const size_t cut = activity.external_id().find('#');
    if (activity.external_id().starts_with("uri://") && cut != std::string::npos) {
      return {activity.external_id().substr(0, cut), activity.external_id().substr(cut + 1)};
    }
    return {ns_, activity.title()};
  }

  void AddEvent(const HeldRecord<Activity>& record) {
    const Activity& activity = record.message;
    const auto [ns, title] = EventName(activity);
    ordered_json object = {
        {"id", ApiId(record.id)}, {"namespace", ns}, {"professionalDevelopmentTitle", title}};
    const char* by = activity.approach() == domain::v1::ACTIVITY_APPROACH_PROVIDER_PROGRAM
                         ? "External provider"
                         : "District";
    object["professionalDevelopmentOfferedBies"] =
        ordered_json::array({{{"professionalDevelopmentOfferedByDescriptor",
                               "uri://tpdm.ed-fi.org/ProfessionalDevelopmentOfferedByDescriptor#" +
                                   (activity.provider().empty() ? std::string(by) : activity.provider())}}});
    object["required"] = activity.requirement() == domain::v1::ACTIVITY_REQUIREMENT_MANDATORY;
    if (activity.has_hours()) object["totalHours"] = static_cast<int64_t>(std::lround(activity.hours()));
    Put(&object, "professionalDevelopmentReason", activity.rationale());
    Add("professionalDevelopmentEvents", std::move(object));
  }

  void AddAttendance(const HeldRecord<Participation>& record) {
    const Participation& participation = record.message;
    const std::string_view category = EdFiOf(participation.state());
    const auto activity = activity_.find(participation.activity());
    if (category.empty() || activity == activity_.end() || !participation.copied_from().empty() ||
        participation.date().empty()) {
      ++not_events_;
      return;
    }
    const auto [ns, title] = EventName(*activity->second);
    ordered_json object = {
        {"id", ApiId(record.id)},
        {"attendanceDate", participation.date()},
        {"personReference",
         {{"personId", StaffReference(participation.staff())["staffUniqueId"]},
          {"sourceSystemDescriptor", EdFiDescriptor("SourceSystem", "District")}}},
        {"professionalDevelopmentEventReference",
         {{"namespace", ns}, {"professionalDevelopmentTitle", title}}},
        {"attendanceEventCategoryDescriptor", EdFiDescriptor("AttendanceEventCategory", category)}};
    Add("professionalDevelopmentEventAttendances", std::move(object));
  }

  const EdFiSource& source_;
  const std::string ns_;
  std::map<std::string, std::string> organization_;  // id or identifier -> identifier
  std::map<std::string, std::string> staff_;
  std::map<std::string, const Activity*> activity_;
  std::map<std::string, ordered_json> resources_;
  int64_t not_numbers_ = 0;
  int64_t not_events_ = 0;
};

}  // namespace

EdFiFiles WriteEdFi(const EdFiSource& source, const std::string& ns) { return Writer(source, ns).Write(); }

}  // namespace trellis
