#include "tests/integration/tcp_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace trellis {
namespace {

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

struct TcpProxy::Pipe {
  int near = -1;
  int far = -1;

  ~Pipe() {
    close(near);
    close(far);
  }
  void Break() {
    shutdown(near, SHUT_RDWR);
    shutdown(far, SHUT_RDWR);
  }
};

TcpProxy::TcpProxy(uint16_t target_port) : target_port_(target_port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
  listen(listener_, 16);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

TcpProxy::~TcpProxy() {
  stopping_ = true;
  acceptor_.join();
  Cut();
  for (std::thread& thread : threads_) thread.join();
  close(listener_);
}

void TcpProxy::Cut() {
  cut_ = true;
  std::lock_guard lock(mutex_);
  for (const auto& pipe : pipes_) pipe->Break();
  pipes_.clear();
}

void TcpProxy::Accept() {
  while (!stopping_) {
    pollfd waiting = {.fd = listener_, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, 50) <= 0) continue;
    auto pipe = std::make_shared<Pipe>();
    pipe->near = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (cut_) continue;
    pipe->far = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = Loopback(target_port_);
    if (connect(pipe->far, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) continue;
    std::lock_guard lock(mutex_);
    pipes_.push_back(pipe);
    threads_.emplace_back([this, pipe] { Forward(pipe, /*up=*/true); });
    threads_.emplace_back([this, pipe] { Forward(pipe, /*up=*/false); });
  }
}

void TcpProxy::Forward(std::shared_ptr<Pipe> pipe, bool up) {
  const int from = up ? pipe->near : pipe->far;
  const int to = up ? pipe->far : pipe->near;
  char buffer[4'096];
  for (;;) {
    ssize_t got = recv(from, buffer, sizeof buffer, 0);
    if (got <= 0) break;
    const uint64_t budget = budget_up_;
    const bool last = up && budget != 0 && static_cast<uint64_t>(got) >= budget;
    if (last) got = static_cast<ssize_t>(budget);
    if (up && budget != 0) budget_up_ = budget - static_cast<uint64_t>(got);
    if (send(to, buffer, got, MSG_NOSIGNAL) != got) break;
    (up ? bytes_up_ : bytes_down_) += static_cast<uint64_t>(got);
    if (last) {
      Cut();
      return;
    }
    if (up && rate_up_ != 0)
      std::this_thread::sleep_for(std::chrono::microseconds(got * 1'000'000 / rate_up_));
  }
  pipe->Break();
}

}  // namespace trellis
