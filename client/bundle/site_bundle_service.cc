#include "client/bundle/site_bundle_service.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "client/agent/site_exchange.h"
#include "common/access/decision.h"
#include "common/bundle/seal_key_file.h"
#include "common/rpc/transfer_call.h"

namespace trellis {
namespace {

using sync::v1::ExportBundleResponse;
using sync::v1::ImportBundleRequest;
using sync::v1::ImportBundleResponse;

absl::StatusOr<std::vector<ExportBundleResponse>> Export(SiteEnd* end) {
  absl::StatusOr<ExportedBundle> exported = end->Export();
  if (!exported.ok()) return exported.status();
  ExportBundleResponse response;
  response.mutable_summary()->set_records(exported->records);
  response.mutable_summary()->set_more(exported->more);
  return InParts(std::move(response), exported->file);
}

absl::StatusOr<std::vector<ImportBundleResponse>> Import(SiteEnd* end, const std::string& site,
                                                         const std::string& file) {
  absl::StatusOr<TakenReceipt> receipt = end->Import(file);
  if (!receipt.ok()) return receipt.status();
  ImportBundleResponse response;
  sync::v1::ImportedBundle* summary = response.mutable_summary();
  summary->set_site(site);
  summary->set_records(receipt->taken.records);
  summary->set_changed(receipt->taken.changed);
  summary->set_set_aside(receipt->taken.set_aside);
  summary->set_acknowledged(receipt->acknowledged);
  summary->set_set_aside_at_district(receipt->set_aside.size());
  for (const std::string& notice : receipt->notices) summary->add_notices(notice);
  return InParts(std::move(response), {});
}

}  // namespace

absl::StatusOr<SiteEndOptions> SiteEndOptionsFor(const Membership& membership, const std::string& keys_folder,
                                                 const std::string& software, bool in_rescue,
                                                 Replica* replica, const Clock* clock) {
  absl::StatusOr<SealKeys> own_keys = LoadOrMakeSealKeys(keys_folder + "/bundle.key");
  if (!own_keys.ok()) return own_keys.status();
  SiteEndOptions options;
  options.replica = replica;
  options.clock = clock;
  options.exchange = SiteExchange(membership, software);
  options.exchange.reconcile = in_rescue;
  options.district = membership.district;
  options.site = membership.site;
  options.own_keys = *std::move(own_keys);
  options.district_public_key = SealKeyFromHex(membership.bundle_key_hex);
  options.district_uri = fmt::format("trellis://{}/server", membership.district);
  options.signer = {membership.private_key, membership.certificate};
  options.authority = membership.authority;
  return options;
}

absl::Status SiteBundleService::Allow(const grpc::CallbackServerContext& context) const {
  const absl::StatusOr<Principal> principal = shell_.authenticator->Authenticate(context);
  if (!principal.ok()) return principal.status();
  return Require(*principal, Action::kAdminister, *ScopeName::Parse(site_), nullptr);
}

grpc::ServerWriteReactor<ExportBundleResponse>* SiteBundleService::ExportBundle(
    grpc::CallbackServerContext* context, const sync::v1::ExportBundleRequest*) {
  using Call = DownloadCall<ExportBundleResponse>;
  if (absl::Status allowed = Allow(*context); !allowed.ok()) return new Call(allowed);
  return new Call(shell_.executor, [end = end_] { return Export(end); });
}

grpc::ServerBidiReactor<ImportBundleRequest, ImportBundleResponse>* SiteBundleService::ImportBundle(
    grpc::CallbackServerContext* context) {
  using Call = TransferCall<ImportBundleRequest, ImportBundleResponse>;
  if (absl::Status allowed = Allow(*context); !allowed.ok()) return new Call(allowed);
  auto file = std::make_shared<std::string>();
  return new Call(
      shell_.executor,
      [file](ImportBundleRequest* part) {
        return AppendPart(part->data(), kMostBundleFileBytes, file.get());
      },
      [file, end = end_, site = site_] { return Import(end, site, *file); });
}

}  // namespace trellis
