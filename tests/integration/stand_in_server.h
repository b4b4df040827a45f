// Something else that answers in the district's server's place: a network's sign-in page, a filter that
// inspects TLS, a server whose certificate is out of its time.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace trellis {

// Loopback only. Thread-safe.
class StandInServer {
 public:
  // Answers every connection with this text, whatever it says.
  static StandInServer Page(std::string text) { return StandInServer(std::move(text), "", ""); }
  // Shakes hands with this certificate and asks for the client's; reads what it gets.
  static StandInServer Tls(std::string certificate_pem, std::string key_pem) {
    return StandInServer("", std::move(certificate_pem), std::move(key_pem));
  }
  ~StandInServer();
  StandInServer(const StandInServer&) = delete;
  StandInServer& operator=(const StandInServer&) = delete;

  uint16_t port() const { return port_; }
  int connections() const { return connections_; }
  // Whether any client showed a certificate, and what clients said inside TLS (for a page: before it).
  bool saw_certificate() const { return saw_certificate_; }
  std::string heard() const;

 private:
  StandInServer(std::string page, std::string certificate_pem, std::string key_pem);
  void Accept();
  void AnswerPage(int fd);
  void ShakeHands(int fd);
  void Hear(const char* bytes, size_t size);

  const std::string page_, certificate_pem_, key_pem_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connections_ = 0;
  std::atomic<bool> saw_certificate_ = false;
  mutable std::mutex mutex_;
  std::string heard_;
  std::thread acceptor_;
};

}  // namespace trellis
