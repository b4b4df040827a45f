#include "server/bundle/bundle_services.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "common/access/decision.h"
#include "common/rpc/transfer_call.h"

namespace trellis {
namespace {

using sync::v1::ExportBundleResponse;
using sync::v1::HandOverRequest;
using sync::v1::HandOverResponse;
using sync::v1::ImportBundleRequest;
using sync::v1::ImportBundleResponse;

absl::StatusOr<std::vector<ImportBundleResponse>> Import(DistrictBundles* bundles, const std::string& file) {
  absl::StatusOr<DistrictBundles::Outcome> outcome = bundles->Import(file);
  if (!outcome.ok()) return outcome.status();
  const AnsweredBundle& answered = outcome->answered;
  ImportBundleResponse response;
  sync::v1::ImportedBundle* summary = response.mutable_summary();
  summary->set_site(outcome->site);
  summary->set_records(answered.taken.records);
  summary->set_changed(answered.taken.changed);
  summary->set_set_aside(answered.taken.set_aside);
  summary->set_records_down(answered.records_down);
  summary->set_more_down(answered.more);
  return InParts(std::move(response), answered.receipt);
}

absl::StatusOr<std::vector<HandOverResponse>> Answer(DistrictBundles* bundles, const std::string& file) {
  HandOverResponse response;
  absl::StatusOr<DistrictBundles::Outcome> outcome = bundles->Import(file);
  if (!outcome.ok()) return outcome.status();
  response.mutable_standing()->set_sentence(
      fmt::format("the district has taken in the bundle of site {}", outcome->site));
  return InParts(std::move(response), outcome->answered.receipt);
}

}  // namespace

grpc::ServerWriteReactor<ExportBundleResponse>* DistrictBundleService::ExportBundle(
    grpc::CallbackServerContext*, const sync::v1::ExportBundleRequest*) {
  return new DownloadCall<ExportBundleResponse>(
      absl::UnimplementedError("the district answers bundles and does not begin with one: export at the site "
                               "(`trellis bundle export` there), "
                               "import that here; what the site lacks comes with the receipt"));
}

grpc::ServerBidiReactor<ImportBundleRequest, ImportBundleResponse>* DistrictBundleService::ImportBundle(
    grpc::CallbackServerContext* context) {
  using Call = TransferCall<ImportBundleRequest, ImportBundleResponse>;
  const absl::StatusOr<Principal> principal = shell_.authenticator->Authenticate(*context);
  if (!principal.ok()) return new Call(principal.status());
  if (absl::Status allowed = Require(*principal, Action::kAdminister, ScopeName{}, nullptr); !allowed.ok()) {
    return new Call(allowed);
  }
  auto file = std::make_shared<std::string>();
  return new Call(
      shell_.executor,
      [file](ImportBundleRequest* part) {
        return AppendPart(part->data(), kMostBundleFileBytes, file.get());
      },
      [file, bundles = bundles_] { return Import(bundles, *file); });
}

grpc::ServerBidiReactor<HandOverRequest, HandOverResponse>* DistrictRelayService::HandOver(
    grpc::CallbackServerContext*) {
  auto file = std::make_shared<std::string>();
  return new TransferCall<HandOverRequest, HandOverResponse>(
      executor_,
      [file](HandOverRequest* part) {
        // The proof is for neighbours; here the bundle proves itself.
        return part->has_proof() ? absl::OkStatus()
                                 : AppendPart(part->data(), kMostBundleFileBytes, file.get());
      },
      [file, bundles = bundles_] { return Answer(bundles, *file); });
}

}  // namespace trellis
