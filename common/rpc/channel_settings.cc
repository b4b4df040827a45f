#include "common/rpc/channel_settings.h"

#include <cstdlib>

#include "common/wire/message_limits.h"

namespace trellis {
namespace {

constexpr int kMaxMessageBytes = static_cast<int>(kMaxSyncMessageBytes);
constexpr int kMaxMetadataBytes = 16 * 1024;
constexpr int kMaxStreamsPerConnection = 128;
// A peer may ping this often without being taken for a flood.
constexpr int kLeastPingIntervalMs = 10'000;
constexpr int kPingStrikes = 5;
constexpr int kHandshakeTimeoutMs = 20'000;
// A connection nobody calls on; a caller makes another when it needs one.
constexpr int kMostIdleMs = 60'000;
// A session's own window is smaller, so that HTTP/2's never holds it up; gRPC need not measure the line for
// it, which costs a ping and its answer, 78 bytes, with nearly every message of a live stream.
constexpr int kHttp2WindowBytes = 512 * 1024;
constexpr int kMeasureTheLine = 0;

}  // namespace

void TurnOffGrpcCompression() { setenv("GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET", "1", 1); }

grpc::ChannelArguments SyncChannelArguments(const Keepalive& keepalive, const std::string& proxy_uri) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET, 1);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, keepalive.idle_ms);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, keepalive.answer_ms);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, proxy_uri.empty() ? 0 : 1);
  if (!proxy_uri.empty()) arguments.SetString(GRPC_ARG_HTTP_PROXY, proxy_uri);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, kMeasureTheLine);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kHttp2WindowBytes);
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  return arguments;
}

void LimitListener(grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder->AddChannelArgument(GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET, 1);
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreamsPerConnection);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Keepalive().idle_ms);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Keepalive().answer_ms);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kLeastPingIntervalMs);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, kPingStrikes);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kMostIdleMs);
  builder->AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeTimeoutMs);
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, kMeasureTheLine);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kHttp2WindowBytes);
}

}  // namespace trellis
