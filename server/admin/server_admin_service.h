// AdminService at the district's server: decodes, calls one use case, encodes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/replica/quarantine.h"
#include "common/rpc/sync_hub.h"
#include "common/service/record_writer.h"
#include "common/service/unary_call.h"
#include "server/admin/site_opening.h"
#include "server/admin/token_store.h"
#include "server/enrolment/joining.h"
#include "server/ingest/site_health.h"
#include "trellis/admin/v1/admin.grpc.pb.h"

namespace trellis {

class ServerAdminService final : public trellis::admin::v1::AdminService::CallbackService {
 public:
  // All must outlive the service.
  struct Parts {
    RecordStore store;
    RecordWriter* writer = nullptr;
    SiteRegistry* registry = nullptr;
    Joining* joining = nullptr;
    TokenStore* tokens = nullptr;
    SiteHealth* health = nullptr;
    SyncHub* hub = nullptr;
    OptionsOfPeer options_of_peer;  // how what is set aside is taken again
    ServiceShell shell;
    DistrictFacts district;
    std::string version;
    std::function<std::vector<std::string>()> notices;  // of the store, as it stands
  };
  explicit ServerAdminService(Parts parts);

  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;
  Reactor* GetStatus(Context* context, const trellis::admin::v1::GetStatusRequest* request,
                     trellis::admin::v1::GetStatusResponse* response) override;
  Reactor* AddSite(Context* context, const trellis::admin::v1::AddSiteRequest* request,
                   trellis::admin::v1::AddSiteResponse* response) override;
  Reactor* ListSites(Context* context, const trellis::admin::v1::ListSitesRequest* request,
                     trellis::admin::v1::ListSitesResponse* response) override;
  Reactor* RevokeSite(Context* context, const trellis::admin::v1::RevokeSiteRequest* request,
                      trellis::admin::v1::RevokeSiteResponse* response) override;
  Reactor* RejoinSite(Context* context, const trellis::admin::v1::RejoinSiteRequest* request,
                      trellis::admin::v1::RejoinSiteResponse* response) override;
  Reactor* AddPerson(Context* context, const trellis::admin::v1::AddPersonRequest* request,
                     trellis::admin::v1::AddPersonResponse* response) override;
  Reactor* ListPeople(Context* context, const trellis::admin::v1::ListPeopleRequest* request,
                      trellis::admin::v1::ListPeopleResponse* response) override;
  Reactor* CreateToken(Context* context, const trellis::admin::v1::CreateTokenRequest* request,
                       trellis::admin::v1::CreateTokenResponse* response) override;
  Reactor* ListTokens(Context* context, const trellis::admin::v1::ListTokensRequest* request,
                      trellis::admin::v1::ListTokensResponse* response) override;
  Reactor* RevokeToken(Context* context, const trellis::admin::v1::RevokeTokenRequest* request,
                       trellis::admin::v1::RevokeTokenResponse* response) override;
  Reactor* GetSyncStatus(Context* context, const trellis::admin::v1::GetSyncStatusRequest* request,
                         trellis::admin::v1::GetSyncStatusResponse* response) override;
  Reactor* SyncNow(Context* context, const trellis::admin::v1::SyncNowRequest* request,
                   trellis::admin::v1::SyncNowResponse* response) override;
  Reactor* PauseSync(Context* context, const trellis::admin::v1::PauseSyncRequest* request,
                     trellis::admin::v1::PauseSyncResponse* response) override;
  Reactor* ResumeSync(Context* context, const trellis::admin::v1::ResumeSyncRequest* request,
                      trellis::admin::v1::ResumeSyncResponse* response) override;
  Reactor* GetDigest(Context* context, const trellis::admin::v1::GetDigestRequest* request,
                     trellis::admin::v1::GetDigestResponse* response) override;
  Reactor* ListSetAside(Context* context, const trellis::admin::v1::ListSetAsideRequest* request,
                        trellis::admin::v1::ListSetAsideResponse* response) override;
  Reactor* RetrySetAside(Context* context, const trellis::admin::v1::RetrySetAsideRequest* request,
                         trellis::admin::v1::RetrySetAsideResponse* response) override;
  Reactor* ExportSetAside(Context* context, const trellis::admin::v1::ExportSetAsideRequest* request,
                          trellis::admin::v1::ExportSetAsideResponse* response) override;

 private:
  // Turns a registered site into its proto, with a fresh code.
  absl::Status FillCode(const std::string& site, int64_t lifetime_ms, std::string* code,
                        google::protobuf::Timestamp* expires);
  void CloseConnectionsOf(const std::string& site);
  void FillSyncStatus(trellis::admin::v1::GetSyncStatusResponse* response) const;
  void FillHealth(const RegisteredSite& site, trellis::admin::v1::SiteHealth* row) const;

  Parts parts_;
  SiteOpening opening_;
  const int64_t started_ms_;
};

}  // namespace trellis
