// Bundles at a site's local socket.
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

#include "client/agent/membership.h"
#include "common/bundle/site_end.h"
#include "common/service/unary_call.h"
#include "trellis/sync/v1/bundle.grpc.pb.h"

namespace trellis {

// How a daemon makes and takes bundles. `data_keys` is the folder with its keys.
absl::StatusOr<SiteEndOptions> SiteEndOptionsFor(const Membership& membership, const std::string& keys_folder,
                                                 const std::string& software, bool in_rescue,
                                                 Replica* replica, const Clock* clock);

class SiteBundleService final : public trellis::sync::v1::BundleService::CallbackService {
 public:
  // All must outlive the service.
  SiteBundleService(SiteEnd* end, std::string site, ServiceShell shell)
      : end_(end), site_(std::move(site)), shell_(shell) {}

  grpc::ServerWriteReactor<trellis::sync::v1::ExportBundleResponse>* ExportBundle(
      grpc::CallbackServerContext* context, const trellis::sync::v1::ExportBundleRequest* request) override;
  grpc::ServerBidiReactor<trellis::sync::v1::ImportBundleRequest, trellis::sync::v1::ImportBundleResponse>*
  ImportBundle(grpc::CallbackServerContext* context) override;

 private:
  absl::Status Allow(const grpc::CallbackServerContext& context) const;

  SiteEnd* const end_;
  const std::string site_;
  const ServiceShell shell_;
};

}  // namespace trellis
