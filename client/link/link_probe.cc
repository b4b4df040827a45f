#include "client/link/link_probe.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>

#include "common/identity/openssl_objects.h"

namespace trellis {
namespace {

using TlsContextPtr = std::unique_ptr<SSL_CTX, OpensslFree<SSL_CTX_free>>;
using TlsPtr = std::unique_ptr<SSL, OpensslFree<SSL_free>>;
using StorePtr = std::unique_ptr<X509_STORE, OpensslFree<X509_STORE_free>>;
using StoreContextPtr = std::unique_ptr<X509_STORE_CTX, OpensslFree<X509_STORE_CTX_free>>;

constexpr size_t kKeptBytes = 256;  // of an answer that is not TLS
constexpr unsigned char kAlpn[] = {2, 'h', '2'};

// Whether the district's authority vouches for it as its server. The time is judged apart, since this
// machine's clock may be what is wrong.
bool IsOurs(X509* certificate, const LinkProbe& probe) {
  absl::StatusOr<X509Ptr> authority = ParseCertificate(probe.authority_pem);
  const StorePtr store(X509_STORE_new());
  const StoreContextPtr context(X509_STORE_CTX_new());
  if (!authority.ok() || X509_STORE_add_cert(store.get(), authority->get()) != 1 ||
      X509_STORE_CTX_init(context.get(), store.get(), certificate, nullptr) != 1) {
    return false;
  }
  X509_VERIFY_PARAM* wanted = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(wanted, X509_V_FLAG_NO_CHECK_TIME);
  X509_VERIFY_PARAM_set1_host(wanted, probe.server_name.c_str(), probe.server_name.size());
  return X509_verify_cert(context.get()) == 1;
}

std::string FirstLine(const std::string& bytes) {
  std::string line = bytes.substr(0, bytes.find_first_of("\r\n"));
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '.');
  return line.substr(0, 80);
}

bool LooksLikeTls(const std::string& bytes) {
  // A record of the handshake or an alert, of SSL 3 or later.
  return bytes.size() >= 2 && (bytes[0] == 22 || bytes[0] == 21) && bytes[1] == 3;
}

std::string LastOpensslWords() {
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  const char* words = error == 0 ? nullptr : ERR_reason_error_string(error);
  return words == nullptr ? "no reason given" : words;
}

// Shakes hands over `fd` by way of memory, so that an answer that is not TLS can be looked at.
class Handshake {
 public:
  Handshake(int fd, const LinkProbe& probe) : fd_(fd), context_(SSL_CTX_new(TLS_client_method())) {
    // Who answers is judged afterwards.
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_NONE, nullptr);
    tls_.reset(SSL_new(context_.get()));
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    SSL_set_bio(tls_.get(), in_, out_);
    SSL_set_tlsext_host_name(tls_.get(), probe.server_name.c_str());
    SSL_set_alpn_protos(tls_.get(), kAlpn, sizeof kAlpn);
    SSL_set_connect_state(tls_.get());
  }

  TlsAnswer Run(const Patience& patience) {
    while (true) {
      const int done = SSL_do_handshake(tls_.get());
      const bool more = done != 1 && SSL_get_error(tls_.get(), done) == SSL_ERROR_WANT_READ;
      if (!Flush(patience)) return TlsAnswer::kCut;
      // A certificate that came is worth more than how the rest of the handshake ends.
      if (X509* shown = SSL_get0_peer_certificate(tls_.get()); shown != nullptr && (done == 1 || !more)) {
        return TlsAnswer::kShown;
      }
      if (!more) {
        if (!LooksLikeTls(kept_)) return TlsAnswer::kNotTls;
        words_ = LastOpensslWords();
        return TlsAnswer::kRefused;
      }
      if (!WaitFor(fd_, POLLIN, patience)) return TlsAnswer::kSilence;
      char buffer[4'096];
      const ssize_t got = recv(fd_, buffer, sizeof buffer, 0);
      if (got < 0 && errno == EAGAIN) continue;
      if (got <= 0) return kept_.empty() || LooksLikeTls(kept_) ? TlsAnswer::kCut : TlsAnswer::kNotTls;
      if (kept_.size() < kKeptBytes) kept_.append(buffer, std::min<size_t>(got, kKeptBytes - kept_.size()));
      BIO_write(in_, buffer, static_cast<int>(got));
    }
  }

  X509* certificate() const { return SSL_get0_peer_certificate(tls_.get()); }
  const std::string& kept() const { return kept_; }
  const std::string& words() const { return words_; }

 private:
  bool Flush(const Patience& patience) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(out_, &bytes);
    const bool sent = size <= 0 || SendAll(fd_, {bytes, static_cast<size_t>(size)}, patience);
    BIO_reset(out_);
    return sent;
  }

  const int fd_;
  const TlsContextPtr context_;
  TlsPtr tls_;
  BIO* in_;   // of tls_
  BIO* out_;  // of tls_
  std::string kept_;
  std::string words_;
};

}  // namespace

LinkFindings ProbeLink(const LinkProbe& probe, const Patience& patience) {
  LinkFindings findings;
  findings.server = probe.server;
  if (probe.proxy.has_value()) findings.proxy = probe.proxy->at;
  DialResult dialled = Dial(probe.server, probe.proxy, patience);
  findings.reached = dialled.reached;
  findings.dial_words = dialled.words;
  findings.dial_error = dialled.error;
  findings.address = dialled.address;
  if (dialled.reached != DialStep::kDone) return findings;

  Handshake handshake(dialled.fd.get(), probe);
  findings.tls = handshake.Run(patience);
  findings.tls_words = findings.tls == TlsAnswer::kNotTls ? FirstLine(handshake.kept()) : handshake.words();
  if (findings.tls != TlsAnswer::kShown) return findings;
  X509* shown = handshake.certificate();
  findings.certificate = DescribeCertificate(shown);
  findings.ours = IsOurs(shown, probe);
  return findings;
}

}  // namespace trellis
