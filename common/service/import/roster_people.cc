#include "common/service/import/roster_people.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "absl/status/status.h"
#include "common/interchange/oneroster_codes.h"
#include "common/service/import/day_text.h"
#include "trellis/domain/v1/assignment.pb.h"
#include "trellis/domain/v1/staff.pb.h"

namespace trellis {
namespace {

using domain::v1::Assignment;
using domain::v1::Staff;

// What one person does at one organization, from either version.
struct Role {
  const Table* table = nullptr;
  const Table::Row* row = nullptr;
  std::string sourced_id;  // of 1.2; empty in 1.1
  std::string org;
  std::string role;
  bool primary = false;
  bool gone = false;
  std::string begin_date;
  std::string end_date;
};

// A role that was found to be work here.
struct Post {
  const Role* role;
  ImportLookup::Organization organization;
};

std::vector<std::string> SplitList(std::string_view cell) {
  std::vector<std::string> values;
  while (!cell.empty()) {
    const size_t end = std::min(cell.find_first_of(",;|"), cell.size());
    if (const std::string_view one = TrimBlanks(cell.substr(0, end)); !one.empty()) values.emplace_back(one);
    cell.remove_prefix(std::min(end + 1, cell.size()));
  }
  return values;
}

class People {
 public:
  People(const RosterTables& tables, const OneRosterOptions& options, const RosterOrgs& orgs,
         const ImportLookup& lookup, ImportPlan* plan)
      : tables_(tables), options_(options), orgs_(orgs), lookup_(lookup), plan_(plan) {}

  absl::Status Plan() {
    if (absl::Status status = CheckColumns(); !status.ok()) return status;
    if (tables_.users) users_ = DistinctRows(*tables_.users, &plan_->errors, &plan_->notes);
    for (size_t i = 0; i < users_.size(); ++i) ids_.Add(RowCells(*tables_.users, *users_[i])["sourcedId"], i);
    if (tables_.roles) ReadRoles();
    for (size_t i = 0; i < users_.size(); ++i) PlanUser(*users_[i], RolesOf(i));
    CheckProfiles();
    return absl::OkStatus();
  }

 private:
  void Error(const Table& table, const Table::Row& row, std::string_view column, std::string message) {
    plan_->errors.push_back({table.file(), row.line, std::string(column), std::move(message)});
  }

  absl::Status CheckColumns() const {
    const auto need = [](const Table& table, std::initializer_list<const char*> columns) -> absl::Status {
      for (const char* column : columns) {
        if (!table.Find(column)) {
          return absl::InvalidArgumentError(fmt::format("{}: no column {}", table.file(), column));
        }
      }
      return absl::OkStatus();
    };
    if (tables_.roles) {
      absl::Status roles = need(*tables_.roles, {"userSourcedId", "role", "orgSourcedId"});
      if (!roles.ok()) return roles;
    }
    if (!tables_.users) return absl::OkStatus();
    absl::Status names = need(*tables_.users, {"givenName", "familyName"});
    if (!names.ok() || tables_.roles) return names;
    for (const char* column : {"role", "orgSourcedIds"}) {
      if (tables_.users->Find(column)) continue;
      return absl::InvalidArgumentError(
          fmt::format("{}: no column {}; OneRoster 1.2 has it in roles.csv, which is missing: send that too",
                      tables_.users->file(), column));
    }
    return absl::OkStatus();
  }

  // A date that cannot be read is an error of its row.
  std::string Day(const Table& table, const Table::Row& row, std::string_view column, bool* well) {
    const std::string& cell = RowCells(table, row)[column];
    if (cell.empty()) return "";
    const std::optional<std::string> day = ReadDay(cell);
    if (!day) {
      Error(table, row, column, fmt::format("\"{}\" is no day such as 2026-08-17", cell));
      *well = false;
    }
    return day.value_or("");
  }

  void ReadRoles() {
    const Table& table = *tables_.roles;
    for (const Table::Row* row : DistinctRows(table, &plan_->errors, &plan_->notes)) {
      const RowCells cells(table, *row);
      Role role{&table, row, cells["sourcedId"], cells["orgSourcedId"], cells["role"]};
      const std::string type = LowerAscii(cells["roleType"]);
      role.primary = type == "primary";
      if (!type.empty() && type != "primary" && type != "secondary") {
        plan_->notes.push_back(
            fmt::format("{} line {}: the roleType \"{}\" is not primary or secondary; taken as "
                        "secondary",
                        table.file(), row->line, cells["roleType"]));
      }
      role.gone = IsTakenAway(cells, table, row->line, plan_);
      bool well = true;
      role.begin_date = Day(table, *row, "beginDate", &well);
      role.end_date = Day(table, *row, "endDate", &well);
      if (role.gone && role.end_date.empty()) {
        role.end_date = ReadDay(cells["dateLastModified"]).value_or(options_.today);
      }
      if (!well || !KnownRole(role)) continue;
      const std::string& user = cells["userSourcedId"];
      if (const std::optional<size_t> index = ids_.Find(user)) {
        roles_[*index].push_back(std::move(role));
      } else {
        PlanRoleOfOther(role, user);
      }
    }
  }

  bool KnownRole(const Role& role) {
    if (ClassificationOfRole(role.role) || IsRoleWithoutWork(role.role)) return true;
    Error(*role.table, *role.row, "role", fmt::format("\"{}\" is not one of {}", role.role, kRosterRoles));
    return false;
  }

  // Of somebody the files do not hold: a delta tells only what changed.
  void PlanRoleOfOther(const Role& role, const std::string& user) {
    if (IsRoleWithoutWork(role.role)) {
      ++plan_->passed_over;
      return;
    }
    const absl::StatusOr<ImportLookup::Person> person = lookup_.FindPerson(user);
    if (!person.ok()) {
      Error(*role.table, *role.row, "userSourcedId",
            fmt::format("{} is not in users.csv and is nobody known here", user));
      return;
    }
    absl::StatusOr<ImportLookup::Organization> organization = orgs_.Find(role.org);
    if (!organization.ok()) {
      Error(*role.table, *role.row, "orgSourcedId", std::string(organization.status().message()));
      return;
    }
    std::set<std::string> told;
    PlanAssignment({&role, *std::move(organization)}, user, person->code, person->site, "", &told);
  }

  std::vector<Role> RolesOf(size_t user) {
    if (tables_.roles) return roles_[user];
    const Table& table = *tables_.users;
    const RowCells cells(table, *users_[user]);
    std::vector<Role> roles;
    for (const std::string& org : SplitList(cells["orgSourcedIds"])) {
      roles.push_back({&table, users_[user], "", org, cells["role"]});
      roles.back().primary = roles.size() == 1;
    }
    return roles;
  }

  void PlanUser(const Table::Row& row, const std::vector<Role>& roles) {
    const Table& table = *tables_.users;
    const RowCells cells(table, row);
    const bool in_users = !tables_.roles;
    if (in_users && IsRoleWithoutWork(cells["role"])) {
      ++plan_->passed_over;
      return;
    }
    const bool gone = IsTakenAway(cells, table, row.line, plan_);
    if (in_users && !(gone && cells["role"].empty()) &&
        !KnownRole({.table = &table, .row = &row, .role = cells["role"]})) {
      return;
    }
    std::vector<Post> posts;
    if (!FindPosts(roles, &posts)) return;
    const bool other_people = !roles.empty() && std::all_of(roles.begin(), roles.end(), [](const Role& role) {
      return IsRoleWithoutWork(role.role);
    });
    if (other_people) {
      ++plan_->passed_over;
      return;
    }
    const absl::StatusOr<ImportLookup::Person> known = lookup_.FindPerson(cells["sourcedId"]);
    std::optional<ImportLookup::Organization> home = HomeOf(cells, posts);
    if (!home && known.ok()) home = ImportLookup::Organization{known->organization, known->site};
    if (!home && tables_.roles && !gone) {
      ++without_role_;
      ++plan_->passed_over;
      return;
    }
    if (!home) {
      if (!gone) Error(table, row, "orgSourcedIds", "no organization");
      return;
    }
    const std::string code = CodeOf(cells, table, row, known);
    PlanStaff(table, row, *home, code, gone);
    std::set<std::string> told;
    for (const Post& post : posts) {
      PlanAssignment(post, cells["sourcedId"], code, home->site,
                     fmt::format("{} {}", cells["givenName"], cells["familyName"]), &told);
    }
  }

  bool FindPosts(const std::vector<Role>& roles, std::vector<Post>* posts) {
    bool well = true;
    for (const Role& role : roles) {
      if (!ClassificationOfRole(role.role)) continue;
      absl::StatusOr<ImportLookup::Organization> organization = orgs_.Find(role.org);
      if (organization.ok()) {
        posts->push_back({&role, *std::move(organization)});
      } else {
        Error(*role.table, *role.row, tables_.roles ? "orgSourcedId" : "orgSourcedIds",
              std::string(organization.status().message()));
        well = false;
      }
    }
    return well;
  }

  // Where the person is at home: as the row says, else at the primary role, else at the first.
  std::optional<ImportLookup::Organization> HomeOf(const RowCells& cells,
                                                   const std::vector<Post>& posts) const {
    if (const std::string& said = cells["primaryOrgSourcedId"]; !said.empty()) {
      const absl::StatusOr<ImportLookup::Organization> home = orgs_.Find(said);
      if (home.ok()) return *home;
    }
    for (const Post& post : posts) {
      if (post.role->primary && !post.role->gone) return post.organization;
    }
    if (posts.empty()) return std::nullopt;
    return posts.front().organization;
  }

  // A number that differs from the known one in leading zeros only is the known one.
  std::string CodeOf(const RowCells& cells, const Table& table, const Table::Row& row,
                     const absl::StatusOr<ImportLookup::Person>& known) {
    const std::string& given = cells["identifier"];
    if (given.empty()) return known.ok() ? known->code : cells["sourcedId"];
    if (known.ok() && known->code != given &&
        SourcedIds::WithoutZeros(known->code) == SourcedIds::WithoutZeros(given)) {
      plan_->notes.push_back(fmt::format("{} line {}: {} was taken as {}, whose leading zeros were lost",
                                         table.file(), row.line, given, known->code));
      return known->code;
    }
    return given;
  }

  void PlanStaff(const Table& table, const Table::Row& row, const ImportLookup::Organization& home,
                 const std::string& code, bool gone) {
    const RowCells cells(table, row);
    Staff staff;
    staff.set_staff_unique_id(code);
    staff.set_given_name(cells["givenName"]);
    staff.set_family_name(cells["familyName"]);
    staff.set_middle_name(cells["middleName"]);
    staff.set_preferred_name(cells["preferredGivenName"]);
    staff.set_email(cells["email"]);
    staff.set_organization(home.identifier);
    staff.set_external_id(cells["sourcedId"]);
    staff.set_state(gone ? domain::v1::STAFF_STATE_LEFT : domain::v1::STAFF_STATE_ACTIVE);
    PlannedRecord record;
    record.file = table.file();
    record.line = row.line;
    record.kind = "Staff";
    record.scope = home.site;
    record.code = code;
    record.identity = cells["sourcedId"];
    record.data = staff.SerializeAsString();
    record.update_known = true;
    // Taken away with no more than its id: nothing to make of it where it is not known.
    record.only_if_known = gone && cells["familyName"].empty();
    plan_->records.push_back(std::move(record));
  }

  // `told`: organizations this person has had an assignment of, by both versions called so.
  void PlanAssignment(const Post& post, const std::string& user, const std::string& code,
                      const std::string& home_site, const std::string& name, std::set<std::string>* told) {
    const Role& role = *post.role;
    const std::string plain = fmt::format("{}/{}", user, post.organization.identifier);
    const bool first = told->insert(post.organization.identifier).second;
    Assignment assignment;
    assignment.set_staff(code);
    assignment.set_organization(post.organization.identifier);
    assignment.set_classification(*ClassificationOfRole(role.role));
    assignment.set_external_id(role.sourced_id.empty() ? plain : role.sourced_id);
    assignment.set_begin_date(role.begin_date);
    assignment.set_end_date(role.end_date);
    if (post.organization.site != home_site && !name.empty()) assignment.set_staff_name(name);
    PlannedRecord record;
    if (role.begin_date.empty()) {
      Assignment if_new;
      if_new.set_begin_date(options_.begin_date);
      record.data_if_new = if_new.SerializeAsString();
    }
    record.file = role.table->file();
    record.line = role.row->line;
    record.kind = "Assignment";
    record.scope = post.organization.site;
    record.identity = fmt::format("oneroster:{}", first ? plain : role.sourced_id);
    record.data = assignment.SerializeAsString();
    record.update_known = true;
    record.only_if_known = role.gone;
    plan_->records.push_back(std::move(record));
  }

  // Sign-ins of other applications: nothing is made of them, but what points nowhere is told.
  void CheckProfiles() {
    if (without_role_ > 0) {
      plan_->notes.push_back(fmt::format("{}: {} people have no role in roles.csv and were passed over",
                                         tables_.users->file(), without_role_));
    }
    if (!tables_.user_profiles) return;
    const Table& table = *tables_.user_profiles;
    int64_t dangling = 0;
    for (const Table::Row& row : table.rows()) {
      if (!ids_.Find(RowCells(table, row)["userSourcedId"])) ++dangling;
    }
    plan_->notes.push_back(fmt::format(
        "{}: {} profiles are of other applications and are not kept{}", table.file(), table.rows().size(),
        dangling == 0 ? "" : fmt::format("; {} of them name nobody in users.csv", dangling)));
  }

  const RosterTables& tables_;
  const OneRosterOptions& options_;
  const RosterOrgs& orgs_;
  const ImportLookup& lookup_;
  ImportPlan* plan_;
  std::vector<const Table::Row*> users_;
  SourcedIds ids_;
  std::map<size_t, std::vector<Role>> roles_;  // by index of the user
  int64_t without_role_ = 0;
};

}  // namespace

absl::Status PlanRosterPeople(const RosterTables& tables, const OneRosterOptions& options,
                              const RosterOrgs& orgs, const ImportLookup& lookup, ImportPlan* plan) {
  return People(tables, options, orgs, lookup, plan).Plan();
}

}  // namespace trellis
