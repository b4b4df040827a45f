// A server and sites joined by the production stream: gRPC, HTTP/2 and mutual TLS on loopback. Everybody with
// a certificate comes in; the certificate names the scope.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>

#include "common/rpc/executor.h"
#include "common/rpc/sync_call.h"
#include "common/rpc/sync_hub.h"
#include "common/rpc/sync_service.h"
#include "common/rpc/sync_session.h"
#include "server/enrolment/certificate_authority.h"

namespace trellis {

// What both ends must have; value type.
struct TlsKeys {
  std::string authority;
  std::string key;
  std::string certificate;
};
TlsKeys ServerKeys(const CertificateAuthority& authority);
TlsKeys SiteKeys(const CertificateAuthority& authority, const std::string& scope);

std::shared_ptr<grpc::ServerCredentials> ServerCredentials(const TlsKeys& keys);
// A connection of its own to the port.
std::shared_ptr<grpc::Channel> SiteChannel(const TlsKeys& keys, uint16_t port);

// Admits every certificate to the scope it names.
class OpenGate final : public SyncGate {
 public:
  absl::StatusOr<Admission> Admit(const PeerCertificate& certificate) override;
  void Opened(const std::string& peer, const Hello& hello) override {}
};

// `replica` must outlive it.
class TlsServer {
 public:
  TlsServer(Replica* replica, const TlsKeys& keys);
  ~TlsServer();
  uint16_t port() const { return port_; }

 private:
  SystemClock clock_;
  OpenGate gate_;
  Executor executor_{2};
  SyncHub hub_;
  SyncService service_;
  std::unique_ptr<grpc::Server> server_;
  uint16_t port_ = 0;
};

// One connection of a site. `replica` and `executor` must outlive it.
class TlsSite {
 public:
  TlsSite(Replica* replica, Executor* executor, const std::string& scope, const TlsKeys& keys, uint16_t port);
  ~TlsSite();

  // Until all the scope holds is acknowledged and all the server told is here; false after a minute.
  bool WaitUntilCrossed();
  // Until at least so many records of the scope are here; false after a minute.
  bool WaitForRecords(uint64_t records);

 private:
  struct Progress;
  Replica* const replica_;
  const std::string scope_;
  SystemClock clock_;
  SyncHub hub_;
  std::shared_ptr<Progress> progress_;
  std::shared_ptr<SyncSession> session_;
  std::shared_ptr<SyncCall> call_;
};

}  // namespace trellis
