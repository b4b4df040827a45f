// All that a daemon does with bundles, wired together: by hand, and by way of a neighbour.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "client/agent/sync_agent.h"
#include "client/bundle/relay_caller.h"
#include "client/bundle/relay_carrier.h"
#include "client/bundle/relay_service.h"
#include "client/bundle/relay_shelf.h"
#include "client/bundle/site_bundle_service.h"

namespace trellis {

class SiteBundles {
 public:
  struct Options {
    Membership membership;
    std::string data;
    std::string keys_folder;
    std::string software;
    bool in_rescue = false;
    Replica* replica = nullptr;
    const Clock* clock = nullptr;
    ServiceShell shell;
    SyncAgent* agent = nullptr;
    std::string relay_listen;  // HOST:PORT to take neighbours' bundles at; empty: none are taken
    std::string relay_via;     // HOST:PORT of a neighbour; empty: none is asked
  };
  // Pointers must outlive the object. UNAVAILABLE: the port is taken.
  static absl::StatusOr<std::unique_ptr<SiteBundles>> Start(const Options& options);
  // Ends what is under way.
  ~SiteBundles();

  const SiteEnd* end() const { return end_.get(); }
  SiteBundleService* service() { return service_.get(); }
  // Where neighbours hand over; empty: nowhere.
  const std::string& relay_at() const { return relay_at_; }
  // How the neighbour that is asked stands, in words; empty: none is asked, or not yet.
  std::string Standing() const { return caller_ != nullptr ? caller_->Standing() : std::string(); }

 private:
  SiteBundles() = default;
  absl::Status Listen(const Options& options);

  std::unique_ptr<SiteEnd> end_;
  std::unique_ptr<SiteBundleService> service_;
  std::unique_ptr<RelayShelf> shelf_;
  std::unique_ptr<RelayServiceImpl> relay_service_;
  std::unique_ptr<grpc::Server> relay_server_;
  std::unique_ptr<RelayCarrier> carrier_;
  std::unique_ptr<RelayCaller> caller_;
  std::string relay_at_;
};

}  // namespace trellis
