#include "tests/integration/tcp_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <deque>

namespace trellis {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// What a line holds at most in one direction before its sender has to wait.
constexpr size_t kQueueBytes = 64 * 1024;

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void SendAtOnce(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

struct TcpProxy::Pipe {
  int near = -1;
  int far = -1;
  std::atomic<bool> broken = false;
  std::atomic<bool> answered = true;  // bytes have gone down since bytes last came up

  ~Pipe() {
    if (near >= 0) close(near);
    if (far >= 0) close(far);
  }
  void Break() {
    broken = true;
    shutdown(near, SHUT_RDWR);
    if (far >= 0) shutdown(far, SHUT_RDWR);
  }
};

// Bytes on their way in one direction.
struct TcpProxy::Queue {
  struct Chunk {
    SteadyTime due;
    std::string bytes;
  };
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Chunk> chunks;
  size_t bytes = 0;
  bool ended = false;
};

TcpProxy::TcpProxy(uint16_t target_port) : TcpProxy(target_port, /*wants_connect=*/false) {}

std::unique_ptr<TcpProxy> TcpProxy::HttpConnect() {
  return std::unique_ptr<TcpProxy>(new TcpProxy(0, /*wants_connect=*/true));
}

TcpProxy::TcpProxy(uint16_t target_port, bool wants_connect)
    : target_port_(target_port), wants_connect_(wants_connect) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
  listen(listener_, 64);
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

std::vector<std::string> TcpProxy::asked_for() const {
  std::lock_guard lock(mutex_);
  return asked_for_;
}

void TcpProxy::Accept() {
  while (!stopping_) {
    pollfd waiting = {.fd = listener_, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, 50) <= 0) continue;
    auto pipe = std::make_shared<Pipe>();
    pipe->near = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (cut_) continue;
    SendAtOnce(pipe->near);
    ++connections_;
    std::lock_guard lock(mutex_);
    pipes_.push_back(pipe);
    threads_.emplace_back([this, pipe] { Serve(pipe); });
  }
}

// Connects the far end; for a proxy that is asked first, where it is told to.
bool TcpProxy::Reach(Pipe* pipe) {
  uint16_t port = target_port_;
  if (wants_connect_) {
    std::string head;
    char byte = 0;
    while (!head.ends_with("\r\n\r\n")) {
      if (head.size() > 8'192 || recv(pipe->near, &byte, 1, 0) != 1) return false;
      head += byte;
    }
    const size_t colon = head.find(':');
    if (!head.starts_with("CONNECT ") || colon == std::string::npos) return false;
    std::lock_guard lock(mutex_);
    asked_for_.push_back(head.substr(8, head.find(' ', 8) - 8));
    port = static_cast<uint16_t>(std::stoi(head.substr(colon + 1)));
  }
  pipe->far = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  SendAtOnce(pipe->far);
  const sockaddr_in address = Loopback(port);
  if (connect(pipe->far, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return false;
  constexpr std::string_view kGood = "HTTP/1.1 200 Connection established\r\n\r\n";
  return !wants_connect_ || send(pipe->near, kGood.data(), kGood.size(), MSG_NOSIGNAL) > 0;
}

void TcpProxy::Serve(const std::shared_ptr<Pipe>& pipe) {
  if (!Reach(pipe.get())) return pipe->Break();
  const auto up = std::make_shared<Queue>();
  const auto down = std::make_shared<Queue>();
  std::thread others[] = {std::thread([=, this] { Read(pipe, up, true); }),
                          std::thread([=, this] { Write(pipe, up, true); }),
                          std::thread([=, this] { Write(pipe, down, false); })};
  Read(pipe, down, false);
  for (std::thread& other : others) other.join();
}

void TcpProxy::Read(const std::shared_ptr<Pipe>& pipe, const std::shared_ptr<Queue>& queue, bool up) {
  const int from = up ? pipe->near : pipe->far;
  char buffer[2'048];
  while (!pipe->broken) {
    if (black_hole_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      continue;
    }
    pollfd waiting = {.fd = from, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, 50) == 0) continue;
    if (black_hole_) continue;
    const ssize_t got = recv(from, buffer, sizeof buffer, 0);
    if (got <= 0) break;
    if (up && pipe->answered.exchange(false)) ++turns_;
    if (!up) pipe->answered = true;
    const auto due = std::chrono::steady_clock::now() + std::chrono::milliseconds(delay_ms_);
    std::unique_lock lock(queue->mutex);
    while (queue->bytes >= kQueueBytes && !pipe->broken) {
      queue->changed.wait_for(lock, std::chrono::milliseconds(50));
    }
    queue->chunks.push_back({due, std::string(buffer, got)});
    queue->bytes += got;
    queue->changed.notify_all();
  }
  std::lock_guard lock(queue->mutex);
  queue->ended = true;
  queue->changed.notify_all();
}

void TcpProxy::Write(const std::shared_ptr<Pipe>& pipe, const std::shared_ptr<Queue>& queue, bool up) {
  const int to = up ? pipe->far : pipe->near;
  std::unique_lock lock(queue->mutex);
  while (!pipe->broken) {
    queue->changed.wait_for(lock, std::chrono::milliseconds(50),
                            [&] { return !queue->chunks.empty() || queue->ended; });
    if (queue->chunks.empty() && !queue->ended) continue;
    if (queue->chunks.empty() || pipe->broken) break;
    Queue::Chunk chunk = std::move(queue->chunks.front());
    queue->chunks.pop_front();
    lock.unlock();
    std::this_thread::sleep_until(chunk.due);
    const uint64_t budget = budget_up_;
    const bool last = up && budget != 0 && chunk.bytes.size() >= budget;
    const size_t size = last ? budget : chunk.bytes.size();
    if (up && budget != 0) budget_up_ = budget - size;
    const bool sent = !pipe->broken && send(to, chunk.bytes.data(), size, MSG_NOSIGNAL) > 0;
    (up ? bytes_up_ : bytes_down_) += size;
    if (last) {
      Cut();
      return;
    }
    const uint64_t rate = up ? rate_up_ : rate_down_;
    if (rate != 0) std::this_thread::sleep_for(std::chrono::microseconds(size * 1'000'000 / rate));
    lock.lock();
    queue->bytes -= chunk.bytes.size();
    queue->changed.notify_all();
    if (!sent) break;
  }
  lock.unlock();
  pipe->Break();
  queue->changed.notify_all();
}

}  // namespace trellis
