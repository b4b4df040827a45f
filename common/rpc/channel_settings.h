// What every listener and channel of ours has in common: limits, keepalive, and no compression by gRPC (a
// bomb of 1 MB takes 1 GB before the size of a message is looked at).
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

namespace trellis {

// To be called before the first use of gRPC in the process: the switch is read from the environment.
void TurnOffGrpcCompression();

// How a dead line is noticed: after `idle_ms` without a byte the peer is asked, and given `answer_ms`. The
// default leaves a window of bytes on a line of 2 kB/s the time to drain before the answer.
struct Keepalive {
  int idle_ms = 20'000;
  int answer_ms = 20'000;
};

// A connection of its own, not shared with others to the same address, through the HTTP proxy named by its
// URI, if one is; the environment has no say.
grpc::ChannelArguments SyncChannelArguments(const Keepalive& keepalive, const std::string& proxy_uri = "");

// Limits of a listener: message and metadata size, streams a connection, pings, memory.
void LimitListener(grpc::ServerBuilder* builder);

}  // namespace trellis
