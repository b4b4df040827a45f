#include "common/service/import/plan.h"

#include <fmt/format.h>

#include "absl/status/status.h"
#include "common/record/hash.h"

namespace trellis {

RecordId ImportedRecordId(const HashKey& district_key, const PlannedRecord& record) {
  if (record.id) return *record.id;
  const std::string& by = record.code.empty() ? record.identity : record.code;
  const std::string text = fmt::format("import\n{}\n{}\n{}\n{}", record.kind, record.scope,
                                       record.code.empty() ? "row" : "code", by);
  RecordId id = RecordId::FromBytes(KeyedHash(district_key, text).ToBytes());
  id.bytes[6] = static_cast<uint8_t>((id.bytes[6] & 0x0F) | 0x80);  // version 8: custom
  id.bytes[8] = static_cast<uint8_t>((id.bytes[8] & 0x3F) | 0x80);  // variant of RFC 9562
  return id;
}

std::string FileHash(const HashKey& district_key, std::string_view bytes) {
  return KeyedHash(district_key, bytes).ToHex();
}

void RefuseRepeatedCodes(ImportPlan* plan) {
  std::map<std::string, const PlannedRecord*> first;
  std::vector<PlannedRecord> kept;
  kept.reserve(plan->records.size());
  for (PlannedRecord& record : plan->records) {
    if (!record.code.empty()) {
      const auto [place, added] =
          first.emplace(fmt::format("{}\n{}\n{}", record.kind, record.scope, record.code), nullptr);
      if (!added) {
        plan->errors.push_back(
            {record.file, record.line, "",
             fmt::format("{} {} is also on line {}", record.kind, record.code, place->second->line)});
        continue;
      }
      kept.push_back(std::move(record));
      place->second = &kept.back();
    } else {
      kept.push_back(std::move(record));
    }
  }
  plan->records = std::move(kept);
}

absl::StatusOr<RowSites> RowSites::For(const Table& table, std::string_view site_column,
                                       const ImportLookup& lookup) {
  RowSites sites;
  sites.lookup_ = &lookup;
  if (!site_column.empty()) {
    sites.column_ = table.Find(site_column);
    sites.column_name_ = std::string(site_column);
    if (!sites.column_) {
      return absl::InvalidArgumentError(fmt::format("{}: there is no column {}; its columns are: {}",
                                                    table.file(), site_column,
                                                    fmt::join(table.columns(), ", ")));
    }
  } else if (lookup.own_site().empty()) {
    return absl::InvalidArgumentError(
        "At the district each row must say its site: name the column that does (--site-column)");
  }
  return sites;
}

absl::StatusOr<std::string> RowSites::ScopeOf(const Table::Row& row) {
  if (!column_) return lookup_->own_site();
  const std::string& text = row.cells[*column_];
  if (const auto found = known_.find(text); found != known_.end()) return found->second;
  const auto resolve = [&]() -> absl::StatusOr<std::string> {
    if (text.empty()) return absl::InvalidArgumentError("the site is missing");
    absl::StatusOr<ImportLookup::Organization> organization = lookup_->FindOrganization(text);
    if (!organization.ok()) return organization.status();
    if (organization->site.empty()) {
      return absl::InvalidArgumentError(
          fmt::format("the organization {} has no site yet; add it with: trellis sites add", text));
    }
    return organization->site;
  };
  return known_.emplace(text, resolve()).first->second;
}

}  // namespace trellis
