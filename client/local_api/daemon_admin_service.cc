#include "client/local_api/daemon_admin_service.h"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <utility>

#include "client/agent/comparison_words.h"
#include "client/agent/site_diagnosis.h"
#include "client/agent/sync_standing.h"
#include "common/rpc/store_inspection.h"
#include "common/service/newer_kinds.h"

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

pb::DiagnosisState StateOf(StepState state) {
  switch (state) {
    case StepState::kGood:
      return pb::DIAGNOSIS_STATE_GOOD;
    case StepState::kBad:
      return pb::DIAGNOSIS_STATE_BAD;
    case StepState::kUnknown:
      return pb::DIAGNOSIS_STATE_UNKNOWN;
  }
  return pb::DIAGNOSIS_STATE_UNSPECIFIED;
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

size_t CountSetAside(const Replica& replica) {
  size_t count = 0;
  const absl::StatusOr<std::vector<std::string>> scopes = replica.Scopes();
  for (const std::string& scope : scopes.value_or(std::vector<std::string>())) {
    const absl::StatusOr<std::vector<SetAside>> aside = replica.SetAsides(scope);
    if (aside.ok()) count += aside->size();
  }
  return count;
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
    for (const std::string& notice : parts_.notices()) response->add_notices(notice);
    for (const std::string& notice : parts_.agent->Standing().exchange.welcome.notices)
      response->add_notices(notice);
    const auto newer = CountNewerKinds(*parts_.store.replica, *parts_.store.kinds);
    if (const std::string notice = NewerKindsNotice(newer.value_or(std::vector<NewerKind>()));
        !notice.empty()) {
      response->add_notices(notice);
    }
    if (const size_t aside = CountSetAside(*parts_.store.replica); aside > 0) {
      response->add_notices(fmt::format(
          "{} item(s) that came in could not be taken: `trellis quarantine list` says why", aside));
    }
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
  response->set_resent_bytes(standing.resent_bytes);
  response->set_resent_bound_bytes(standing.resent_bound_bytes);
  response->set_cuts(standing.cuts);
  response->set_asked_again_bytes(standing.exchange.bytes_asked_again);
  const absl::StatusOr<int64_t> backed_up_to = ReadBackedUpTo(*parts_.store.replica, PeerName());
  if (backed_up_to.ok() && *backed_up_to != 0) SetTime(*backed_up_to, response->mutable_backed_up_to_time());
  response->set_backup(BackupWords(backed_up_to.value_or(0)));
  const std::string& site = parts_.membership.site;
  for (const std::string& scope : {std::string("shared"), site, site + "!up"}) {
    const auto& known = standing.exchange.scopes;
    const auto live = std::find_if(known.begin(), known.end(),
                                   [&](const ScopeProgress& progress) { return progress.scope == scope; });
    FillScope(scope, live != known.end() ? *live : ScopeProgress{.scope = scope}, response->add_scopes());
  }
}

std::string DaemonAdminService::PeerName() const {
  return fmt::format("district/{}", parts_.membership.district);
}

void DaemonAdminService::FillScope(const std::string& name, const ScopeProgress& progress,
                                   pb::ScopeSync* row) const {
  ComparedScope scope{.compared = !name.ends_with("!up"), .now = progress};
  const absl::StatusOr<ScopeHead> head = parts_.store.replica->Head(name);
  if (head.ok()) {
    scope.now.head = head->seq;
    scope.records = head->records;
  }
  const auto receipt = ReadReceipt(*parts_.store.replica, PeerName(), name);
  if (receipt.ok() && receipt->has_value()) {
    scope.last = (*receipt)->cut;
    row->set_receipt((*receipt)->statement);
    row->set_receipt_signature((*receipt)->signature);
  }
  row->set_scope(name);
  row->set_head(scope.now.head);
  row->set_pushed(progress.pushed);
  row->set_pulled(progress.pulled);
  row->set_peer_head(progress.peer_head);
  row->set_verified(progress.verified);
  row->set_repairing(progress.repairing);
  const int64_t at_ms = progress.verified_at_ms != 0 ? progress.verified_at_ms
                        : scope.last.has_value()     ? scope.last->at_ms
                                                     : 0;
  if (at_ms != 0) SetTime(at_ms, row->mutable_verified_time());
  if (at_ms != 0)
    row->set_verified_records(progress.verified ? scope.records : scope.last.value_or(VerifiedCut()).records);
  row->set_changes_since_verified(ChangesSinceComparison(scope).value_or(0));
  row->set_comparison(ComparisonWords(scope));
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

void DaemonAdminService::FillDiagnosis(pb::DiagnoseResponse* response) const {
  SiteFacts facts{.link = parts_.agent->Diagnose(), .standing = parts_.agent->Standing()};
  facts.site = parts_.membership.site;
  struct statvfs disk {};
  if (statvfs(parts_.data.c_str(), &disk) == 0) {
    facts.free_bytes = static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize;
  }
  facts.in_rescue = parts_.folder->in_rescue();
  facts.changes_lost = parts_.folder->changes_lost();
  const absl::StatusOr<std::vector<std::string>> scopes = parts_.store.replica->Scopes();
  if (scopes.ok()) {
    for (const std::string& scope : *scopes) {
      const auto set_aside = parts_.store.replica->SetAsides(scope);
      if (set_aside.ok()) facts.set_aside += set_aside->size();
    }
  }
  response->set_healthy(true);
  for (const DiagnosisStep& step : DiagnoseSite(facts)) {
    auto* row = response->add_steps();
    row->set_name(step.name);
    row->set_state(StateOf(step.state));
    row->set_sentence(step.sentence);
    row->set_fix(step.fix);
    if (step.state == StepState::kBad) response->set_healthy(false);
  }
}

grpc::ServerUnaryReactor* DaemonAdminService::Diagnose(Context* context, const pb::DiagnoseRequest*,
                                                       pb::DiagnoseResponse* response) {
  const ServiceShell waiting{parts_.shell.authenticator, &waiters_};
  return RunUnary(waiting, context, [=, this](const Principal& principal) {
    if (absl::Status allowed = RequireOwnSite(principal); !allowed.ok()) return allowed;
    FillDiagnosis(response);
    return absl::OkStatus();
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

grpc::ServerUnaryReactor* DaemonAdminService::RetrySetAside(Context* context,
                                                            const pb::RetrySetAsideRequest* request,
                                                            pb::RetrySetAsideResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    return RetrySetAsides(
        parts_.store.replica, principal, [](const std::string&) { return ApplyOptions(); }, *request,
        response);
  });
}

grpc::ServerUnaryReactor* DaemonAdminService::ExportSetAside(Context* context,
                                                             const pb::ExportSetAsideRequest* request,
                                                             pb::ExportSetAsideResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    return ExportSetAsides(*parts_.store.replica, principal, request->scope(), response);
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
