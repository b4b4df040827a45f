#include "client/agent/pinned_post.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <memory>

#include "client/link/dial.h"
#include "client/link/presented_certificate.h"
#include "common/identity/openssl_objects.h"

namespace trellis {
namespace {

constexpr size_t kMaxReplyBytes = 256 * 1024;

using TlsContextPtr = std::unique_ptr<SSL_CTX, OpensslFree<SSL_CTX_free>>;
using TlsPtr = std::unique_ptr<SSL, OpensslFree<SSL_free>>;

absl::Status NotReached(const std::string& host, uint16_t port, std::string_view why) {
  return absl::UnavailableError(fmt::format(
      "the server's joining address {}:{} does not answer ({}); is the network there?", host, port, why));
}

// Blocking, each operation within `timeout`.
absl::StatusOr<UniqueFd> Connect(const Endpoint& server, const std::optional<HttpProxy>& proxy,
                                 std::chrono::seconds timeout) {
  DialResult dialled = Dial(server, proxy, Patience::For(timeout, nullptr));
  if (dialled.reached == DialStep::kProxy) {
    return absl::UnavailableError(fmt::format("the proxy {} does not connect to {}: {}", proxy->at.ToString(),
                                              server.ToString(), dialled.words));
  }
  if (dialled.reached != DialStep::kDone) return NotReached(server.host, server.port, dialled.words);
  const int fd = dialled.fd.get();
  const timeval limit{.tv_sec = timeout.count(), .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  return std::move(dialled.fd);
}

// OK if the server on the line holds the key.
absl::Status CheckPin(SSL* tls, const KeyHash& want) {
  const X509Ptr certificate(SSL_get1_peer_certificate(tls));
  if (certificate != nullptr && HashOfKey(X509_get0_pubkey(certificate.get())) == want)
    return absl::OkStatus();
  const std::string issuer =
      certificate == nullptr ? "nobody" : DescribeCertificate(certificate.get()).issuer;
  return absl::FailedPreconditionError(fmt::format(
      "something answers in the server's place, with a certificate issued by \"{}\" (a filter that inspects "
      "TLS, or a sign-in page of the network): the network is there, but the district's server was not "
      "reached. Nothing was sent.",
      issuer));
}

absl::StatusOr<HttpReply> ParseReply(const std::string& text) {
  const size_t head_end = text.find("\r\n\r\n");
  HttpReply reply;
  constexpr std::string_view kStart = "HTTP/1.1 ";
  if (head_end == std::string::npos || !text.starts_with(kStart)) {
    return absl::UnavailableError("the server's reply was cut short; try again");
  }
  const char* digits = text.data() + kStart.size();
  std::from_chars(digits, digits + 3, reply.status);
  std::string head = text.substr(0, head_end);
  std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return std::tolower(c); });
  constexpr std::string_view kLength = "content-length: ";
  const size_t at = head.find(kLength);
  size_t length = 0;
  if (at != std::string::npos)
    std::from_chars(head.data() + at + kLength.size(), head.data() + head.size(), length);
  reply.body = text.substr(head_end + 4);
  if (at == std::string::npos || reply.body.size() != length) {
    return absl::UnavailableError("the server's reply was cut short; try again");
  }
  return reply;
}

}  // namespace

absl::StatusOr<HttpReply> PostToPinnedServer(const std::string& host, uint16_t port,
                                             const KeyHash& server_key, std::string_view path,
                                             std::string_view json, std::chrono::seconds timeout,
                                             const std::optional<HttpProxy>& proxy) {
  absl::StatusOr<UniqueFd> socket = Connect({host, port}, proxy, timeout);
  if (!socket.ok()) return socket.status();
  const TlsContextPtr context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  // No chain is checked, since none is known yet: the key itself is, below.
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  const TlsPtr tls(SSL_new(context.get()));
  SSL_set_fd(tls.get(), socket->get());
  SSL_set_tlsext_host_name(tls.get(), host.c_str());
  if (SSL_connect(tls.get()) != 1) {
    return absl::FailedPreconditionError(
        fmt::format("the network is there, but something else than the district's server answers at {}:{} (a "
                    "sign-in page "
                    "of the network, perhaps: open a browser and see); nothing was sent",
                    host, port));
  }
  if (absl::Status pinned = CheckPin(tls.get(), server_key); !pinned.ok()) return pinned;

  const std::string request = fmt::format(
      "POST {} HTTP/1.1\r\nHost: {}:{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
      "Connection: close\r\n\r\n{}",
      path, host, port, json.size(), json);
  if (SSL_write(tls.get(), request.data(), static_cast<int>(request.size())) <= 0) {
    return NotReached(host, port, "cut while sending");
  }
  std::string reply;
  char buffer[8 * 1024];
  for (int got; (got = SSL_read(tls.get(), buffer, sizeof buffer)) > 0;) {
    reply.append(buffer, got);
    if (reply.size() > kMaxReplyBytes) return absl::UnavailableError("the server's reply is too long");
  }
  return ParseReply(reply);
}

}  // namespace trellis
