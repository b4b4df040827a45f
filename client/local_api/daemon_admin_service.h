// AdminService at a site's daemon: its sync and its store. The rest is the server's to answer.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "client/agent/sync_agent.h"
#include "common/replica/store_folder.h"
#include "common/service/record_store.h"
#include "common/service/unary_call.h"
#include "trellis/admin/v1/admin.grpc.pb.h"

namespace trellis {

class DaemonAdminService final : public trellis::admin::v1::AdminService::CallbackService {
 public:
  // Calls to SyncNow and Diagnose that wait at once; further ones are told to come back.
  static constexpr int kWaiters = 4;

  // All must outlive the service.
  struct Parts {
    RecordStore store;
    SyncAgent* agent = nullptr;
    ServiceShell shell;
    Membership membership;
    std::string version;
    std::function<std::vector<std::string>()> notices;  // of the store, as it stands
    const StoreFolder* folder = nullptr;
    std::string data;  // the folder's path
  };
  explicit DaemonAdminService(Parts parts);
  // Ends the waiting of SyncNow and Diagnose calls: the agent must be gone or stopping.
  void Shutdown() { waiters_.Shutdown(); }

  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;
  Reactor* GetStatus(Context* context, const trellis::admin::v1::GetStatusRequest* request,
                     trellis::admin::v1::GetStatusResponse* response) override;
  Reactor* GetSyncStatus(Context* context, const trellis::admin::v1::GetSyncStatusRequest* request,
                         trellis::admin::v1::GetSyncStatusResponse* response) override;
  Reactor* SyncNow(Context* context, const trellis::admin::v1::SyncNowRequest* request,
                   trellis::admin::v1::SyncNowResponse* response) override;
  Reactor* PauseSync(Context* context, const trellis::admin::v1::PauseSyncRequest* request,
                     trellis::admin::v1::PauseSyncResponse* response) override;
  Reactor* ResumeSync(Context* context, const trellis::admin::v1::ResumeSyncRequest* request,
                      trellis::admin::v1::ResumeSyncResponse* response) override;
  Reactor* Diagnose(Context* context, const trellis::admin::v1::DiagnoseRequest* request,
                    trellis::admin::v1::DiagnoseResponse* response) override;
  Reactor* GetDigest(Context* context, const trellis::admin::v1::GetDigestRequest* request,
                     trellis::admin::v1::GetDigestResponse* response) override;
  Reactor* ListSetAside(Context* context, const trellis::admin::v1::ListSetAsideRequest* request,
                        trellis::admin::v1::ListSetAsideResponse* response) override;
  Reactor* RetrySetAside(Context* context, const trellis::admin::v1::RetrySetAsideRequest* request,
                         trellis::admin::v1::RetrySetAsideResponse* response) override;
  Reactor* ExportSetAside(Context* context, const trellis::admin::v1::ExportSetAsideRequest* request,
                          trellis::admin::v1::ExportSetAsideResponse* response) override;

  // The server's.
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

 private:
  absl::Status RequireOwnSite(const Principal& principal) const;
  void FillStatus(trellis::admin::v1::GetSyncStatusResponse* response) const;
  void FillScope(const std::string& name, const ScopeProgress& progress,
                 trellis::admin::v1::ScopeSync* row) const;
  std::string PeerName() const;  // of the server, in the store's facts
  void FillDiagnosis(trellis::admin::v1::DiagnoseResponse* response) const;
  Reactor* AskTheServer(Context* context) const;

  Parts parts_;
  const int64_t started_ms_;
  Executor waiters_;
};

}  // namespace trellis
