#include "common/service/granted_sites.h"

#include "absl/time/time.h"
#include "common/merge/show.h"
#include "common/record/scope.h"
#include "trellis/domain/v1/account.pb.h"

namespace trellis {

std::string DayOf(int64_t wall_ms) {
  return absl::FormatTime("%Y-%m-%d", absl::FromUnixMillis(wall_ms), absl::UTCTimeZone());
}

absl::StatusOr<std::vector<std::string>> GrantedSites(const Replica& replica, const KindRegistry& kinds,
                                                      const std::string& site,
                                                      const std::set<std::string>& names,
                                                      const std::string& day) {
  const KindInfo* kind = kinds.Find("trellis.domain.v1.RoleGrant");
  std::set<std::string> sites;
  if (kind == nullptr) return std::vector<std::string>();
  const absl::Status status = replica.ScanKind(
      site, kind->full_name, RecordId{}, /*with_deleted=*/false,
      [&](const RecordId&, const StoredRecord& stored) {
        const ShownRecord shown = Show(stored.state, [&](uint32_t field) { return kind->PolicyOf(field); });
        domain::v1::RoleGrant grant;
        if (!grant.ParseFromString(shown.message) || !names.contains(grant.account())) return true;
        const bool holds = (grant.begin_date().empty() || grant.begin_date() <= day) &&
                           (grant.end_date().empty() || day <= grant.end_date());
        if (holds && IsSiteName(grant.scope()) && grant.scope() != site) sites.insert(grant.scope());
        return true;
      });
  if (!status.ok()) return status;
  return std::vector<std::string>(sites.begin(), sites.end());
}

}  // namespace trellis
