#include "common/service/import/roster_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "absl/status/status.h"
#include "common/service/import/day_text.h"
#include "common/spreadsheet/workbook.h"
#include "common/spreadsheet/zip_archive.h"

namespace trellis {
namespace {

constexpr std::string_view kOrgs[] = {"sourcedId", "status",     "dateLastModified", "name",
                                      "type",      "identifier", "parentSourcedId"};
constexpr std::string_view kUsers[] = {"sourcedId",
                                       "status",
                                       "dateLastModified",
                                       "enabledUser",
                                       "orgSourcedIds",
                                       "role",
                                       "username",
                                       "userIds",
                                       "givenName",
                                       "familyName",
                                       "middleName",
                                       "identifier",
                                       "email",
                                       "sms",
                                       "phone",
                                       "agentSourcedIds",
                                       "grades",
                                       "password",
                                       "userMasterIdentifier",
                                       "resourceSourcedIds",
                                       "preferredGivenName",
                                       "preferredMiddleName",
                                       "preferredFamilyName",
                                       "primaryOrgSourcedId",
                                       "pronouns"};
constexpr std::string_view kRoles[] = {
    "sourcedId", "status",    "dateLastModified", "userSourcedId", "roleType",
    "role",      "beginDate", "endDate",          "orgSourcedId",  "userProfileSourcedId"};
constexpr std::string_view kProfiles[] = {"sourcedId",      "status",   "dateLastModified", "userSourcedId",
                                          "profileType",    "vendorId", "applicationId",    "description",
                                          "credentialType", "username", "password"};
constexpr std::string_view kSessions[] = {"sourcedId", "status",  "dateLastModified", "title",     "type",
                                          "startDate", "endDate", "parentSourcedId",  "schoolYear"};

struct KnownFile {
  std::string_view name;
  std::optional<Table> RosterTables::*table;
  std::span<const std::string_view> columns;
};
const KnownFile kFiles[] = {{"orgs", &RosterTables::orgs, kOrgs},
                            {"users", &RosterTables::users, kUsers},
                            {"roles", &RosterTables::roles, kRoles},
                            {"userprofiles", &RosterTables::user_profiles, kProfiles},
                            {"academicsessions", &RosterTables::academic_sessions, kSessions}};

// `Export 2026/Users.csv` -> `users`.
std::string StemOf(std::string_view path) {
  if (const size_t slash = path.find_last_of("/\\"); slash != std::string_view::npos)
    path.remove_prefix(slash + 1);
  std::string stem = LowerAscii(path);
  for (const char* ending : {".csv", ".txt", ".xlsx"}) {
    if (stem.ends_with(ending)) stem.resize(stem.size() - std::string_view(ending).size());
  }
  return stem;
}

absl::StatusOr<std::map<std::string, std::string>> Unpacked(const std::map<std::string, std::string>& files) {
  std::map<std::string, std::string> all;
  for (const auto& [name, bytes] : files) {
    if (!LooksLikeZip(bytes) || LowerAscii(name).ends_with(".xlsx")) {
      all[name] = bytes;
      continue;
    }
    absl::StatusOr<std::map<std::string, std::string>> inside = ReadZip(bytes);
    if (!inside.ok()) return inside.status();
    for (auto& [path, content] : *inside) {
      if (path.starts_with("__MACOSX/")) continue;
      all[path] = std::move(content);
    }
  }
  return all;
}

bool IsBlank(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  return TrimBlanks(bytes).empty();
}

absl::Status CheckHeader(const Table& table) {
  if (table.Find("sourcedId")) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format(
      "{}: this is not a OneRoster file: its first line must be a header with sourcedId, but it begins "
      "with \"{}\". A bare list of names cannot be imported",
      table.file(), table.columns().empty() ? "" : table.columns().front()));
}

// What the manifest says of our files; empty: nothing.
using Manifest = std::map<std::string, std::string>;

Manifest ReadManifest(const std::string& name, const std::string& bytes, RosterTables* tables) {
  Manifest said;
  const absl::StatusOr<Table> table = Table::Parse(name, bytes, {}, Table::ShortRows::kFilledUp);
  if (!table.ok() || !table->Find("propertyName") || !table->Find("value")) {
    tables->notes.push_back(fmt::format("{} cannot be read as a manifest and was passed over", name));
    return said;
  }
  for (const Table::Row& row : table->rows()) {
    const RowCells cells(*table, row);
    said[LowerAscii(cells["propertyName"])] = LowerAscii(cells["value"]);
  }
  return said;
}

bool HasStatus(const Table& table) {
  const std::optional<size_t> status = table.Find("status");
  return status && std::any_of(table.rows().begin(), table.rows().end(), [&](const Table::Row& row) {
           return LowerAscii(row.cells[*status]) == "tobedeleted";
         });
}

// Without the manifest's word a roster is a delta if it takes anybody away.
bool IsDelta(const Manifest& manifest, const RosterTables& tables) {
  for (const KnownFile& file : kFiles) {
    if (const auto said = manifest.find(fmt::format("file.{}", file.name)); said != manifest.end()) {
      if (said->second == "delta") return true;
    }
  }
  if (!manifest.empty()) return false;
  return std::any_of(std::begin(kFiles), std::end(kFiles), [&](const KnownFile& file) {
    return tables.*file.table && HasStatus(*(tables.*file.table));
  });
}

void NoteDisagreement(const Manifest& manifest, RosterTables* tables) {
  if (manifest.empty()) {
    tables->notes.push_back("There is no manifest.csv; each file was taken for what its name says");
    return;
  }
  for (const KnownFile& file : kFiles) {
    const auto said = manifest.find(fmt::format("file.{}", file.name));
    if (said == manifest.end()) continue;
    const bool there = (tables->*file.table).has_value();
    if (there == (said->second != "absent")) continue;
    tables->notes.push_back(fmt::format("The manifest says that {} is {}; it is {}", file.name, said->second,
                                        there ? "there and was read" : "not there"));
  }
}

}  // namespace

absl::StatusOr<RosterTables> ReadRosterFiles(const std::map<std::string, std::string>& files,
                                             const std::map<std::string, std::string>& column_map) {
  const absl::StatusOr<std::map<std::string, std::string>> all = Unpacked(files);
  if (!all.ok()) return all.status();
  RosterTables tables;
  Manifest manifest;
  for (const auto& [name, bytes] : *all) {
    const std::string stem = StemOf(name);
    if (stem == "manifest") manifest = ReadManifest(name, bytes, &tables);
    for (const KnownFile& file : kFiles) {
      if (file.name != stem) continue;
      std::string text = bytes;
      if (LooksLikeWorkbook(bytes)) {
        const absl::StatusOr<Workbook> workbook = ReadWorkbook(bytes);
        if (!workbook.ok()) return workbook.status();
        text = workbook->sheets.empty() ? "" : ToCsv(workbook->sheets.front());
      }
      if (IsBlank(text)) {
        tables.notes.push_back(fmt::format("{} is empty", name));
        continue;
      }
      absl::StatusOr<Table> table = Table::Parse(name, text, column_map, Table::ShortRows::kFilledUp);
      if (!table.ok()) return table.status();
      table->AdoptSpellings(file.columns);
      if (absl::Status header = CheckHeader(*table); !header.ok()) return header;
      tables.notes.insert(tables.notes.end(), table->notes().begin(), table->notes().end());
      tables.*file.table = *std::move(table);
    }
  }
  if (!tables.orgs && !tables.users && !tables.roles) {
    return absl::InvalidArgumentError("There is neither orgs.csv nor users.csv with anything in it");
  }
  NoteDisagreement(manifest, &tables);
  tables.delta = IsDelta(manifest, tables);
  return tables;
}

std::vector<const Table::Row*> DistinctRows(const Table& table, std::vector<ImportRowError>* errors,
                                            std::vector<std::string>* notes) {
  std::vector<const Table::Row*> rows;
  std::map<std::string, size_t> place_of;
  int64_t repeated = 0;
  for (const Table::Row& row : table.rows()) {
    const RowCells cells(table, row);
    const std::string& id = cells["sourcedId"];
    if (id.empty()) {
      errors->push_back({table.file(), row.line, "sourcedId", "is missing"});
      continue;
    }
    const auto [place, added] = place_of.emplace(id, rows.size());
    if (added) {
      rows.push_back(&row);
      continue;
    }
    const Table::Row*& before = rows[place->second];
    const RowCells other(table, *before);
    if (before->cells == row.cells) {
      ++repeated;
    } else if (other["dateLastModified"] != cells["dateLastModified"] && !cells["dateLastModified"].empty()) {
      if (cells["dateLastModified"] > other["dateLastModified"]) before = &row;
      notes->push_back(fmt::format("{}: {} is on several lines; the last changed, line {}, was taken",
                                   table.file(), id, before->line));
    } else {
      errors->push_back({table.file(), row.line, "sourcedId",
                         fmt::format("{} is also on line {}, with other values", id, before->line)});
    }
  }
  if (repeated > 0)
    notes->push_back(fmt::format("{}: {} lines repeat another word for word", table.file(), repeated));
  return rows;
}

std::string SourcedIds::WithoutZeros(std::string_view id) {
  if (id.find_first_not_of("0123456789") != std::string_view::npos) return std::string(id);
  while (id.size() > 1 && id.front() == '0') id.remove_prefix(1);
  return std::string(id);
}

void SourcedIds::Add(const std::string& sourced_id, size_t index) {
  if (exact_.emplace(sourced_id, index).second) without_zeros_[WithoutZeros(sourced_id)].push_back(index);
}

std::optional<size_t> SourcedIds::Find(const std::string& sourced_id) const {
  if (const auto found = exact_.find(sourced_id); found != exact_.end()) return found->second;
  const auto near = without_zeros_.find(WithoutZeros(sourced_id));
  if (near == without_zeros_.end() || near->second.size() != 1) return std::nullopt;
  return near->second.front();
}

}  // namespace trellis
