#include "common/interchange/oneroster_writer.h"

#include <fmt/format.h>

#include <set>

#include "absl/time/time.h"
#include "common/interchange/oneroster_codes.h"
#include "common/spreadsheet/csv_cell.h"

namespace trellis {
namespace {

using domain::v1::Assignment;
using domain::v1::EducationOrganization;
using domain::v1::SchoolYear;
using domain::v1::Staff;

constexpr char kOrgsHeader[] = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\n";
constexpr char kUsersHeader[] =
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,"
    "identifier,"
    "email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,"
    "preferredGivenName,"
    "preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns\r\n";
constexpr char kRolesHeader[] =
    "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,"
    "userProfileSourcedId\r\n";
constexpr char kSessionsHeader[] =
    "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\r\n";

// Every file the specification names, in its order.
constexpr std::string_view kFiles[] = {"academicSessions",
                                       "categories",
                                       "classes",
                                       "classResources",
                                       "courses",
                                       "courseResources",
                                       "demographics",
                                       "enrollments",
                                       "lineItemLearningObjectiveIds",
                                       "lineItems",
                                       "lineItemScoreScales",
                                       "orgs",
                                       "resources",
                                       "resultLearningObjectiveIds",
                                       "results",
                                       "resultScoreScales",
                                       "roles",
                                       "scoreScales",
                                       "userProfiles",
                                       "userResources",
                                       "users"};

std::string Line(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (!line.empty() || &cell != &cells.front()) line += ',';
    line += CsvCell(cell);
  }
  return line + "\r\n";
}

std::string MomentText(int64_t ms) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(ms), absl::UTCTimeZone());
}

class Writer {
 public:
  Writer(const Roster& roster, const OneRosterWriteOptions& options) : roster_(roster), options_(options) {
    for (const auto& record : roster.organizations) {
      const EducationOrganization& organization = record.message;
      const std::string& sourced_id =
          organization.external_id().empty() ? organization.identifier() : organization.external_id();
      for (const std::string& name : {record.id, organization.identifier()}) org_[name] = sourced_id;
    }
    for (const auto& record : roster.staff) {
      const std::string sourced_id = SourcedIdOf(record.message);
      for (const std::string& name : {record.id, record.message.staff_unique_id()}) user_[name] = sourced_id;
    }
  }

  OneRosterFiles Write() {
    OneRosterFiles out;
    out.files["orgs.csv"] = kOrgsHeader;
    for (const auto& record : roster_.organizations) out.files["orgs.csv"] += Org(record);
    out.files["users.csv"] = kUsersHeader;
    for (const auto& record : roster_.staff) out.files["users.csv"] += User(record);
    out.files["roles.csv"] = kRolesHeader;
    for (const auto& record : roster_.assignments) out.files["roles.csv"] += Role(record);
    out.files["academicSessions.csv"] = kSessionsHeader;
    for (const auto& record : roster_.years) out.files["academicSessions.csv"] += Sessions(record);
    out.files["manifest.csv"] = Manifest(out.files);
    if (left_out_ > 0) {
      out.notes.push_back(
          fmt::format("{} of people who left or organizations that closed are not in a bulk export; "
                      "a delta (--since) tells them",
                      left_out_));
    }
    if (dangling_ > 0) {
      out.notes.push_back(
          fmt::format("{} assignments were left out: their person or organization is not in what was "
                      "exported",
                      dangling_));
    }
    return out;
  }

 private:
  static std::string SourcedIdOf(const Staff& staff) {
    return staff.external_id().empty() ? staff.staff_unique_id() : staff.external_id();
  }

  // Status and dateLastModified: blank in bulk, both needed in a delta. nullopt: the row is not told.
  std::optional<std::pair<std::string, std::string>> Told(bool gone, int64_t update_time_ms) {
    if (!options_.changed_since_ms) {
      if (gone) ++left_out_;
      if (gone) return std::nullopt;
      return std::pair<std::string, std::string>();
    }
    if (update_time_ms < *options_.changed_since_ms) return std::nullopt;
    return std::pair<std::string, std::string>(gone ? "tobedeleted" : "active", MomentText(update_time_ms));
  }

  std::string Org(const HeldRecord<EducationOrganization>& record) {
    const EducationOrganization& organization = record.message;
    const auto told =
        Told(organization.operational_state() == domain::v1::OPERATIONAL_STATE_CLOSED, record.update_time_ms);
    if (!told) return "";
    const auto parent = org_.find(organization.parent());
    return Line({org_[record.id], told->first, told->second, organization.name(),
                 OrgTypeOf(organization.category()), organization.identifier(),
                 parent == org_.end() ? "" : parent->second});
  }

  std::string User(const HeldRecord<Staff>& record) {
    const Staff& staff = record.message;
    const bool gone = staff.state() == domain::v1::STAFF_STATE_LEFT;
    if (gone) gone_.insert(SourcedIdOf(staff));
    const auto told = Told(gone, record.update_time_ms);
    if (!told) return "";
    const auto home = org_.find(staff.organization());
    // A username is required: the address people sign in with, else the number.
    const std::string& username = staff.email().empty() ? staff.staff_unique_id() : staff.email();
    return Line({SourcedIdOf(staff),
                 told->first,
                 told->second,
                 gone ? "false" : "true",
                 username,
                 "",
                 staff.given_name(),
                 staff.family_name(),
                 staff.middle_name(),
                 staff.staff_unique_id(),
                 staff.email(),
                 "",
                 "",
                 "",
                 "",
                 "",
                 "",
                 "",
                 staff.preferred_name(),
                 "",
                 "",
                 home == org_.end() ? "" : home->second,
                 ""});
  }

  std::string Role(const HeldRecord<Assignment>& record) {
    const Assignment& assignment = record.message;
    const auto user = user_.find(assignment.staff());
    const auto org = org_.find(assignment.organization());
    if (user == user_.end() || org == org_.end()) {
      ++dangling_;
      return "";
    }
    const bool gone = gone_.contains(user->second);
    const auto told = Told(gone, record.update_time_ms);
    if (!told) return "";
    const bool primary = primary_.insert(user->second).second;
    return Line({assignment.external_id().empty() ? record.id : assignment.external_id(), told->first,
                 told->second, user->second, primary ? "primary" : "secondary",
                 RoleOf(assignment.classification()), assignment.begin_date(), assignment.end_date(),
                 org->second, ""});
  }

  std::string Sessions(const HeldRecord<SchoolYear>& record) {
    const SchoolYear& year = record.message;
    const auto told = Told(false, record.update_time_ms);
    if (!told) return "";
    const std::string ends = year.end_date().substr(0, 4);
    std::string lines =
        Line({year.code(), told->first, told->second, year.title().empty() ? year.code() : year.title(),
              "schoolYear", year.begin_date(), year.end_date(), "", ends});
    for (const auto& term : year.terms()) {
      lines += Line({year.code() + ":" + term.code(), told->first, told->second,
                     term.title().empty() ? term.code() : term.title(), "term", term.begin_date(),
                     term.end_date(), year.code(), ends});
    }
    return lines;
  }

  std::string Manifest(const std::map<std::string, std::string>& files) const {
    std::string text = "propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.2\r\n";
    for (const std::string_view name : kFiles) {
      const bool there = files.contains(fmt::format("{}.csv", name));
      text += fmt::format("file.{},{}\r\n", name,
                          !there                      ? "absent"
                          : options_.changed_since_ms ? "delta"
                                                      : "bulk");
    }
    text += Line({"source.systemName", options_.district});
    return text + "source.systemCode,trellis\r\n";
  }

  const Roster& roster_;
  const OneRosterWriteOptions& options_;
  std::map<std::string, std::string> org_;   // id or identifier -> sourcedId
  std::map<std::string, std::string> user_;  // id or number -> sourcedId
  std::set<std::string> gone_;               // users who left
  std::set<std::string> primary_;            // users whose primary role was told
  int64_t left_out_ = 0;
  int64_t dangling_ = 0;
};

}  // namespace

OneRosterFiles WriteOneRoster(const Roster& roster, const OneRosterWriteOptions& options) {
  return Writer(roster, options).Write();
}

}  // namespace trellis
