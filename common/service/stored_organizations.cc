#include <fmt/format.h>

#include "absl/status/status.h"
#include "common/merge/show.h"
#include "common/service/import/roster_files.h"
#include "common/service/stored_lookup.h"
#include "trellis/domain/v1/organization.pb.h"

namespace trellis {

absl::StatusOr<StoredOrganizations> StoredOrganizations::Load(const RecordStore& store) {
  StoredOrganizations all;
  all.own_site_ = store.own_site;
  const KindInfo* kind = store.kinds->Find("EducationOrganization");
  const absl::Status status = store.replica->ScanKind(
      ScopeName{}.ToString(), kind->full_name, RecordId{}, /*with_deleted=*/false,
      [&](const RecordId& id, const StoredRecord& stored) {
        domain::v1::EducationOrganization organization;
        const ShownRecord shown = Show(stored.state, [&](uint32_t field) { return kind->PolicyOf(field); });
        if (!organization.ParseFromString(shown.message)) return true;
        const size_t index = all.organizations_.size();
        all.organizations_.push_back({organization.identifier(), organization.site()});
        const auto add = [&](std::map<std::string, std::vector<size_t>>* names, const std::string& name) {
          if (name.empty()) return;
          std::vector<size_t>& called = (*names)[LowerAscii(name)];
          if (called.empty() || called.back() != index) called.push_back(index);
        };
        add(&all.by_site_, organization.site());
        add(&all.by_identifier_, organization.identifier());
        add(&all.by_identifier_, organization.cds_code());
        add(&all.by_identifier_, id.ToString());
        add(&all.by_external_id_, organization.external_id());
        add(&all.by_name_, organization.name());
        add(&all.by_name_, organization.short_name());
        add(&all.by_digits_, SourcedIds::WithoutZeros(organization.identifier()));
        return true;
      });
  if (!status.ok()) return status;
  return all;
}

absl::StatusOr<ImportLookup::Organization> StoredOrganizations::Find(std::string_view text) const {
  const std::string name = LowerAscii(TrimBlanks(text));
  for (const auto* names : {&by_site_, &by_identifier_, &by_external_id_, &by_name_, &by_digits_}) {
    const auto found = names->find(names == &by_digits_ ? SourcedIds::WithoutZeros(name) : name);
    if (found == names->end()) continue;
    if (found->second.size() == 1) return organizations_[found->second.front()];
    return absl::InvalidArgumentError(
        fmt::format("{} organizations are called {}; use the identifier, such as {}", found->second.size(),
                    text, organizations_[found->second.front()].identifier));
  }
  if (!own_site_.empty() && name == LowerAscii(own_site_)) return ImportLookup::Organization{"", own_site_};
  return absl::NotFoundError(fmt::format("no organization is called {}", text));
}

}  // namespace trellis
