// The ClientHello of a TLS connection (RFC 8446, 4.1.2), read without taking part in the handshake.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trellis {

struct ClientHello {
  std::string server_name;             // SNI; empty if none is sent
  std::vector<std::string> protocols;  // ALPN, in the client's order
};

enum class HelloState { kComplete, kIncomplete, kNotTls };

struct ReadHello {
  HelloState state = HelloState::kIncomplete;
  ClientHello hello;  // if kComplete
};

// Longer ones, and those cut over several records, are taken for no TLS: no client of ours sends such.
inline constexpr size_t kMaxClientHelloBytes = 16 * 1024;

// `bytes` are the first of the connection.
ReadHello ReadClientHello(std::string_view bytes);

}  // namespace trellis
