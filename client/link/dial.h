// A TCP connection to the server, through an HTTP proxy if there is one.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "client/link/http_proxy.h"
#include "common/rpc/endpoint.h"

namespace trellis {

// Owns a file descriptor.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~UniqueFd();
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// When to give up: a point in time, or as soon as `cancelled` says so (asked about ten times a second).
struct Patience {
  std::chrono::steady_clock::time_point until;
  std::function<bool()> cancelled;  // may be empty

  static Patience For(std::chrono::milliseconds time, std::function<bool()> cancelled);
  bool over() const;
};

// Waits until `events` (POLLIN, POLLOUT) or an error; false when patience is over.
bool WaitFor(int fd, short events, const Patience& patience);
// All of `bytes` on a non-blocking socket; false if it is gone or patience is over.
bool SendAll(int fd, std::string_view bytes, const Patience& patience);

enum class DialStep { kName, kConnect, kProxy, kDone };

struct DialResult {
  UniqueFd fd;                         // non-blocking; valid only if kDone
  DialStep reached = DialStep::kName;  // the step that failed, or kDone
  std::string words;                   // why it failed
  int error = 0;                       // errno of kConnect
  std::string address;                 // what the name stood for
};

DialResult Dial(const Endpoint& server, const std::optional<HttpProxy>& proxy, const Patience& patience);

}  // namespace trellis
