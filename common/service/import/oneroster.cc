#include "common/service/import/oneroster.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/status/status.h"
#include "trellis/domain/v1/assignment.pb.h"
#include "trellis/domain/v1/organization.pb.h"
#include "trellis/domain/v1/staff.pb.h"

namespace trellis {
namespace {

using domain::v1::Assignment;
using domain::v1::EducationOrganization;
using domain::v1::Staff;

constexpr std::string_view kOrgsRequired[] = {"sourcedId", "name", "type"};
constexpr std::string_view kOrgsKnown[] = {"sourcedId", "status",     "dateLastModified", "name",
                                           "type",      "identifier", "parentSourcedId"};
constexpr std::string_view kUsersRequired[] = {"sourcedId", "orgSourcedIds", "role", "givenName",
                                               "familyName"};
constexpr std::string_view kUsersKnown[] = {
    "sourcedId", "status",          "dateLastModified", "enabledUser", "orgSourcedIds", "role",  "username",
    "userIds",   "givenName",       "familyName",       "middleName",  "identifier",    "email", "sms",
    "phone",     "agentSourcedIds", "grades",           "password"};

bool IsOneOf(std::string_view name, const std::string_view* begin, const std::string_view* end) {
  const std::string lower = LowerAscii(name);
  return std::any_of(begin, end, [&](std::string_view known) { return LowerAscii(known) == lower; });
}

template <size_t kRequired, size_t kKnown>
absl::Status CheckHeader(const Table& table, const std::string_view (&required)[kRequired],
                         const std::string_view (&known)[kKnown], ImportPlan* plan) {
  if (!table.Find("sourcedId")) {
    return absl::InvalidArgumentError(
        fmt::format("{}: this is not a OneRoster file: its first line must be a header beginning with "
                    "sourcedId, but it begins with \"{}\". A bare list of names cannot be imported",
                    table.file(), table.columns().empty() ? "" : table.columns().front()));
  }
  for (const std::string_view column : required) {
    if (table.Find(column)) continue;
    const bool newer = column == "role" || column == "orgSourcedIds";
    return absl::InvalidArgumentError(fmt::format(
        "{}: no column {}{}", table.file(), column,
        newer ? "; OneRoster 1.2 files, which have roles.csv for it, are not read yet: export as 1.1" : ""));
  }
  for (const std::string& column : table.columns()) {
    if (!IsOneOf(column, std::begin(known), std::end(known))) plan->ignored_columns.push_back(column);
  }
  return absl::OkStatus();
}

// A row's cells by column name; a column that is not there is empty.
class Cells {
 public:
  Cells(const Table& table, const Table::Row& row) : table_(table), row_(row) {}
  const std::string& operator[](std::string_view column) const {
    static const auto* const nothing = new std::string;
    const std::optional<size_t> index = table_.Find(column);
    return index ? row_.cells[*index] : *nothing;
  }

 private:
  const Table& table_;
  const Table::Row& row_;
};

domain::v1::OrganizationCategory CategoryOf(std::string_view type) {
  const std::string lower = LowerAscii(type);
  if (lower == "school") return domain::v1::ORGANIZATION_CATEGORY_SCHOOL;
  if (lower == "district") return domain::v1::ORGANIZATION_CATEGORY_LOCAL_EDUCATION_AGENCY;
  if (lower == "local") return domain::v1::ORGANIZATION_CATEGORY_EDUCATION_SERVICE_CENTER;
  if (lower == "state") return domain::v1::ORGANIZATION_CATEGORY_STATE_EDUCATION_AGENCY;
  if (lower == "department") return domain::v1::ORGANIZATION_CATEGORY_DEPARTMENT;
  return domain::v1::ORGANIZATION_CATEGORY_UNSPECIFIED;
}

// Nullopt: nobody who works here (student, parent, guardian, relative) or an unknown role.
std::optional<domain::v1::StaffClassification> ClassificationOf(std::string_view role) {
  const std::string lower = LowerAscii(role);
  if (lower == "teacher") return domain::v1::STAFF_CLASSIFICATION_TEACHER;
  if (lower == "aide") return domain::v1::STAFF_CLASSIFICATION_PARAEDUCATOR;
  if (lower == "administrator") return domain::v1::STAFF_CLASSIFICATION_SCHOOL_ADMINISTRATOR;
  if (lower == "proctor") return domain::v1::STAFF_CLASSIFICATION_SUPPORT_STAFF;
  return std::nullopt;
}

bool IsPassedOver(std::string_view role) {
  const std::string lower = LowerAscii(role);
  return lower == "student" || lower == "parent" || lower == "guardian" || lower == "relative";
}

// What users.csv calls an organization, and what it is called here.
using IdentifierBySourcedId = std::map<std::string, std::string>;

IdentifierBySourcedId ReadIdentifiers(const Table& orgs) {
  IdentifierBySourcedId identifiers;
  for (const Table::Row& row : orgs.rows()) {
    const Cells cells(orgs, row);
    identifiers[cells["sourcedId"]] = cells["identifier"].empty() ? cells["sourcedId"] : cells["identifier"];
  }
  return identifiers;
}

void PlanOrganization(const Table& orgs, const Table::Row& row, const IdentifierBySourcedId& identifiers,
                      ImportPlan* plan) {
  const Cells cells(orgs, row);
  EducationOrganization organization;
  organization.set_identifier(identifiers.at(cells["sourcedId"]));
  organization.set_name(cells["name"]);
  organization.set_external_id(cells["sourcedId"]);
  organization.set_category(CategoryOf(cells["type"]));
  if (LowerAscii(cells["status"]) == "tobedeleted") {
    organization.set_operational_state(domain::v1::OPERATIONAL_STATE_CLOSED);
  }
  if (const std::string& parent = cells["parentSourcedId"]; !parent.empty()) {
    const auto known = identifiers.find(parent);
    if (known != identifiers.end()) {
      organization.set_parent(known->second);
    } else {
      plan->notes.push_back(fmt::format("{} line {}: the parent {} is not in the file; left out", orgs.file(),
                                        row.line, parent));
    }
  }
  PlannedRecord record;
  record.file = orgs.file();
  record.line = row.line;
  record.kind = "EducationOrganization";
  record.scope = ScopeName{}.ToString();
  record.code = organization.identifier();
  record.identity = cells["sourcedId"];
  record.data = organization.SerializeAsString();
  record.update_known = true;
  plan->records.push_back(std::move(record));
}

std::vector<std::string> SplitList(std::string_view cell) {
  std::vector<std::string> values;
  while (!cell.empty()) {
    const size_t end = std::min(cell.find(','), cell.size());
    if (const std::string_view one = TrimBlanks(cell.substr(0, end)); !one.empty()) values.emplace_back(one);
    cell.remove_prefix(std::min(end + 1, cell.size()));
  }
  return values;
}

PlannedRecord PlanStaff(const Table& users, const Table::Row& row, const ImportLookup::Organization& home) {
  const Cells cells(users, row);
  Staff staff;
  staff.set_staff_unique_id(cells["identifier"].empty() ? cells["sourcedId"] : cells["identifier"]);
  staff.set_given_name(cells["givenName"]);
  staff.set_family_name(cells["familyName"]);
  staff.set_middle_name(cells["middleName"]);
  staff.set_email(cells["email"]);
  staff.set_organization(home.identifier);
  staff.set_external_id(cells["sourcedId"]);
  staff.set_state(LowerAscii(cells["status"]) == "tobedeleted" ? domain::v1::STAFF_STATE_LEFT
                                                               : domain::v1::STAFF_STATE_ACTIVE);
  PlannedRecord record;
  record.file = users.file();
  record.line = row.line;
  record.kind = "Staff";
  record.scope = home.site;
  record.code = staff.staff_unique_id();
  record.identity = cells["sourcedId"];
  record.data = staff.SerializeAsString();
  record.update_known = true;
  return record;
}

PlannedRecord PlanAssignment(const Table& users, const Table::Row& row, const PlannedRecord& staff,
                             const ImportLookup::Organization& organization,
                             const OneRosterOptions& options) {
  const Cells cells(users, row);
  Assignment assignment;
  assignment.set_staff(staff.code);
  assignment.set_organization(organization.identifier);
  assignment.set_classification(*ClassificationOf(cells["role"]));
  assignment.set_external_id(fmt::format("{}/{}", cells["sourcedId"], organization.identifier));
  if (organization.site != staff.scope) {
    assignment.set_staff_name(fmt::format("{} {}", cells["givenName"], cells["familyName"]));
  }
  Assignment if_new;
  if_new.set_begin_date(options.begin_date);
  PlannedRecord record;
  record.file = users.file();
  record.line = row.line;
  record.kind = "Assignment";
  record.scope = organization.site;
  record.identity = fmt::format("oneroster:{}", assignment.external_id());
  record.data = assignment.SerializeAsString();
  record.data_if_new = if_new.SerializeAsString();
  record.update_known = true;
  return record;
}

absl::StatusOr<std::vector<ImportLookup::Organization>> OrganizationsOf(
    const Cells& cells, const IdentifierBySourcedId& identifiers, const ImportLookup& lookup) {
  std::vector<ImportLookup::Organization> found;
  for (const std::string& sourced_id : SplitList(cells["orgSourcedIds"])) {
    const auto known = identifiers.find(sourced_id);
    absl::StatusOr<ImportLookup::Organization> organization =
        lookup.FindOrganization(known == identifiers.end() ? sourced_id : known->second);
    if (!organization.ok()) return organization.status();
    if (organization->site.empty()) {
      return absl::InvalidArgumentError(fmt::format(
          "the organization {} has no site yet; add it with: trellis sites add NAME --identifier {}",
          organization->identifier, organization->identifier));
    }
    found.push_back(*std::move(organization));
  }
  if (found.empty()) return absl::InvalidArgumentError("no organization");
  return found;
}

void PlanUser(const Table& users, const Table::Row& row, const IdentifierBySourcedId& identifiers,
              const OneRosterOptions& options, const ImportLookup& lookup, ImportPlan* plan) {
  const Cells cells(users, row);
  if (IsPassedOver(cells["role"])) {
    ++plan->passed_over;
    return;
  }
  if (!ClassificationOf(cells["role"])) {
    plan->errors.push_back(
        {users.file(), row.line, "role",
         fmt::format("\"{}\" is not one of administrator, aide, proctor, teacher, student, "
                     "parent, guardian, relative",
                     cells["role"])});
    return;
  }
  absl::StatusOr<std::vector<ImportLookup::Organization>> organizations =
      OrganizationsOf(cells, identifiers, lookup);
  if (!organizations.ok()) {
    plan->errors.push_back(
        {users.file(), row.line, "orgSourcedIds", std::string(organizations.status().message())});
    return;
  }
  PlannedRecord staff = PlanStaff(users, row, organizations->front());
  std::vector<PlannedRecord> assignments;
  for (const ImportLookup::Organization& organization : *organizations) {
    assignments.push_back(PlanAssignment(users, row, staff, organization, options));
  }
  plan->records.push_back(std::move(staff));
  std::move(assignments.begin(), assignments.end(), std::back_inserter(plan->records));
}

}  // namespace

absl::StatusOr<ImportPlan> PlanOneRoster(const Table* orgs, const Table* users,
                                         const OneRosterOptions& options, const ImportLookup& lookup) {
  ImportPlan plan;
  IdentifierBySourcedId identifiers;
  if (orgs != nullptr) {
    if (absl::Status status = CheckHeader(*orgs, kOrgsRequired, kOrgsKnown, &plan); !status.ok())
      return status;
    plan.rows += orgs->row_count();
    plan.errors = orgs->row_errors();
    identifiers = ReadIdentifiers(*orgs);
    if (options.write_organizations) {
      for (const Table::Row& row : orgs->rows()) PlanOrganization(*orgs, row, identifiers, &plan);
    }
  }
  if (users != nullptr) {
    if (absl::Status status = CheckHeader(*users, kUsersRequired, kUsersKnown, &plan); !status.ok())
      return status;
    plan.rows += users->row_count();
    plan.errors.insert(plan.errors.end(), users->row_errors().begin(), users->row_errors().end());
    for (const Table::Row& row : users->rows()) PlanUser(*users, row, identifiers, options, lookup, &plan);
  }
  if (plan.passed_over > 0) {
    plan.notes.push_back(
        fmt::format("{} rows of pupils, parents and guardians were passed over: Trellis keeps "
                    "records of adults at work",
                    plan.passed_over));
  }
  return plan;
}

}  // namespace trellis
