// The files of a OneRoster export as tables, whatever was done to them on the way: in a zip archive or loose,
// in folders, in any case, without their manifest, empty.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/service/import/table.h"

namespace trellis {

struct RosterTables {
  std::optional<Table> orgs;
  std::optional<Table> users;
  std::optional<Table> roles;          // 1.2
  std::optional<Table> user_profiles;  // 1.2
  std::optional<Table> academic_sessions;
  // Rows say what changed, not all there is: by the manifest; without one, if rows have a status.
  bool delta = false;
  std::vector<std::string> notes;
};

// INVALID_ARGUMENT if a file is none of a roster, or there is neither orgs.csv nor users.csv.
absl::StatusOr<RosterTables> ReadRosterFiles(const std::map<std::string, std::string>& files,
                                             const std::map<std::string, std::string>& column_map);

// Rows with a sourcedId of their own. Of rows with the same, one that repeats another is passed over; of
// several that differ the last changed counts; where that cannot be told the later is an error.
std::vector<const Table::Row*> DistinctRows(const Table& table, std::vector<ImportRowError>* errors,
                                            std::vector<std::string>* notes);

// Ids as other files write them: a spreadsheet program takes leading zeros away.
class SourcedIds {
 public:
  void Add(const std::string& sourced_id, size_t index);
  // Index of the row with that id; else of the only one that differs in leading zeros.
  std::optional<size_t> Find(const std::string& sourced_id) const;
  static std::string WithoutZeros(std::string_view id);

 private:
  std::map<std::string, size_t> exact_;
  std::map<std::string, std::vector<size_t>> without_zeros_;
};

}  // namespace trellis
