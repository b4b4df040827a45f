#include "server/admin/server_admin_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "common/access/decision.h"
#include "common/rpc/store_inspection.h"
#include "common/service/newer_kinds.h"
#include "server/admin/people_list.h"

namespace trellis {
namespace {

namespace pb = trellis::admin::v1;

constexpr int64_t kDefaultCodeLifeMs = 14 * kDayMs;
constexpr int64_t kLongestCodeLifeMs = 90 * kDayMs;
constexpr size_t kDefaultPage = 1'000;
constexpr size_t kLargestPage = 10'000;

void SetTime(int64_t ms, google::protobuf::Timestamp* time) {
  time->set_seconds(ms / 1000);
  time->set_nanos(static_cast<int32_t>(ms % 1000) * 1'000'000);
}

int64_t CodeLife(const google::protobuf::Duration& asked) {
  const int64_t ms = asked.seconds() * 1000;
  return ms <= 0 ? kDefaultCodeLifeMs : std::min(ms, kLongestCodeLifeMs);
}

pb::SiteState StateOf(const RegisteredSite& site) {
  if (site.revoked) return pb::SITE_STATE_REVOKED;
  const bool frozen =
      std::any_of(site.codes.begin(), site.codes.end(), [](const IssuedCode& code) { return code.frozen; });
  if (frozen) return pb::SITE_STATE_FROZEN;
  return site.machines.empty() ? pb::SITE_STATE_INVITED : pb::SITE_STATE_JOINED;
}

void FillSite(const RegisteredSite& site, pb::Site* out) {
  out->set_site(site.site);
  out->set_display_name(site.display_name);
  out->set_identifier(site.identifier);
  out->set_organization(site.organization);
  out->set_lead(site.lead);
  out->set_state(StateOf(site));
  out->set_daemons(static_cast<int32_t>(site.machines.size()));
}

std::string WordsOf(const RegisteredSite& site, const SiteHealthRow& health) {
  switch (StateOf(site)) {
    case pb::SITE_STATE_REVOKED:
      return "shut out";
    case pb::SITE_STATE_FROZEN:
      return "a joining code was used with two keys: find out who holds it, then `trellis sites rejoin`";
    case pb::SITE_STATE_INVITED:
      return "has not joined yet";
    default:
      break;
  }
  std::string words = "joined, not connected yet";
  if (health.connections > 0) {
    words = health.behind == 0 ? "connected, caught up"
                               : fmt::format("connected, {} change(s) on their way", health.behind);
  } else if (health.last_seen_ms != 0) {
    words = "offline";
  }
  return health.notice.empty() ? words : fmt::format("{}; {}", words, health.notice);
}

void FillPerson(const PersonRow& row, pb::Person* out) {
  out->set_account(row.account);
  out->set_username(row.username);
  out->set_display_name(row.display_name);
  out->set_site(row.site);
  for (const Grant& grant : row.grants) {
    auto* role = out->add_roles();
    role->set_role(static_cast<trellis::options::v1::Role>(RoleNumber(grant.role)));
    role->set_scope(grant.site);
  }
}

void FillToken(const TokenEntry& entry, pb::Token* out) {
  out->set_id(entry.id);
  out->set_name(entry.name);
  out->mutable_role()->set_role(static_cast<trellis::options::v1::Role>(RoleNumber(entry.grant.role)));
  out->mutable_role()->set_scope(entry.grant.site);
  SetTime(entry.created_ms, out->mutable_create_time());
  if (entry.expires_ms != 0) SetTime(entry.expires_ms, out->mutable_expire_time());
  out->set_create_actor(entry.created_by);
}

absl::StatusOr<Grant> GrantOf(const pb::PersonRole& asked) {
  const std::optional<Role> role = RoleOfNumber(asked.role());
  if (!role) return absl::InvalidArgumentError("name a role");
  if (asked.scope() != kWholeDistrict && !IsSiteName(asked.scope())) {
    return absl::InvalidArgumentError("name the site the role is for, or * for the whole district");
  }
  return Grant{*role, asked.scope()};
}

absl::Status RequireDistrict(const Principal& principal) {
  return Require(principal, Action::kAdminister, ScopeName{}, nullptr);
}

absl::Status AtDaemonOnly() {
  return absl::UnimplementedError("sites sync by themselves with this server; ask a site's daemon for that");
}

}  // namespace

ServerAdminService::ServerAdminService(Parts parts)
    : parts_(std::move(parts)),
      opening_(parts_.store, parts_.writer, parts_.registry),
      started_ms_(parts_.store.clock->WallMs()) {}

grpc::ServerUnaryReactor* ServerAdminService::GetStatus(Context* context, const pb::GetStatusRequest*,
                                                        pb::GetStatusResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    response->set_program("trellis-server");
    response->set_version(parts_.version);
    response->set_district(parts_.district.id);
    response->set_district_name(parts_.district.name);
    response->set_actor(principal.name);
    SetTime(started_ms_, response->mutable_start_time());
    for (const std::string& notice : parts_.notices()) response->add_notices(notice);
    const auto newer = CountNewerKinds(*parts_.store.replica, *parts_.store.kinds);
    if (const std::string notice = NewerKindsNotice(newer.value_or(std::vector<NewerKind>()));
        !notice.empty()) {
      response->add_notices(notice);
    }
    return absl::OkStatus();
  });
}

absl::Status ServerAdminService::FillCode(const std::string& site, int64_t lifetime_ms, std::string* code,
                                          google::protobuf::Timestamp* expires) {
  absl::StatusOr<Joining::FreshCode> fresh = parts_.joining->MakeCode(site, lifetime_ms);
  if (!fresh.ok()) return fresh.status();
  *code = fresh->line;
  SetTime(fresh->expires_ms, expires);
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* ServerAdminService::AddSite(Context* context, const pb::AddSiteRequest* request,
                                                      pb::AddSiteResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    if (absl::Status allowed = RequireDistrict(principal); !allowed.ok()) return allowed;
    absl::StatusOr<RegisteredSite> site =
        opening_.Open(principal, {.display_name = request->display_name(),
                                  .identifier = request->identifier(),
                                  .lead = request->lead(),
                                  .lead_display_name = request->lead_display_name()});
    if (!site.ok()) return site.status();
    FillSite(*site, response->mutable_site());
    return FillCode(site->site, CodeLife(request->code_lifetime()), response->mutable_joining_code(),
                    response->mutable_code_expire_time());
  });
}

grpc::ServerUnaryReactor* ServerAdminService::ListSites(Context* context, const pb::ListSitesRequest* request,
                                                        pb::ListSitesResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    absl::Status allowed = Require(principal, Action::kReport, ScopeName{}, nullptr);
    if (!allowed.ok()) return allowed;
    const size_t page =
        request->page_size() <= 0 ? kDefaultPage : std::min<size_t>(request->page_size(), kLargestPage);
    // The token is the name the page goes on after; names are no secret to who may list them.
    for (const RegisteredSite& site : parts_.registry->All()) {
      if (site.site <= request->page_token() && !request->page_token().empty()) continue;
      if (static_cast<size_t>(response->sites_size()) == page) {
        response->set_next_page_token(response->sites(response->sites_size() - 1).site().site());
        break;
      }
      FillHealth(site, response->add_sites());
    }
    return absl::OkStatus();
  });
}

void ServerAdminService::FillHealth(const RegisteredSite& site, pb::SiteHealth* row) const {
  const SiteHealthRow health = parts_.health->Of(site.site);
  FillSite(site, row->mutable_site());
  row->set_connections(health.connections);
  if (health.last_seen_ms != 0) SetTime(health.last_seen_ms, row->mutable_last_seen_time());
  row->set_head(health.head);
  row->set_behind(health.behind);
  if (health.verified_ms != 0) SetTime(health.verified_ms, row->mutable_verified_time());
  const absl::StatusOr<ScopeHead> head = parts_.store.replica->Head(site.site);
  if (head.ok()) row->set_records(head->records);
  row->set_state(WordsOf(site, health));
}

void ServerAdminService::CloseConnectionsOf(const std::string& site) {
  const std::string prefix = fmt::format("site/{}/", site);
  for (const auto& session : parts_.hub->All()) {
    if (session->peer().starts_with(prefix)) {
      session->Dismiss(Bye{.reason = "this machine has been shut out by the district", .fatal = true});
    }
  }
}

grpc::ServerUnaryReactor* ServerAdminService::RevokeSite(Context* context,
                                                         const pb::RevokeSiteRequest* request,
                                                         pb::RevokeSiteResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    if (absl::Status allowed = RequireDistrict(principal); !allowed.ok()) return allowed;
    const int64_t now_ms = parts_.store.clock->WallMs();
    absl::Status revoked = parts_.registry->Revoke(request->site(), request->reason(), now_ms);
    if (!revoked.ok()) return revoked;
    CloseConnectionsOf(request->site());
    FillSite(*parts_.registry->Find(request->site()), response->mutable_site());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ServerAdminService::RejoinSite(Context* context,
                                                         const pb::RejoinSiteRequest* request,
                                                         pb::RejoinSiteResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    if (absl::Status allowed = RequireDistrict(principal); !allowed.ok()) return allowed;
    if (absl::Status lifted = parts_.registry->LiftRevocation(request->site()); !lifted.ok()) return lifted;
    FillSite(*parts_.registry->Find(request->site()), response->mutable_site());
    return FillCode(request->site(), CodeLife(request->code_lifetime()), response->mutable_joining_code(),
                    response->mutable_code_expire_time());
  });
}

grpc::ServerUnaryReactor* ServerAdminService::AddPerson(Context* context, const pb::AddPersonRequest* request,
                                                        pb::AddPersonResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    if (absl::Status allowed = RequireDistrict(principal); !allowed.ok()) return allowed;
    absl::StatusOr<Grant> grant = GrantOf(request->role());
    if (!grant.ok()) return grant.status();
    absl::StatusOr<RecordId> account = opening_.AddPerson(principal, {.username = request->username(),
                                                                      .display_name = request->display_name(),
                                                                      .site = request->site(),
                                                                      .grant = *grant});
    if (!account.ok()) return account.status();
    absl::StatusOr<std::vector<PersonRow>> people = ListPersons(parts_.store, principal, request->site());
    if (!people.ok()) return people.status();
    for (const PersonRow& row : *people) {
      if (row.account == account->ToString()) FillPerson(row, response->mutable_person());
    }
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ServerAdminService::ListPeople(Context* context,
                                                         const pb::ListPeopleRequest* request,
                                                         pb::ListPeopleResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    absl::StatusOr<std::vector<PersonRow>> people = ListPersons(parts_.store, principal, request->site());
    if (!people.ok()) return people.status();
    for (const PersonRow& row : *people) FillPerson(row, response->add_people());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ServerAdminService::CreateToken(Context* context,
                                                          const pb::CreateTokenRequest* request,
                                                          pb::CreateTokenResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    // Only who may do everything may hand out any part of it.
    if (absl::Status allowed = RequireDistrict(principal); !allowed.ok()) return allowed;
    absl::StatusOr<Grant> grant = GrantOf(request->role());
    if (!grant.ok()) return grant.status();
    if (request->name().empty()) return absl::InvalidArgumentError("say what the token is for");
    TokenEntry entry{.name = request->name(), .grant = *grant, .created_by = principal.account};
    const int64_t life_ms = request->lifetime().seconds() * 1000;
    if (life_ms > 0) entry.expires_ms = parts_.store.clock->WallMs() + life_ms;
    absl::StatusOr<std::string> secret = parts_.tokens->Create(&entry);
    if (!secret.ok()) return secret.status();
    FillToken(entry, response->mutable_token());
    response->set_secret(*std::move(secret));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ServerAdminService::ListTokens(Context* context, const pb::ListTokensRequest*,
                                                         pb::ListTokensResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    if (absl::Status allowed = RequireDistrict(principal); !allowed.ok()) return allowed;
    for (const TokenEntry& entry : parts_.tokens->All()) FillToken(entry, response->add_tokens());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ServerAdminService::RevokeToken(Context* context,
                                                          const pb::RevokeTokenRequest* request,
                                                          pb::RevokeTokenResponse*) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    if (absl::Status allowed = RequireDistrict(principal); !allowed.ok()) return allowed;
    return parts_.tokens->Revoke(request->id());
  });
}

void ServerAdminService::FillSyncStatus(pb::GetSyncStatusResponse* response) const {
  size_t connected = 0;
  size_t behind = 0;
  const std::vector<RegisteredSite> sites = parts_.registry->All();
  for (const RegisteredSite& site : sites) {
    const SiteHealthRow health = parts_.health->Of(site.site);
    if (health.connections > 0) ++connected;
    if (health.connections > 0 && health.behind > 0) ++behind;
  }
  const bool all = connected == sites.size() && behind == 0;
  response->set_state(all ? pb::SYNC_STATE_SYNCED : pb::SYNC_STATE_WORKING);
  response->set_sentence(fmt::format("{} of {} site(s) connected, {} of them with changes on their way.",
                                     connected, sites.size(), behind));
}

grpc::ServerUnaryReactor* ServerAdminService::GetSyncStatus(Context* context, const pb::GetSyncStatusRequest*,
                                                            pb::GetSyncStatusResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    absl::Status allowed = Require(principal, Action::kReport, ScopeName{}, nullptr);
    if (allowed.ok()) FillSyncStatus(response);
    return allowed;
  });
}

grpc::ServerUnaryReactor* ServerAdminService::SyncNow(Context* context, const pb::SyncNowRequest*,
                                                      pb::SyncNowResponse*) {
  return RunUnary(parts_.shell, context, [](const Principal&) { return AtDaemonOnly(); });
}

grpc::ServerUnaryReactor* ServerAdminService::PauseSync(Context* context, const pb::PauseSyncRequest*,
                                                        pb::PauseSyncResponse*) {
  return RunUnary(parts_.shell, context, [](const Principal&) { return AtDaemonOnly(); });
}

grpc::ServerUnaryReactor* ServerAdminService::ResumeSync(Context* context, const pb::ResumeSyncRequest*,
                                                         pb::ResumeSyncResponse*) {
  return RunUnary(parts_.shell, context, [](const Principal&) { return AtDaemonOnly(); });
}

grpc::ServerUnaryReactor* ServerAdminService::GetDigest(Context* context, const pb::GetDigestRequest* request,
                                                        pb::GetDigestResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    return ListDigests(*parts_.store.replica, principal, request->scope(), response);
  });
}

grpc::ServerUnaryReactor* ServerAdminService::ListSetAside(Context* context,
                                                           const pb::ListSetAsideRequest* request,
                                                           pb::ListSetAsideResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    return ListSetAsides(*parts_.store.replica, principal, request->scope(), response);
  });
}

grpc::ServerUnaryReactor* ServerAdminService::RetrySetAside(Context* context,
                                                            const pb::RetrySetAsideRequest* request,
                                                            pb::RetrySetAsideResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    return RetrySetAsides(parts_.store.replica, principal, parts_.options_of_peer, *request, response);
  });
}

grpc::ServerUnaryReactor* ServerAdminService::ExportSetAside(Context* context,
                                                             const pb::ExportSetAsideRequest* request,
                                                             pb::ExportSetAsideResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) {
    return ExportSetAsides(*parts_.store.replica, principal, request->scope(), response);
  });
}

}  // namespace trellis
