#include "client/agent/sync_standing.h"

#include <fmt/format.h>

#include <algorithm>

namespace trellis {
namespace {

// Push-only scopes are not kept for reading at the site, so there is nothing to compare.
bool IsPushOnly(const ScopeProgress& scope) { return scope.scope.ends_with("!up"); }

std::string Ago(int64_t then_ms, int64_t now_ms) {
  const int64_t minutes = std::max<int64_t>(0, now_ms - then_ms) / 60'000;
  if (minutes < 1) return "less than a minute ago";
  if (minutes < 120) return fmt::format("{} minutes ago", minutes);
  if (minutes < 48 * 60) return fmt::format("{} hours ago", minutes / 60);
  return fmt::format("{} days ago", minutes / (24 * 60));
}

uint64_t Waiting(const ExchangeStatus& status) {
  uint64_t waiting = 0;
  for (const ScopeProgress& scope : status.scopes) waiting += scope.head - std::min(scope.head, scope.pushed);
  return waiting;
}

}  // namespace

bool AllCrossed(const ExchangeStatus& status) {
  return status.welcomed && !status.closed &&
         std::all_of(status.scopes.begin(), status.scopes.end(), [](const ScopeProgress& scope) {
           if (scope.repairing || scope.pushed < scope.head) return false;
           return IsPushOnly(scope) || scope.pulled >= scope.peer_head;
         });
}

bool AllVerifiedSince(const ExchangeStatus& status, int64_t since_ms) {
  return AllCrossed(status) &&
         std::all_of(status.scopes.begin(), status.scopes.end(), [since_ms](const ScopeProgress& scope) {
           return IsPushOnly(scope) || (scope.verified && scope.verified_at_ms >= since_ms);
         });
}

std::string SentenceOf(const SyncStanding& standing, int64_t now_ms) {
  const std::string contact =
      standing.last_contact_ms == 0
          ? "the server has not been reached yet"
          : fmt::format("the server was last heard {}", Ago(standing.last_contact_ms, now_ms));
  switch (standing.word) {
    case SyncWord::kSynced:
      return "Everything saved here is stored at the server, and nothing more was waiting there.";
    case SyncWord::kWorking:
      return fmt::format("Connected; {} change(s) saved here wait for the server's acknowledgement.",
                         Waiting(standing.exchange));
    case SyncWord::kOffline:
      return fmt::format("Not connected; {}. Work goes on and is kept here.", contact);
    case SyncWord::kPaused:
      return fmt::format("Paused by a person; {}. Work goes on and is kept here.", contact);
    case SyncWord::kRefused:
      return fmt::format("The server turned this machine away: {}. Work goes on and is kept here.",
                         standing.last_error);
  }
  return {};
}

}  // namespace trellis
