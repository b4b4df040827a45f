#include "client/local_api/daemon_admin_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "client/agent/sync_standing.h"
#include "common/rpc/store_inspection.h"

namespace trellis {
namespace {

namespace pb = trellis::admin::v1;

constexpr std::chrono::milliseconds kDefaultWait{30'000};
constexpr std::chrono::milliseconds kLongestWait{600'000};

void SetTime(int64_t ms, google::protobuf::Timestamp* time) {
  time->set_seconds(ms / 1000);
  time->set_nanos(static_cast<int32_t>(ms % 1000) * 1'000'000);
}

pb::SyncState StateOf(SyncWord word) {
  switch (word) {
    case SyncWord::kSynced:
      return pb::SYNC_STATE_SYNCED;
    case SyncWord::kWorking:
      return pb::SYNC_STATE_WORKING;
    case SyncWord::kOffline:
      return pb::SYNC_STATE_OFFLINE;
    case SyncWord::kPaused:
      return pb::SYNC_STATE_PAUSED;
    case SyncWord::kRefused:
      return pb::SYNC_STATE_REFUSED;
  }
  return pb::SYNC_STATE_UNSPECIFIED;
}

// What was committed since the session last looked counts as well: status never claims more than is true.
void CountPresentHeads(const Replica& replica, SyncStanding* standing) {
  const bool connected = standing->word == SyncWord::kSynced || standing->word == SyncWord::kWorking;
  for (ScopeProgress& scope : standing->exchange.scopes) {
    const absl::StatusOr<ScopeHead> head = replica.Head(scope.scope);
    if (!head.ok()) continue;
    scope.verified = connected && scope.verified && head->seq == scope.head;
    scope.head = head->seq;
    if (scope.pushed < scope.head && standing->word == SyncWord::kSynced) standing->word = SyncWord::kWorking;
  }
}

std::chrono::milliseconds WaitOf(const google::protobuf::Duration& asked) {
  const std::chrono::milliseconds wait(asked.seconds() * 1000 + asked.nanos() / 1'000'000);
  return wait.count() <= 0 ? kDefaultWait : std::min(wait, kLongestWait);
}

}  // namespace

DaemonAdminService::DaemonAdminService(Parts parts)
    : parts_(std::move(parts)), started_ms_(parts_.store.clock->WallMs()), waiters_(kWaiters, kWaiters) {}

absl::Status DaemonAdminService::RequireOwnSite(const Principal& principal) const {
  return RequireAccess(principal, Action::kAdminister, ScopeOfHome(Home::kSite, parts_.store.own_site),
                       nullptr);
}

grpc::ServerUnaryReactor* DaemonAdminService::GetStatus(Context* context, const pb::GetStatusRequest*,
                                                        pb::GetStatusResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    response->set_program("trellisd");
    response->set_version(parts_.version);
    response->set_district(parts_.membership.district);
    response->set_district_name(parts_.membership.district_name);
    response->set_site(parts_.membership.site);
    response->set_actor(principal.name);
    SetTime(started_ms_, response->mutable_start_time());
    for (const std::string& notice : parts_.notices) response->add_notices(notice);
    for (const std::string& notice : parts_.agent->Standing().exchange.welcome.notices)
      response->add_notices(notice);
    return absl::OkStatus();
  });
}

void DaemonAdminService::FillStatus(pb::GetSyncStatusResponse* response) const {
  SyncStanding standing = parts_.agent->Standing();
  CountPresentHeads(*parts_.store.replica, &standing);
  response->set_state(StateOf(standing.word));
  response->set_sentence(SentenceOf(standing, parts_.store.clock->WallMs()));
  response->set_server(parts_.membership.server);
  if (standing.since_ms != 0) SetTime(standing.since_ms, response->mutable_since_time());
  if (standing.last_contact_ms != 0) SetTime(standing.last_contact_ms, response->mutable_last_contact_time());
  if (standing.next_attempt_ms != 0) SetTime(standing.next_attempt_ms, response->mutable_next_attempt_time());
  response->set_last_error(standing.last_error);
  response->set_clock_offset_ms(standing.exchange.peer_clock_offset_ms);
  response->set_sent_bytes(standing.sent_bytes);
  response->set_unacknowledged_bytes(standing.exchange.bytes_unacknowledged);
  response->set_resent_bound_bytes(standing.resent_bound_bytes);
  response->set_cuts(standing.cuts);
  for (const ScopeProgress& scope : standing.exchange.scopes) {
    auto* row = response->add_scopes();
    row->set_scope(scope.scope);
    row->set_head(scope.head);
    row->set_pushed(scope.pushed);
    row->set_pulled(scope.pulled);
    row->set_peer_head(scope.peer_head);
    if (scope.verified_at_ms != 0) SetTime(scope.verified_at_ms, row->mutable_verified_time());
    row->set_verified(scope.verified);
    row->set_repairing(scope.repairing);
  }
}

grpc::ServerUnaryReactor* DaemonAdminService::GetSyncStatus(Context* context, const pb::GetSyncStatusRequest*,
                                                            pb::GetSyncStatusResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal&) {
    FillStatus(response);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* DaemonAdminService::SyncNow(Context* context, const pb::SyncNowRequest* request,
                                                      pb::SyncNowResponse* response) {
  const ServiceShell waiting{parts_.shell.authenticator, &waiters_};
  return RunUnary(waiting, context, [=, this](const Principal& principal) {
    if (absl::Status allowed = RequireOwnSite(principal); !allowed.ok()) return allowed;
    absl::Status synced = parts_.agent->SyncNow(WaitOf(request->timeout()));
    if (synced.ok()) FillStatus(response->mutable_status());
    return synced;
  });
}

grpc::ServerUnaryReactor* DaemonAdminService::PauseSync(Context* context, const pb::PauseSyncRequest*,
                                                        pb::PauseSyncResponse*) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    if (absl::Status allowed = RequireOwnSite(principal); !allowed.ok()) return allowed;
    return parts_.agent->Pause();
  });
}

grpc::ServerUnaryReactor* DaemonAdminService::ResumeSync(Context* context, const pb::ResumeSyncRequest*,
                                                         pb::ResumeSyncResponse*) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    if (absl::Status allowed = RequireOwnSite(principal); !allowed.ok()) return allowed;
    return parts_.agent->Resume();
  });
}

grpc::ServerUnaryReactor* DaemonAdminService::GetDigest(Context* context, const pb::GetDigestRequest* request,
                                                        pb::GetDigestResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    return ListDigests(*parts_.store.replica, principal, request->scope(), response);
  });
}

grpc::ServerUnaryReactor* DaemonAdminService::ListSetAside(Context* context,
                                                           const pb::ListSetAsideRequest* request,
                                                           pb::ListSetAsideResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    return ListSetAsides(*parts_.store.replica, principal, request->scope(), response);
  });
}

grpc::ServerUnaryReactor* DaemonAdminService::AskTheServer(Context* context) const {
  return RunUnary(parts_.shell, context, [](const Principal&) {
    return absl::UnimplementedError(
        "sites, people and tokens are administered at the district's server: call it with --address and "
        "--token-file");
  });
}

grpc::ServerUnaryReactor* DaemonAdminService::AddSite(Context* context, const pb::AddSiteRequest*,
                                                      pb::AddSiteResponse*) {
  return AskTheServer(context);
}
grpc::ServerUnaryReactor* DaemonAdminService::ListSites(Context* context, const pb::ListSitesRequest*,
                                                        pb::ListSitesResponse*) {
  return AskTheServer(context);
}
grpc::ServerUnaryReactor* DaemonAdminService::RevokeSite(Context* context, const pb::RevokeSiteRequest*,
                                                         pb::RevokeSiteResponse*) {
  return AskTheServer(context);
}
grpc::ServerUnaryReactor* DaemonAdminService::RejoinSite(Context* context, const pb::RejoinSiteRequest*,
                                                         pb::RejoinSiteResponse*) {
  return AskTheServer(context);
}
grpc::ServerUnaryReactor* DaemonAdminService::AddPerson(Context* context, const pb::AddPersonRequest*,
                                                        pb::AddPersonResponse*) {
  return AskTheServer(context);
}
grpc::ServerUnaryReactor* DaemonAdminService::ListPeople(Context* context, const pb::ListPeopleRequest*,
                                                         pb::ListPeopleResponse*) {
  return AskTheServer(context);
}
grpc::ServerUnaryReactor* DaemonAdminService::CreateToken(Context* context, const pb::CreateTokenRequest*,
                                                          pb::CreateTokenResponse*) {
  return AskTheServer(context);
}
grpc::ServerUnaryReactor* DaemonAdminService::ListTokens(Context* context, const pb::ListTokensRequest*,
                                                         pb::ListTokensResponse*) {
  return AskTheServer(context);
}
grpc::ServerUnaryReactor* DaemonAdminService::RevokeToken(Context* context, const pb::RevokeTokenRequest*,
                                                          pb::RevokeTokenResponse*) {
  return AskTheServer(context);
}

}  // namespace trellis
