#include "tests/integration/stand_in_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <memory>

#include "common/identity/openssl_objects.h"

namespace trellis {
namespace {

using TlsContextPtr = std::unique_ptr<SSL_CTX, OpensslFree<SSL_CTX_free>>;
using TlsPtr = std::unique_ptr<SSL, OpensslFree<SSL_free>>;

int TakeAnything(int, X509_STORE_CTX*) { return 1; }

int ChooseH2(SSL*, const unsigned char** out, unsigned char* size, const unsigned char*, unsigned, void*) {
  *out = reinterpret_cast<const unsigned char*>("h2");
  *size = 2;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

StandInServer::StandInServer(std::string page, std::string certificate_pem, std::string key_pem)
    : page_(std::move(page)), certificate_pem_(std::move(certificate_pem)), key_pem_(std::move(key_pem)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
  listen(listener_, 16);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

StandInServer::~StandInServer() {
  stopping_ = true;
  acceptor_.join();
  close(listener_);
}

std::string StandInServer::heard() const {
  std::lock_guard lock(mutex_);
  return heard_;
}

void StandInServer::Hear(const char* bytes, size_t size) {
  std::lock_guard lock(mutex_);
  heard_.append(bytes, size);
}

// One after another: a client that says nothing is let go after a moment.
void StandInServer::Accept() {
  while (!stopping_) {
    pollfd waiting = {.fd = listener_, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, 50) <= 0) continue;
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    ++connections_;
    const timeval limit{.tv_sec = 0, .tv_usec = 300'000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    certificate_pem_.empty() ? AnswerPage(fd) : ShakeHands(fd);
    close(fd);
  }
}

void StandInServer::AnswerPage(int fd) {
  char buffer[4'096];
  const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
  if (got > 0) Hear(buffer, static_cast<size_t>(got));
  send(fd, page_.data(), page_.size(), MSG_NOSIGNAL);
  shutdown(fd, SHUT_WR);
  recv(fd, buffer, sizeof buffer, 0);  // so that the answer is not lost in a reset
}

void StandInServer::ShakeHands(int fd) {
  const TlsContextPtr context(SSL_CTX_new(TLS_server_method()));
  const absl::StatusOr<X509Ptr> certificate = ParseCertificate(certificate_pem_);
  const absl::StatusOr<KeyPtr> key = ParseKey(key_pem_);
  SSL_CTX_use_certificate(context.get(), certificate->get());
  SSL_CTX_use_PrivateKey(context.get(), key->get());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(
      context.get(), [](X509_STORE_CTX* c, void*) { return TakeAnything(1, c); }, nullptr);
  SSL_CTX_set_alpn_select_cb(context.get(), ChooseH2, nullptr);
  const TlsPtr tls(SSL_new(context.get()));
  SSL_set_fd(tls.get(), fd);
  if (SSL_accept(tls.get()) != 1) return;
  if (X509* shown = SSL_get0_peer_certificate(tls.get()); shown != nullptr) saw_certificate_ = true;
  char buffer[4'096];
  for (int got; (got = SSL_read(tls.get(), buffer, sizeof buffer)) > 0;)
    Hear(buffer, static_cast<size_t>(got));
}

}  // namespace trellis
