// What every listener and channel of ours has in common: limits, keepalive, and no compression by gRPC (a
// bomb of 1 MB takes 1 GB before the size of a message is looked at).
#pragma once

#include <grpcpp/grpcpp.h>

namespace trellis {

// To be called before the first use of gRPC in the process: the switch is read from the environment.
void TurnOffGrpcCompression();

// A connection of its own, not shared with others to the same address; keepalive within half a minute.
grpc::ChannelArguments SyncChannelArguments();

// Limits of a listener: message and metadata size, streams a connection, pings, memory.
void LimitListener(grpc::ServerBuilder* builder);

}  // namespace trellis
