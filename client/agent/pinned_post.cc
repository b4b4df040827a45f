#include "client/agent/pinned_post.h"

#include <fmt/format.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include "common/identity/openssl_objects.h"

namespace trellis {
namespace {

constexpr size_t kMaxReplyBytes = 256 * 1024;

using TlsContextPtr = std::unique_ptr<SSL_CTX, OpensslFree<SSL_CTX_free>>;
using TlsPtr = std::unique_ptr<SSL, OpensslFree<SSL_free>>;

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  Socket& operator=(Socket&&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

absl::Status NotReached(const std::string& host, uint16_t port, std::string_view why) {
  return absl::UnavailableError(fmt::format(
      "the server's joining address {}:{} does not answer ({}); is the network there?", host, port, why));
}

absl::StatusOr<Socket> Connect(const std::string& host, uint16_t port, std::chrono::seconds timeout) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) return NotReached(host, port, gai_strerror(error));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
  int last_error = 0;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    Socket socket(::socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol));
    const timeval limit{.tv_sec = timeout.count(), .tv_usec = 0};  // holds for connect too, on Linux
    setsockopt(socket.fd(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    setsockopt(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(socket.fd(), at->ai_addr, at->ai_addrlen) == 0) return socket;
    last_error = errno;
  }
  return NotReached(host, port, strerror(last_error));
}

// OK if the server on the line holds the key.
absl::Status CheckPin(SSL* tls, const KeyHash& want) {
  const X509Ptr certificate(SSL_get1_peer_certificate(tls));
  if (certificate != nullptr && HashOfKey(X509_get0_pubkey(certificate.get())) == want)
    return absl::OkStatus();
  return absl::FailedPreconditionError(
      "something answers in the server's place (a sign-in page of the network, perhaps): the network is "
      "there, but "
      "the district's server was not reached. Nothing was sent.");
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
                                             std::string_view json, std::chrono::seconds timeout) {
  absl::StatusOr<Socket> socket = Connect(host, port, timeout);
  if (!socket.ok()) return socket.status();
  const TlsContextPtr context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  // No chain is checked, since none is known yet: the key itself is, below.
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  const TlsPtr tls(SSL_new(context.get()));
  SSL_set_fd(tls.get(), socket->fd());
  SSL_set_tlsext_host_name(tls.get(), host.c_str());
  if (SSL_connect(tls.get()) != 1) {
    return absl::FailedPreconditionError(fmt::format(
        "something answers at {}:{}, but it is not the district's server; nothing was sent", host, port));
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
