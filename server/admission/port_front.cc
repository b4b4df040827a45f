#include "server/admission/port_front.h"

#include <errno.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <thread>
#include <utility>

namespace trellis {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kBacklog = 1'024;
constexpr int kEventsAtOnce = 64;
constexpr int kTickMs = 1'000;

class EpollFront final : public PortFront {
 public:
  explicit EpollFront(Options options) : options_(std::move(options)) {}

  ~EpollFront() override {
    const uint64_t one = 1;
    if (stop_ >= 0 && write(stop_, &one, sizeof one) == sizeof one && thread_.joinable()) thread_.join();
    for (const auto& [fd, until] : waiting_) close(fd);
    for (const int fd : {listener_, epoll_, stop_}) {
      if (fd >= 0) close(fd);
    }
  }

  absl::Status Begin() {
    if (absl::Status bound = Bind(); !bound.ok()) return bound;
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    stop_ = eventfd(0, EFD_CLOEXEC);
    if (epoll_ < 0 || stop_ < 0 || !Watch(listener_, EPOLLIN) || !Watch(stop_, EPOLLIN)) {
      return absl::UnavailableError(fmt::format("cannot wait for connections: {}", strerror(errno)));
    }
    thread_ = std::thread([this] { Run(); });
    return absl::OkStatus();
  }

  uint16_t port() const override { return port_; }

 private:
  absl::Status Bind() {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* found = nullptr;
    const int error =
        getaddrinfo(options_.at.host.c_str(), std::to_string(options_.at.port).c_str(), &hints, &found);
    if (error != 0) {
      return absl::UnavailableError(
          fmt::format("cannot listen on {}: {}", options_.at.ToString(), gai_strerror(error)));
    }
    listener_ = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const bool listening =
        bind(listener_, found->ai_addr, found->ai_addrlen) == 0 && listen(listener_, kBacklog) == 0;
    const int why = errno;
    freeaddrinfo(found);
    if (!listening) {
      return absl::UnavailableError(
          fmt::format("cannot listen on {}: {}", options_.at.ToString(), strerror(why)));
    }
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&address)->sin6_port
                                                : reinterpret_cast<sockaddr_in*>(&address)->sin_port);
    return absl::OkStatus();
  }

  bool Watch(int fd, uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    return epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
  }

  void Run() {
    std::array<epoll_event, kEventsAtOnce> events{};
    while (true) {
      const int count = epoll_wait(epoll_, events.data(), kEventsAtOnce, kTickMs);
      for (int i = 0; i < count; ++i) {
        const int fd = events[i].data.fd;
        if (fd == stop_) return;
        if (fd == listener_) {
          Accept();
        } else {
          Look(fd, (events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
        }
      }
      CloseSilent();
    }
  }

  void Accept() {
    while (true) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (fd < 0) {
        // Out of descriptors: those that wait are closed in time, and then there are some.
        if (errno == EMFILE || errno == ENFILE) std::this_thread::sleep_for(std::chrono::milliseconds(50));
        return;
      }
      // Edge-triggered: what was peeked at stays in the socket and is told once only.
      if (waiting_.size() >= kMostWaiting || !Watch(fd, EPOLLIN | EPOLLRDHUP | EPOLLET)) {
        close(fd);
        continue;
      }
      waiting_[fd] = Steady::now() + std::chrono::seconds(kSecondsToGreet);
    }
  }

  void Look(int fd, bool ended) {
    const auto it = waiting_.find(fd);
    if (it == waiting_.end()) return;
    std::array<char, kMaxClientHelloBytes + 64> bytes;
    const ssize_t got = recv(fd, bytes.data(), bytes.size(), MSG_PEEK);
    if (got < 0 && errno == EAGAIN && !ended) return;
    const ReadHello read = got <= 0 ? ReadHello{HelloState::kNotTls, {}}
                                    : ReadClientHello({bytes.data(), static_cast<size_t>(got)});
    if (read.state == HelloState::kIncomplete && !ended) return;
    epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
    waiting_.erase(it);
    if (read.state != HelloState::kComplete) {
      close(fd);
      return;
    }
    DoorFor(read.hello)(fd);
  }

  const Door& DoorFor(const ClientHello& hello) const {
    const DoorName name = DoorOf(hello, options_.server_name);
    if (name == DoorName::kApi && options_.api) return options_.api;
    if (name == DoorName::kJoin && options_.join) return options_.join;
    return options_.sync;
  }

  void CloseSilent() {
    const Steady::time_point now = Steady::now();
    std::erase_if(waiting_, [&](const auto& entry) {
      if (entry.second > now) return false;
      close(entry.first);
      return true;
    });
  }

  const Options options_;
  uint16_t port_ = 0;
  int listener_ = -1;
  int epoll_ = -1;
  int stop_ = -1;
  std::map<int, Steady::time_point> waiting_;  // by descriptor: until when it may go on saying nothing
  std::thread thread_;
};

}  // namespace

DoorName DoorOf(const ClientHello& hello, const std::string& server_name) {
  if (hello.server_name == server_name) return DoorName::kSync;
  const bool http2 = std::find(hello.protocols.begin(), hello.protocols.end(), "h2") != hello.protocols.end();
  return http2 ? DoorName::kApi : DoorName::kJoin;
}

absl::StatusOr<std::unique_ptr<PortFront>> PortFront::Listen(Options options) {
  auto front = std::make_unique<EpollFront>(std::move(options));
  if (absl::Status begun = front->Begin(); !begun.ok()) return begun;
  return front;
}

}  // namespace trellis
