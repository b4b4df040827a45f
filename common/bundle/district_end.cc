#include "common/bundle/district_end.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/bundle/bundle_id.h"
#include "common/bundle/frames_out.h"
#include "common/exchange/wire_frame_codec.h"

namespace trellis {
namespace {

// Room in the receipt for what is no frame.
constexpr size_t kMostReceiptBytes = kMostBundleBytes - (4u << 20);

const ScopeGrant* FindGrant(const ExchangeConfig& exchange, const std::string& scope) {
  const auto found = std::find_if(exchange.scopes.begin(), exchange.scopes.end(),
                                  [&](const ScopeGrant& grant) { return grant.scope == scope; });
  return found != exchange.scopes.end() ? &*found : nullptr;
}

ScopeProgress ProgressOf(const ScopeOpening& theirs, const ScopeOpening& mine) {
  const session::ResumePoints held = session::FindResumePoints(theirs, mine.cursors);
  ScopeProgress progress;
  progress.scope = theirs.scope;
  progress.head = mine.head;
  progress.pulled = *std::min_element(held.lane.begin(), held.lane.end());
  progress.peer_head = theirs.head;
  return progress;
}

}  // namespace

absl::StatusOr<AnsweredBundle> AnswerBundle(Replica* replica, const Clock* clock,
                                            const ExchangeConfig& exchange, const std::string& district,
                                            const std::string& site, const BundleSigner& signer,
                                            const OpenedBundle& opened) {
  const Bundle& bundle = opened.bundle;
  if (bundle.district != district || bundle.site != site) {
    return absl::PermissionDeniedError(
        fmt::format("the bundle says it is of site {}, its certificate is of {}", bundle.site, site));
  }
  const auto& hello = std::get<Hello>(bundle.messages.front());
  const ProtocolWindow written{hello.protocol, hello.protocol};
  if (!session::AgreeOnProtocol(exchange.protocols, written).has_value()) {
    return absl::FailedPreconditionError(session::NoCommonProtocol(written, exchange.protocols));
  }
  const WireFrameCodec codec(exchange.district_key);
  FramesIn in(replica, &codec, clock, &exchange);
  absl::StatusOr<FramesTaken> taken = in.Take(bundle, hello.scopes);
  if (!taken.ok()) return taken.status();

  Welcome welcome;
  welcome.protocol = hello.protocol;
  welcome.software = exchange.software;
  welcome.store = exchange.store;
  welcome.boot = replica->epoch();
  welcome.wall_ms = clock->WallMs();
  welcome.durability_horizon_ms = exchange.durability_horizon_ms;
  welcome.notices = exchange.notices;
  AnsweredBundle answered;
  for (const ScopeOpening& theirs : hello.scopes) {
    absl::StatusOr<ScopeOpening> mine =
        OpenScopeFor(replica, exchange.peer, theirs.scope, exchange.reconcile);
    if (!mine.ok()) return mine.status();
    mine->guessed = theirs.cursors;
    answered.progress.push_back(ProgressOf(theirs, *mine));
    welcome.scopes.push_back(*std::move(mine));
  }
  Bundle receipt;
  receipt.direction = BundleDirection::kDown;
  receipt.district = district;
  receipt.site = site;
  receipt.id = MakeBundleId();
  receipt.answers = bundle.id;
  receipt.wall_ms = welcome.wall_ms;
  receipt.messages.emplace_back(welcome);
  for (Ack& ack : taken->acks) {
    if (exchange.backed_up_to_ms != nullptr)
      ack.backed_up_to_ms = static_cast<uint64_t>(*exchange.backed_up_to_ms);
    receipt.messages.emplace_back(ack);
  }
  FramesOut out(replica, &codec, exchange.writers, kMostReceiptBytes, &receipt);
  for (size_t i = 0; i < hello.scopes.size(); ++i) {
    if (!MaySend(Side::kServer, *FindGrant(exchange, hello.scopes[i].scope))) continue;
    const ScopeOpening& theirs = hello.scopes[i];
    const absl::Status added =
        out.Add(welcome.scopes[i], theirs.reconcile ? std::nullopt : ToldOpening(theirs));
    if (!added.ok()) return added;
  }
  absl::StatusOr<std::string> file = WriteBundleFile(receipt, bundle.reply_key, signer);
  if (!file.ok()) return file.status();
  answered.receipt = *std::move(file);
  answered.taken = *std::move(taken);
  answered.records_down = out.records();
  answered.more = out.full();
  return answered;
}

}  // namespace trellis
