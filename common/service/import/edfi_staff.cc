#include "common/service/import/edfi_staff.h"

#include <fmt/format.h>

#include <charconv>

#include "common/interchange/edfi_codes.h"
#include "common/service/import/day_text.h"
#include "trellis/domain/v1/assignment.pb.h"
#include "trellis/domain/v1/organization.pb.h"
#include "trellis/domain/v1/staff.pb.h"

namespace trellis {
namespace {

using domain::v1::Assignment;
using domain::v1::EducationOrganization;
using domain::v1::Employment;
using domain::v1::Staff;

constexpr char kAssignmentType[] = "staffeducationorganizationassignmentassociation";
constexpr char kEmploymentType[] = "staffeducationorganizationemploymentassociation";

struct OrganizationType {
  std::string_view type;
  const char* id;
  domain::v1::OrganizationCategory category;
};
constexpr OrganizationType kOrganizations[] = {
    {"school", "schoolId", domain::v1::ORGANIZATION_CATEGORY_SCHOOL},
    {"localeducationagency", "localEducationAgencyId",
     domain::v1::ORGANIZATION_CATEGORY_LOCAL_EDUCATION_AGENCY},
    {"educationservicecenter", "educationServiceCenterId",
     domain::v1::ORGANIZATION_CATEGORY_EDUCATION_SERVICE_CENTER},
    {"stateeducationagency", "stateEducationAgencyId",
     domain::v1::ORGANIZATION_CATEGORY_STATE_EDUCATION_AGENCY},
    {"organizationdepartment", "organizationDepartmentId", domain::v1::ORGANIZATION_CATEGORY_DEPARTMENT},
};

std::optional<double> Number(const std::string& text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() ? std::optional(value)
                                                                         : std::nullopt;
}

std::string OrganizationOf(const EdFiResource& resource) {
  return resource.TextIn("educationOrganizationReference", "educationOrganizationId");
}

class People {
 public:
  People(const std::vector<EdFiResource>& resources, const EdFiOptions& options, const ImportLookup& lookup,
         ImportPlan* plan)
      : resources_(resources), options_(options), lookup_(lookup), plan_(plan) {}

  void Plan() {
    FindHomes();
    for (const EdFiResource& resource : resources_) {
      if (resource.type == "staff") PlanStaff(resource);
    }
    for (const EdFiResource& resource : resources_) {
      if (resource.type == kAssignmentType) PlanAssignment(resource);
      if (resource.type == kEmploymentType) PlanEmployment(resource);
    }
  }

 private:
  void Error(const EdFiResource& resource, std::string column, std::string message) {
    plan_->errors.push_back({resource.file, resource.line, std::move(column), std::move(message)});
  }

  // An assignment that lasts before one that ended, the lower order before the higher, an assignment before
  // an employment.
  void FindHomes() {
    std::map<std::string, std::pair<int, double>> rank;
    for (const EdFiResource& resource : resources_) {
      const bool assignment = resource.type == kAssignmentType;
      if (!assignment && resource.type != kEmploymentType) continue;
      const bool ended = !resource.Text("endDate").empty();
      const std::pair<int, double> here = {(assignment ? 0 : 2) + (ended ? 1 : 0),
                                           Number(resource.Text("orderOfAssignment")).value_or(0)};
      const std::string staff = resource.Text("staffUniqueId");
      const auto [place, added] = rank.emplace(staff, here);
      if (!added && !(here < place->second)) continue;
      place->second = here;
      home_[staff] = OrganizationOf(resource);
    }
  }

  absl::StatusOr<ImportLookup::Organization> SiteOf(const std::string& organization) const {
    absl::StatusOr<ImportLookup::Organization> found = lookup_.FindOrganization(organization);
    if (!found.ok()) return found.status();
    if (found->site.empty()) {
      return absl::InvalidArgumentError(fmt::format(
          "the organization {} has no site yet; add it with: trellis sites add NAME --identifier {}",
          organization, organization));
    }
    return found;
  }

  absl::StatusOr<ImportLookup::Organization> HomeOf(const std::string& staff) const {
    if (const auto home = home_.find(staff); home != home_.end()) return SiteOf(home->second);
    const absl::StatusOr<ImportLookup::Person> known = lookup_.FindPerson(staff);
    if (known.ok()) return ImportLookup::Organization{known->organization, known->site};
    if (!lookup_.own_site().empty()) return SiteOf(lookup_.own_site());
    return absl::InvalidArgumentError(fmt::format(
        "nothing says where {} works: send staffEducationOrganizationAssignmentAssociations too", staff));
  }

  void PlanStaff(const EdFiResource& resource) {
    Staff staff;
    staff.set_staff_unique_id(resource.Text("staffUniqueId"));
    if (staff.staff_unique_id().empty()) return Error(resource, "staffUniqueId", "is missing");
    const auto home = HomeOf(staff.staff_unique_id());
    if (!home.ok()) return Error(resource, "staffUniqueId", std::string(home.status().message()));
    staff.set_given_name(resource.Text("firstName"));
    staff.set_family_name(resource.Text("lastSurname"));
    staff.set_middle_name(resource.Text("middleName"));
    staff.set_preferred_name(resource.Text("preferredFirstName"));
    staff.set_organization(home->identifier);
    staff.set_state(domain::v1::STAFF_STATE_ACTIVE);
    for (const EdFiResource& mail : resource.Items("electronicMail", "electronicMails")) {
      const bool work = LowerAscii(EdFiCodeValue(mail.Text("electronicMailType"))) == "work";
      if (staff.email().empty() || work) staff.set_email(mail.Text("electronicMailAddress"));
    }
    if (const auto years = Number(resource.Text("yearsOfPriorProfessionalExperience"))) {
      staff.set_prior_experience_years(*years);
    }
    PlannedRecord record = EdFiRecord(resource, "Staff", home->site, staff.staff_unique_id());
    record.code = staff.staff_unique_id();
    record.data = staff.SerializeAsString();
    names_[record.code] = {home->site, fmt::format("{} {}", staff.given_name(), staff.family_name())};
    plan_->records.push_back(std::move(record));
  }

  // What every association has: who, where. Errors are told.
  std::optional<ImportLookup::Organization> PlaceOf(const EdFiResource& resource) {
    if (resource.Text("staffUniqueId").empty()) Error(resource, "staffReference", "names nobody");
    const auto organization = SiteOf(OrganizationOf(resource));
    if (organization.ok() && !resource.Text("staffUniqueId").empty()) return *organization;
    if (!organization.ok()) {
      Error(resource, "educationOrganizationReference", std::string(organization.status().message()));
    }
    return std::nullopt;
  }

  std::optional<std::string> Day(const EdFiResource& resource, const char* name) {
    const std::string text = resource.Text(name);
    if (text.empty()) return "";
    std::optional<std::string> day = ReadDay(text);
    if (!day) Error(resource, name, fmt::format("\"{}\" is no day such as 2026-08-17", text));
    return day;
  }

  void PlanAssignment(const EdFiResource& resource) {
    const auto place = PlaceOf(resource);
    if (!place) return;
    const std::string said = resource.Text("staffClassification");
    const auto classification = ClassificationOfEdFi(said);
    if (!classification) {
      return Error(resource, "staffClassificationDescriptor",
                   fmt::format("\"{}\" is no classification known here, such as Teacher, Instructional Aide, "
                               "School Administrator, Support Services Staff",
                               said));
    }
    const auto begin = Day(resource, "beginDate"), end = Day(resource, "endDate");
    if (!begin || !end) return;
    Assignment assignment;
    assignment.set_staff(resource.Text("staffUniqueId"));
    assignment.set_organization(place->identifier);
    assignment.set_classification(*classification);
    assignment.set_position_title(resource.Text("positionTitle"));
    assignment.set_begin_date(begin->empty() ? options_.begin_date : *begin);
    assignment.set_end_date(*end);
    if (const auto fte = Number(resource.Text("fullTimeEquivalency")))
      assignment.set_full_time_equivalency(*fte);
    if (const auto name = names_.find(assignment.staff());
        name != names_.end() && name->second.first != place->site) {
      assignment.set_staff_name(name->second.second);
    }
    PlannedRecord record = EdFiRecord(resource, "Assignment", place->site,
                                      fmt::format("{}/{}/{}/{}", assignment.staff(), place->identifier,
                                                  static_cast<int>(*classification), *begin));
    record.data = assignment.SerializeAsString();
    plan_->records.push_back(std::move(record));
  }

  void PlanEmployment(const EdFiResource& resource) {
    const auto place = PlaceOf(resource);
    if (!place) return;
    const auto hire = Day(resource, "hireDate"), end = Day(resource, "endDate");
    if (!hire || !end) return;
    Employment employment;
    employment.set_staff(resource.Text("staffUniqueId"));
    employment.set_organization(place->identifier);
    const std::string state = resource.Text("employmentStatus");
    if (const auto known = EmploymentOfEdFi(state)) employment.set_state(*known);
    if (!state.empty() && employment.state() == domain::v1::EMPLOYMENT_STATE_UNSPECIFIED) {
      plan_->notes.push_back(
          fmt::format("{} line {}: the employment status \"{}\" is none known here; left open", resource.file,
                      resource.line, state));
    }
    employment.set_hire_date(*hire);
    employment.set_end_date(*end);
    if (const auto known = SeparationOfEdFi(resource.Text("separation"))) employment.set_separation(*known);
    if (const auto known = SeparationReasonOfEdFi(resource.Text("separationReason"))) {
      employment.set_separation_reason(*known);
    }
    if (const auto fte = Number(resource.Text("fullTimeEquivalency")))
      employment.set_full_time_equivalency(*fte);
    PlannedRecord record = EdFiRecord(resource, "Employment", place->site,
                                      fmt::format("{}/{}/{}", employment.staff(), place->identifier, *hire));
    record.data = employment.SerializeAsString();
    plan_->records.push_back(std::move(record));
  }

  const std::vector<EdFiResource>& resources_;
  const EdFiOptions& options_;
  const ImportLookup& lookup_;
  ImportPlan* plan_;
  std::map<std::string, std::string> home_;                           // staff -> organization
  std::map<std::string, std::pair<std::string, std::string>> names_;  // staff -> home site, name
};

}  // namespace

PlannedRecord EdFiRecord(const EdFiResource& resource, const char* kind, const std::string& scope,
                         const std::string& identity) {
  PlannedRecord record;
  record.file = resource.file;
  record.line = resource.line;
  record.kind = kind;
  record.scope = scope;
  record.identity = "edfi:" + identity;
  record.update_known = true;
  // The API writes ids as 32 hex digits.
  const auto own = resource.value.find("id");
  if (own == resource.value.end() || !own->is_string()) return record;
  std::string id = own->get<std::string>();
  if (id.size() == 32) {
    for (const size_t at : {8, 13, 18, 23}) id.insert(at, "-");
  }
  record.id = RecordId::Parse(id);
  return record;
}

void PlanEdFiOrganizations(const std::vector<EdFiResource>& resources, ImportPlan* plan) {
  for (const EdFiResource& resource : resources) {
    for (const OrganizationType& type : kOrganizations) {
      if (resource.type != type.type) continue;
      EducationOrganization organization;
      organization.set_identifier(resource.Text(type.id));
      organization.set_name(resource.Text("nameOfInstitution"));
      organization.set_short_name(resource.Text("shortNameOfInstitution"));
      organization.set_category(type.category);
      std::string parent = resource.TextIn("localEducationAgencyReference", "localEducationAgencyId");
      for (const char* member :
           {"parentEducationOrganizationReference", "parentLocalEducationAgencyReference"}) {
        if (parent.empty()) parent = resource.TextIn(member, "educationOrganizationId");
        if (parent.empty()) parent = resource.TextIn(member, "localEducationAgencyId");
      }
      organization.set_parent(parent);
      const std::string status = LowerAscii(EdFiCodeValue(resource.Text("operationalStatus")));
      if (status == "closed" || status == "inactive") {
        organization.set_operational_state(domain::v1::OPERATIONAL_STATE_CLOSED);
      } else if (!status.empty()) {
        organization.set_operational_state(domain::v1::OPERATIONAL_STATE_OPEN);
      }
      PlannedRecord record =
          EdFiRecord(resource, "EducationOrganization", ScopeName{}.ToString(), organization.identifier());
      record.code = organization.identifier();
      record.data = organization.SerializeAsString();
      plan->records.push_back(std::move(record));
    }
  }
}

void PlanEdFiStaff(const std::vector<EdFiResource>& resources, const EdFiOptions& options,
                   const ImportLookup& lookup, ImportPlan* plan) {
  People(resources, options, lookup, plan).Plan();
}

}  // namespace trellis
