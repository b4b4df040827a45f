#include "tests/bench/bare_stream.h"

#include <algorithm>

#include "common/rpc/channel_settings.h"
#include "tests/bench/figure.h"
#include "tests/bench/workload.h"

namespace trellis {
namespace {

using trellis::sync::v1::SyncRequest;
using trellis::sync::v1::SyncResponse;

class Counter final : public trellis::sync::v1::SyncService::Service {
 public:
  grpc::Status Sync(grpc::ServerContext*,
                    grpc::ServerReaderWriter<SyncResponse, SyncRequest>* stream) override {
    SyncRequest request;
    while (stream->Read(&request)) {
      if (!request.frame().lane_end()) continue;
      SyncResponse answer;
      answer.mutable_ack();
      stream->Write(answer);
    }
    return grpc::Status::OK;
  }
};

}  // namespace

double BareStreamSeconds(const CertificateAuthority& authority, size_t bytes, size_t message_bytes) {
  Counter service;
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  LimitListener(&builder);
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", ServerCredentials(ServerKeys(authority)), &port);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  const auto channel = SiteChannel(SiteKeys(authority, "S0001"), static_cast<uint16_t>(port));
  const auto stub = trellis::sync::v1::SyncService::NewStub(channel);
  grpc::ClientContext context;
  const auto stream = stub->Sync(&context);
  const auto send = [&](size_t size, bool last) {
    SyncRequest request;
    request.mutable_frame()->set_body(std::string(size, 'x'));
    request.mutable_frame()->set_lane_end(last);
    if (!stream->Write(request)) Check(absl::UnavailableError("the bare stream broke"));
  };
  const auto wait = [&] {
    SyncResponse answer;
    if (!stream->Read(&answer)) Check(absl::UnavailableError("the bare stream broke"));
  };
  send(1, true);
  wait();
  const double seconds = Seconds([&] {
    for (size_t sent = 0; sent < bytes; sent += message_bytes) {
      const size_t size = std::min(message_bytes, bytes - sent);
      send(size, sent + size >= bytes);
    }
    wait();
  });
  stream->WritesDone();
  stream->Finish().ok();
  server->Shutdown();
  return seconds;
}

}  // namespace trellis
