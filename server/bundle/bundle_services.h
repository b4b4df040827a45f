// Bundles at the server's listeners.
#pragma once

#include <grpcpp/grpcpp.h>

#include "common/service/unary_call.h"
#include "server/bundle/district_bundles.h"
#include "trellis/sync/v1/bundle.grpc.pb.h"

namespace trellis {

// On the API's listener: whoever administers the district imports what was carried to it.
class DistrictBundleService final : public trellis::sync::v1::BundleService::CallbackService {
 public:
  // All must outlive the service.
  DistrictBundleService(DistrictBundles* bundles, ServiceShell shell) : bundles_(bundles), shell_(shell) {}

  grpc::ServerWriteReactor<trellis::sync::v1::ExportBundleResponse>* ExportBundle(
      grpc::CallbackServerContext* context, const trellis::sync::v1::ExportBundleRequest* request) override;
  grpc::ServerBidiReactor<trellis::sync::v1::ImportBundleRequest, trellis::sync::v1::ImportBundleResponse>*
  ImportBundle(grpc::CallbackServerContext* context) override;

 private:
  DistrictBundles* const bundles_;
  const ServiceShell shell_;
};

// On the sync listener, which wants a site's certificate: a neighbour brings the bundle of another. Who
// brings it does not matter; it is taken for what its own certificate says.
class DistrictRelayService final : public trellis::sync::v1::RelayService::CallbackService {
 public:
  // All must outlive the service.
  DistrictRelayService(DistrictBundles* bundles, Executor* executor)
      : bundles_(bundles), executor_(executor) {}

  grpc::ServerBidiReactor<trellis::sync::v1::HandOverRequest, trellis::sync::v1::HandOverResponse>* HandOver(
      grpc::CallbackServerContext* context) override;

 private:
  DistrictBundles* const bundles_;
  Executor* const executor_;
};

}  // namespace trellis
