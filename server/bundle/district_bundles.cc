#include "server/bundle/district_bundles.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "common/rpc/error_reason.h"

namespace trellis {
namespace {

constexpr int64_t kComeBackAfterMs = 5'000;

}  // namespace

absl::StatusOr<DistrictBundles::Outcome> DistrictBundles::Import(std::string_view file) {
  absl::StatusOr<Outcome> outcome = absl::UnknownError("");
  if (++under_way_ <= kMostAtOnce) {
    outcome = ImportNow(file);
    if (!outcome.ok()) spdlog::warn("a bundle was refused: {}", std::string(outcome.status().message()));
  } else {
    absl::Status busy =
        ErrorWithReason(reason::kBusy, "Other bundles are being taken in; try again in a moment");
    SetRetryAfter(kComeBackAfterMs, &busy);
    outcome = busy;
  }
  --under_way_;
  return outcome;
}

absl::StatusOr<DistrictBundles::Outcome> DistrictBundles::ImportNow(std::string_view file) {
  absl::StatusOr<OpenedBundle> opened =
      ReadBundleFile(file, BundleDirection::kUp, options_.keys, options_.authority);
  if (!opened.ok()) return opened.status();
  absl::StatusOr<BundleAdmission> admitted = gate_->AdmitBundle(opened->certificate);
  if (!admitted.ok()) return admitted.status();
  absl::StatusOr<AnsweredBundle> answered = AnswerBundle(
      replica_, clock_, admitted->config, options_.district, admitted->site, options_.signer, *opened);
  if (!answered.ok()) return answered.status();
  gate_->Carried(admitted->config.peer, std::get<Hello>(opened->bundle.messages.front()), answered->progress);
  spdlog::info("a bundle of site {} was taken in: {} records, {} of them new here", admitted->site,
               answered->taken.records, answered->taken.changed);
  return Outcome{std::move(admitted->site), *std::move(answered)};
}

}  // namespace trellis
