#include "tests/bench/wire_pair.h"

#include "common/wire/frame_body.h"
#include "common/wire/messages_codec.h"
#include "tests/bench/workload.h"
#include "trellis/sync/v1/sync.pb.h"

namespace trellis {

using trellis::sync::v1::SyncRequest;
using trellis::sync::v1::SyncResponse;

namespace {

ExchangeConfig ConfigFor(Side side, const std::string& scope, size_t frame_bytes, size_t window_bytes) {
  ExchangeConfig config;
  config.side = side;
  config.peer = side == Side::kSite ? "server" : scope;
  config.store = side == Side::kSite ? scope : "server";
  config.software = "bench";
  config.scopes = {{scope, true, true}};
  config.frame_bytes = frame_bytes;
  config.window_bytes = window_bytes;
  return config;
}

}  // namespace

WirePair::WirePair(Replica* site, Replica* server, const std::string& scope, size_t frame_bytes,
                   size_t window_bytes)
    : site_(std::make_unique<Exchange>(site, &clock_,
                                       ConfigFor(Side::kSite, scope, frame_bytes, window_bytes))),
      server_(std::make_unique<Exchange>(server, &clock_,
                                         ConfigFor(Side::kServer, scope, frame_bytes, window_bytes))) {
  site_->Start();
}

bool WirePair::AllPushed() const {
  for (const ScopeProgress& scope : site_->Status().scopes) {
    if (scope.pushed < scope.head) return false;
  }
  return site_->Status().welcomed;
}

void WirePair::Run(uint64_t max_frame_bytes_up) {
  while (true) {
    const std::vector<SyncMessage> up = site_->TakeOutgoing();
    std::vector<std::string> under_way;
    uint64_t frame_bytes = 0;
    for (const SyncMessage& message : up) {
      SyncRequest proto;
      ToProto(message, &proto);
      site_fold_.Fold(&proto);
      under_way.push_back(proto.SerializeAsString());
      count_.bytes_up += under_way.back().size();
      if (const Frame* frame = std::get_if<Frame>(&message)) frame_bytes += frame->body.size();
    }
    count_.frame_bytes_up += frame_bytes;
    if (count_.frame_bytes_up > max_frame_bytes_up) {
      count_.lost_frame_bytes_up = frame_bytes;
      return;
    }
    if (!up.empty() && !AllPushed()) ++count_.turns;
    for (const std::string& bytes : under_way) {
      SyncRequest proto;
      proto.ParseFromString(bytes);
      Check(server_fold_.Unfold(&proto));
      auto decoded = FromProto(proto);
      Check(decoded.status());
      server_->Receive(*decoded);
    }
    const std::vector<SyncMessage> down = server_->TakeOutgoing();
    for (const SyncMessage& message : down) {
      SyncResponse proto;
      ToProto(message, &proto);
      server_fold_.Fold(&proto);
      count_.bytes_down += proto.ByteSizeLong();
      Check(site_fold_.Unfold(&proto));
      auto decoded = FromProto(proto);
      Check(decoded.status());
      site_->Receive(*decoded);
    }
    if (up.empty() && down.empty()) return;
  }
}

}  // namespace trellis
