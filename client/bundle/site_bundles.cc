#include "client/bundle/site_bundles.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "common/rpc/channel_settings.h"
#include "common/rpc/endpoint.h"

namespace trellis {
namespace {

constexpr std::chrono::seconds kDrain{1};

}  // namespace

absl::StatusOr<std::unique_ptr<SiteBundles>> SiteBundles::Start(const Options& options) {
  absl::StatusOr<SiteEndOptions> end =
      SiteEndOptionsFor(options.membership, options.keys_folder, options.software, options.in_rescue,
                        options.replica, options.clock);
  if (!end.ok()) return end.status();
  std::unique_ptr<SiteBundles> bundles(new SiteBundles);
  const BundleSigner signer = end->signer;
  bundles->end_ = std::make_unique<SiteEnd>(*end);
  bundles->service_ =
      std::make_unique<SiteBundleService>(bundles->end_.get(), options.membership.site, options.shell);
  const auto channel = [agent = options.agent] { return agent->LiveChannel(); };
  if (!options.relay_listen.empty()) {
    bundles->shelf_ = std::make_unique<RelayShelf>(options.data + "/relay");
    if (absl::Status listening = bundles->Listen(options); !listening.ok()) return listening;
    bundles->carrier_ = std::make_unique<RelayCarrier>(bundles->shelf_.get(), signer, channel);
  }
  if (options.relay_via.empty()) return bundles;
  const absl::StatusOr<Endpoint> neighbour = ParseEndpoint(options.relay_via);
  if (!neighbour.ok()) return neighbour.status();
  RelayCaller::Options caller;
  caller.neighbour = neighbour->ToString();
  caller.end = bundles->end_.get();
  caller.signer = signer;
  caller.replica = options.replica;
  for (const ScopeGrant& grant : end->exchange.scopes) caller.scopes.push_back(grant.scope);
  caller.clock = options.clock;
  caller.connected = [channel] { return channel() != nullptr; };
  bundles->caller_ = std::make_unique<RelayCaller>(std::move(caller));
  return bundles;
}

absl::Status SiteBundles::Listen(const Options& options) {
  const absl::StatusOr<Endpoint> at = ParseEndpoint(options.relay_listen);
  if (!at.ok()) return at.status();
  relay_service_ = std::make_unique<RelayServiceImpl>(
      shelf_.get(), options.shell.executor, options.membership.district, options.membership.authority);
  grpc::ServerBuilder builder;
  LimitListener(&builder);
  int port = 0;
  builder.AddListeningPort(at->ToString(), grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(relay_service_.get());
  relay_server_ = builder.BuildAndStart();
  if (relay_server_ == nullptr || port == 0) {
    return absl::UnavailableError(
        fmt::format("cannot listen for neighbours on {}: is the port taken?", options.relay_listen));
  }
  relay_at_ = Endpoint{at->host, static_cast<uint16_t>(port)}.ToString();
  return absl::OkStatus();
}

SiteBundles::~SiteBundles() {
  caller_.reset();
  carrier_.reset();
  if (relay_server_ != nullptr) {
    relay_server_->Shutdown(std::chrono::system_clock::now() + kDrain);
    relay_server_->Wait();
  }
}

}  // namespace trellis
