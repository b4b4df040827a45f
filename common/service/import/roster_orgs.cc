#include "common/service/import/roster_orgs.h"

#include <fmt/format.h>

#include "absl/status/status.h"
#include "common/interchange/oneroster_codes.h"
#include "trellis/domain/v1/organization.pb.h"

namespace trellis {
namespace {

// The identifier a row gives, as the organization is called here where only leading zeros differ.
std::string IdentifierOf(const RowCells& cells, const ImportLookup& lookup) {
  const std::string given = cells["identifier"].empty() ? cells["sourcedId"] : cells["identifier"];
  const absl::StatusOr<ImportLookup::Organization> known = lookup.FindOrganization(given);
  const bool zeros_lost = known.ok() && known->identifier != given &&
                          SourcedIds::WithoutZeros(known->identifier) == SourcedIds::WithoutZeros(given);
  return zeros_lost ? known->identifier : given;
}

}  // namespace

bool IsTakenAway(const RowCells& cells, const Table& table, int64_t line, ImportPlan* plan) {
  const std::string status = LowerAscii(cells["status"]);
  if (status == "tobedeleted" || status == "inactive") return true;
  if (!status.empty() && status != "active") {
    plan->notes.push_back(
        fmt::format("{} line {}: the status \"{}\" is not active or tobedeleted; taken as active",
                    table.file(), line, cells["status"]));
  }
  return false;
}

RosterOrgs::RosterOrgs(const RosterTables& tables, const ImportLookup& lookup, ImportPlan* plan)
    : lookup_(lookup) {
  if (!tables.orgs) return;
  table_ = &*tables.orgs;
  for (const Table::Row* row : DistinctRows(*table_, &plan->errors, &plan->notes)) {
    const RowCells cells(*table_, *row);
    ids_.Add(cells["sourcedId"], orgs_.size());
    orgs_.push_back({row, IdentifierOf(cells, lookup)});
    const std::string& given = cells["identifier"];
    if (!given.empty() && given != orgs_.back().identifier) {
      plan->notes.push_back(fmt::format("{} line {}: {} was taken as {}, whose leading zeros were lost",
                                        table_->file(), row->line, given, orgs_.back().identifier));
    }
  }
}

void RosterOrgs::PlanOne(const Org& org, ImportPlan* plan) const {
  const RowCells cells(*table_, *org.row);
  const bool gone = IsTakenAway(cells, *table_, org.row->line, plan);
  domain::v1::EducationOrganization organization;
  organization.set_identifier(org.identifier);
  organization.set_name(cells["name"]);
  organization.set_external_id(cells["sourcedId"]);
  const auto category = CategoryOfOrgType(cells["type"]);
  organization.set_category(category.value_or(domain::v1::ORGANIZATION_CATEGORY_UNSPECIFIED));
  if (!category && !cells["type"].empty()) {
    plan->notes.push_back(fmt::format("{} line {}: the type \"{}\" is none of OneRoster's; left open",
                                      table_->file(), org.row->line, cells["type"]));
  }
  if (gone) organization.set_operational_state(domain::v1::OPERATIONAL_STATE_CLOSED);
  if (const std::string& parent = cells["parentSourcedId"]; !parent.empty()) {
    const absl::StatusOr<ImportLookup::Organization> stored = lookup_.FindOrganization(parent);
    if (const std::optional<size_t> known = ids_.Find(parent)) {
      organization.set_parent(orgs_[*known].identifier);
    } else if (stored.ok()) {
      organization.set_parent(stored->identifier);
    } else {
      plan->notes.push_back(fmt::format("{} line {}: the parent {} is not in the file; left out",
                                        table_->file(), org.row->line, parent));
    }
  }
  PlannedRecord record;
  record.file = table_->file();
  record.line = org.row->line;
  record.kind = "EducationOrganization";
  record.scope = ScopeName{}.ToString();
  record.code = organization.identifier();
  record.identity = cells["sourcedId"];
  record.data = organization.SerializeAsString();
  record.update_known = true;
  record.only_if_known = gone;
  plan->records.push_back(std::move(record));
}

void RosterOrgs::Plan(ImportPlan* plan) const {
  for (const Org& org : orgs_) PlanOne(org, plan);
}

absl::StatusOr<ImportLookup::Organization> RosterOrgs::Find(const std::string& sourced_id) const {
  const std::optional<size_t> known = ids_.Find(sourced_id);
  const std::string& name = known ? orgs_[*known].identifier : sourced_id;
  absl::StatusOr<ImportLookup::Organization> organization = lookup_.FindOrganization(name);
  if (!organization.ok() && !(known && absl::IsNotFound(organization.status()))) return organization.status();
  if (!organization.ok() || organization->site.empty()) {
    return absl::InvalidArgumentError(fmt::format(
        "the organization {} has no site yet; add it with: trellis sites add NAME --identifier {}", name,
        name));
  }
  return organization;
}

}  // namespace trellis
