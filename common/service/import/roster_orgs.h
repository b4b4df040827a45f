// The organizations of a roster, and which of ours another file of it means.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/service/import/oneroster.h"

namespace trellis {

class RosterOrgs {
 public:
  // `lookup` must outlive it.
  RosterOrgs(const RosterTables& tables, const ImportLookup& lookup, ImportPlan* plan);

  // The organizations as records.
  void Plan(ImportPlan* plan) const;

  // The organization with that sourcedId, which has a site. The error says what to do.
  absl::StatusOr<ImportLookup::Organization> Find(const std::string& sourced_id) const;

 private:
  struct Org {
    const Table::Row* row;
    std::string identifier;
  };
  void PlanOne(const Org& org, ImportPlan* plan) const;

  const Table* table_ = nullptr;
  const ImportLookup& lookup_;
  std::vector<Org> orgs_;
  SourcedIds ids_;
};

// Whether a row's status takes it away; an unknown one is told and counts as active.
bool IsTakenAway(const RowCells& cells, const Table& table, int64_t line, ImportPlan* plan);

}  // namespace trellis
