#include "server/ingest/site_health.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace trellis {
namespace {

using nlohmann::json;

std::string MetaKey(std::string_view site) { return fmt::format("site-health/{}", site); }

SiteHealthRow RowFromJson(const std::string& text) {
  const json value = json::parse(text, nullptr, /*allow_exceptions=*/false);
  SiteHealthRow row;
  if (!value.is_object()) return row;
  row.last_seen_ms = value.value("lastSeenMs", int64_t{0});
  row.head = value.value("head", uint64_t{0});
  row.behind = value.value("behind", uint64_t{0});
  row.caught_up_ms = value.value("caughtUpMs", int64_t{0});
  row.verified_ms = value.value("verifiedMs", int64_t{0});
  row.notice = value.value("notice", std::string());
  row.noticed_ms = value.value("noticedMs", int64_t{0});
  return row;
}

}  // namespace

SiteHealth::SiteHealth(Replica* replica, const Clock* clock) : replica_(replica), clock_(clock) {}

SiteHealth::Site& SiteHealth::At(std::string_view site) const {
  auto it = sites_.find(site);
  if (it != sites_.end()) return it->second;
  Site fresh;
  const absl::StatusOr<std::optional<std::string>> kept = replica_->GetMeta(MetaKey(site));
  if (kept.ok() && kept->has_value()) fresh.row = RowFromJson(**kept);
  return sites_.emplace(site, std::move(fresh)).first->second;
}

void SiteHealth::Connected(const std::string& site, const std::string& connection) {
  std::lock_guard lock(mutex_);
  Site& entry = At(site);
  entry.connections[connection] = false;
  entry.row.connections = static_cast<int>(entry.connections.size());
  entry.row.last_seen_ms = clock_->WallMs();
}

void SiteHealth::Observe(const std::string& site, const std::string& connection, const ExchangeStatus& status,
                         bool ended) {
  std::optional<SiteHealthRow> to_remember;
  {
    std::lock_guard lock(mutex_);
    Site& entry = At(site);
    const int64_t now = clock_->WallMs();
    if (!ended) entry.row.last_seen_ms = now;
    bool all_caught_up = status.welcomed;
    for (const ScopeProgress& scope : status.scopes) {
      const bool caught_up = status.welcomed && scope.pulled >= scope.peer_head;
      all_caught_up = all_caught_up && caught_up;
      if (scope.scope != site) continue;
      entry.row.head = scope.pulled;
      entry.row.behind = caught_up ? 0 : scope.peer_head - std::min(scope.peer_head, scope.pulled);
      if (caught_up && !ended) entry.row.caught_up_ms = now;
      entry.row.verified_ms = std::max(entry.row.verified_ms, scope.verified_at_ms);
    }
    if (ended) {
      entry.connections.erase(connection);
    } else {
      entry.connections[connection] = all_caught_up;
    }
    entry.row.connections = static_cast<int>(entry.connections.size());
    const int64_t steady = clock_->SteadyMs();
    if (ended || entry.unremembered_notice || steady - entry.remembered_ms >= kRememberEveryMs) {
      entry.remembered_ms = steady;
      entry.unremembered_notice = false;
      to_remember = entry.row;
    }
  }
  if (to_remember.has_value()) Remember(site, *to_remember);
}

void SiteHealth::Carried(const std::string& site, const ScopeProgress& own_scope, int64_t made_ms) {
  SiteHealthRow row;
  {
    std::lock_guard lock(mutex_);
    Site& entry = At(site);
    const int64_t heard_ms = std::min(made_ms, clock_->WallMs());
    entry.row.last_seen_ms = std::max(entry.row.last_seen_ms, heard_ms);
    entry.row.head = std::max(entry.row.head, own_scope.pulled);
    const uint64_t behind = own_scope.peer_head - std::min(own_scope.peer_head, own_scope.pulled);
    if (entry.connections.empty()) entry.row.behind = behind;
    if (behind == 0) entry.row.caught_up_ms = std::max(entry.row.caught_up_ms, heard_ms);
    entry.unremembered_notice = false;
    row = entry.row;
  }
  Remember(site, row);
}

void SiteHealth::NoteAcknowledged(const std::string& peer, const ExchangeStatus& status) {
  if (!status.welcomed) return;
  std::lock_guard lock(mutex_);
  for (const ScopeProgress& scope : status.scopes) acknowledged_[peer][scope.scope] = scope.pushed;
}

uint64_t SiteHealth::AcknowledgedBy(const std::string& peer, const std::string& scope) const {
  std::lock_guard lock(mutex_);
  const auto machine = acknowledged_.find(peer);
  if (machine == acknowledged_.end()) return 0;
  const auto held = machine->second.find(scope);
  return held != machine->second.end() ? held->second : 0;
}

void SiteHealth::Remember(const std::string& site, const SiteHealthRow& row) {
  const json value = {{"lastSeenMs", row.last_seen_ms}, {"head", row.head},
                      {"behind", row.behind},           {"caughtUpMs", row.caught_up_ms},
                      {"verifiedMs", row.verified_ms},  {"notice", row.notice},
                      {"noticedMs", row.noticed_ms}};
  // Lost with a full disk, it is only older than it could be.
  replica_->PutMeta(MetaKey(site), value.dump()).IgnoreError();
}

void SiteHealth::Raise(const std::string& site, std::string notice) {
  std::lock_guard lock(mutex_);
  Site& entry = At(site);
  entry.row.notice = std::move(notice);
  entry.row.noticed_ms = clock_->WallMs();
  entry.unremembered_notice = true;
}

SiteHealthRow SiteHealth::Of(std::string_view site) const {
  std::lock_guard lock(mutex_);
  SiteHealthRow row = At(site).row;
  if (clock_->WallMs() - row.noticed_ms > kNoticeLifeMs) row.notice.clear();
  return row;
}

}  // namespace trellis
