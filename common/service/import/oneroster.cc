#include "common/service/import/oneroster.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/status/status.h"
#include "common/record/text_format.h"
#include "common/service/import/day_text.h"
#include "common/service/import/roster_orgs.h"
#include "common/service/import/roster_people.h"
#include "trellis/domain/v1/organization.pb.h"

namespace trellis {
namespace {

using domain::v1::SchoolYear;

// What nothing is made of but is OneRoster's own is not told.
constexpr std::string_view kOfNoUse[] = {"sourcedid",
                                         "datelastmodified",
                                         "enableduser",
                                         "username",
                                         "userids",
                                         "sms",
                                         "phone",
                                         "agentsourcedids",
                                         "grades",
                                         "usermasteridentifier",
                                         "resourcesourcedids",
                                         "preferredmiddlename",
                                         "preferredfamilyname",
                                         "pronouns",
                                         "userprofilesourcedid",
                                         "schoolyear"};
constexpr std::string_view kOfUse[] = {"status",
                                       "name",
                                       "type",
                                       "identifier",
                                       "parentsourcedid",
                                       "orgsourcedids",
                                       "role",
                                       "givenname",
                                       "familyname",
                                       "middlename",
                                       "email",
                                       "preferredgivenname",
                                       "primaryorgsourcedid",
                                       "usersourcedid",
                                       "roletype",
                                       "begindate",
                                       "enddate",
                                       "orgsourcedid",
                                       "title",
                                       "startdate",
                                       "password"};

void TellIgnoredColumns(const Table& table, ImportPlan* plan) {
  for (const std::string& column : table.columns()) {
    const std::string lower = LowerAscii(column);
    const bool known = std::find(std::begin(kOfNoUse), std::end(kOfNoUse), lower) != std::end(kOfNoUse) ||
                       std::find(std::begin(kOfUse), std::end(kOfUse), lower) != std::end(kOfUse);
    if (!known) plan->ignored_columns.push_back(column);
  }
}

void CountRows(const std::optional<Table>& table, ImportPlan* plan) {
  if (!table) return;
  plan->rows += table->row_count();
  plan->errors.insert(plan->errors.end(), table->row_errors().begin(), table->row_errors().end());
  TellIgnoredColumns(*table, plan);
}

// A year's code by convention: 2026-27. The sourcedId where that is a code already.
std::string CodeOfYear(const std::string& sourced_id, const std::string& begin, const std::string& end) {
  const bool named = sourced_id.size() <= 64 && !FormatProblem("code", sourced_id);
  if (named && sourced_id.find_first_not_of("0123456789") != std::string::npos) return sourced_id;
  return fmt::format("{}-{}", begin.substr(0, 4), end.substr(2, 2));
}

// School years, and what lies in them as their terms.
class Sessions {
 public:
  Sessions(const Table& table, ImportPlan* plan) : table_(table), plan_(plan) {}

  void Plan() {
    const std::vector<const Table::Row*> rows = DistinctRows(table_, &plan_->errors, &plan_->notes);
    std::map<std::string, SchoolYear> years;
    std::map<std::string, int64_t> lines;
    for (const Table::Row* row : rows) {
      const RowCells cells(table_, *row);
      if (LowerAscii(cells["type"]) != "schoolyear" || LowerAscii(cells["status"]) == "tobedeleted") continue;
      if (TakeYear(cells, row->line, &years[cells["sourcedId"]])) {
        lines[cells["sourcedId"]] = row->line;
      } else {
        years.erase(cells["sourcedId"]);
      }
    }
    for (const Table::Row* row : rows) {
      const RowCells cells(table_, *row);
      const auto year = years.find(cells["parentSourcedId"]);
      if (year != years.end() && LowerAscii(cells["status"]) != "tobedeleted") {
        TakeTerm(cells, row->line, &year->second);
      }
    }
    for (const auto& [sourced_id, year] : years) {
      PlannedRecord record;
      record.file = table_.file();
      record.line = lines[sourced_id];
      record.kind = "SchoolYear";
      record.scope = ScopeName{}.ToString();
      record.code = year.code();
      record.identity = sourced_id;
      record.data = year.SerializeAsString();
      record.update_known = true;
      plan_->records.push_back(std::move(record));
    }
  }

 private:
  std::optional<std::pair<std::string, std::string>> Days(const RowCells& cells, int64_t line) {
    const std::optional<std::string> begin = ReadDay(cells["startDate"]), end = ReadDay(cells["endDate"]);
    if (begin && end) return std::pair(*begin, *end);
    plan_->errors.push_back(
        {table_.file(), line, begin ? "endDate" : "startDate", "is no day such as 2026-08-17"});
    return std::nullopt;
  }

  bool TakeYear(const RowCells& cells, int64_t line, SchoolYear* year) {
    const auto days = Days(cells, line);
    if (!days) return false;
    year->set_code(CodeOfYear(cells["sourcedId"], days->first, days->second));
    if (cells["title"] != year->code()) year->set_title(cells["title"]);
    year->set_begin_date(days->first);
    year->set_end_date(days->second);
    return true;
  }

  void TakeTerm(const RowCells& cells, int64_t line, SchoolYear* year) {
    const auto days = Days(cells, line);
    if (!days) return;
    std::string code = cells["sourcedId"];
    if (code.starts_with(year->code() + ":")) code.erase(0, year->code().size() + 1);
    if (FormatProblem("code", code)) {
      plan_->notes.push_back(fmt::format("{} line {}: {} is no code a term can be called by; passed over",
                                         table_.file(), line, code));
      return;
    }
    auto* term = year->add_terms();
    term->set_code(code);
    if (cells["title"] != code) term->set_title(cells["title"]);
    term->set_begin_date(days->first);
    term->set_end_date(days->second);
  }

  const Table& table_;
  ImportPlan* plan_;
};

}  // namespace

absl::StatusOr<ImportPlan> PlanOneRoster(const RosterTables& tables, const OneRosterOptions& options,
                                         const ImportLookup& lookup) {
  ImportPlan plan;
  plan.notes = tables.notes;
  for (const auto* table : {&tables.orgs, &tables.users, &tables.roles, &tables.academic_sessions}) {
    CountRows(*table, &plan);
  }
  for (const char* column : {"name", "type"}) {
    if (tables.orgs && !tables.orgs->Find(column)) {
      return absl::InvalidArgumentError(fmt::format("{}: no column {}", tables.orgs->file(), column));
    }
  }
  const RosterOrgs orgs(tables, lookup, &plan);
  if (options.write_organizations) {
    orgs.Plan(&plan);
    if (tables.academic_sessions) Sessions(*tables.academic_sessions, &plan).Plan();
  }
  if (absl::Status status = PlanRosterPeople(tables, options, orgs, lookup, &plan); !status.ok())
    return status;
  if (tables.delta) plan.notes.push_back("The roster is a delta: who is not in it stays as they are");
  if (plan.passed_over > 0) {
    plan.notes.push_back(
        fmt::format("{} rows of pupils, parents and guardians were passed over: Trellis keeps "
                    "records of adults at work",
                    plan.passed_over));
  }
  return plan;
}

}  // namespace trellis
