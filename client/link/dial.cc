#include "client/link/dial.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace trellis {
namespace {

constexpr std::chrono::milliseconds kSlice{100};
constexpr size_t kMaxProxyAnswerBytes = 8 * 1024;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  std::string text;
};

struct Resolved {
  std::vector<Address> addresses;
  std::string error;
};

Resolved Resolve(const std::string& host, uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  Resolved resolved;
  if (const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); error != 0) {
    resolved.error = gai_strerror(error);
    return resolved;
  }
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    Address address;
    memcpy(&address.storage, at->ai_addr, at->ai_addrlen);
    address.size = at->ai_addrlen;
    char text[NI_MAXHOST] = "";
    getnameinfo(at->ai_addr, at->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
    address.text = text;
    resolved.addresses.push_back(std::move(address));
  }
  freeaddrinfo(found);
  return resolved;
}

// A lookup cannot be cancelled: it is left to itself when patience is over, and touches only its own promise.
Resolved ResolvePatiently(const Endpoint& endpoint, const Patience& patience) {
  auto promise = std::make_shared<std::promise<Resolved>>();
  std::future<Resolved> future = promise->get_future();
  std::thread([promise, endpoint] { promise->set_value(Resolve(endpoint.host, endpoint.port)); }).detach();
  while (future.wait_for(kSlice) != std::future_status::ready) {
    if (patience.over()) return {.addresses = {}, .error = "the name server does not answer"};
  }
  return future.get();
}

// 0, or errno.
int ConnectTo(const Address& address, const Patience& patience, UniqueFd* fd) {
  *fd = UniqueFd(socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd->valid()) return errno;
  if (connect(fd->get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (!WaitFor(fd->get(), POLLOUT, patience)) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd->get(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

std::string Base64(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(size);
  return text;
}

// What the proxy said, read byte by byte so that nothing of what follows is taken.
std::string AskProxy(int fd, const Endpoint& server, const HttpProxy& proxy, const Patience& patience) {
  std::string request = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", server.ToString());
  if (!proxy.credentials.empty()) {
    request += fmt::format("Proxy-Authorization: Basic {}\r\n", Base64(proxy.credentials));
  }
  std::string answer;
  if (!SendAll(fd, request + "\r\n", patience)) return answer;
  char byte = 0;
  while (!answer.ends_with("\r\n\r\n") && answer.size() < kMaxProxyAnswerBytes) {
    if (!WaitFor(fd, POLLIN, patience)) break;
    const ssize_t got = recv(fd, &byte, 1, 0);
    if (got < 0 && errno == EAGAIN) continue;
    if (got <= 0) break;
    answer += byte;
  }
  return answer;
}

// Empty: it agreed.
std::string ProxyRefusal(const std::string& answer) {
  const std::string line = answer.substr(0, answer.find('\r'));
  if (line.starts_with("HTTP/1.") && line.size() > 11 && line.substr(9, 1) == "2") return {};
  if (line.empty()) return "it gave no answer";
  if (line.find(" 407") != std::string::npos) {
    return fmt::format("it wants a sign-in ({}): put user and password into HTTPS_PROXY", line);
  }
  return fmt::format("it answered \"{}\"", line.substr(0, 120));
}

}  // namespace

UniqueFd::~UniqueFd() {
  if (fd_ >= 0) close(fd_);
}

Patience Patience::For(std::chrono::milliseconds time, std::function<bool()> cancelled) {
  return {std::chrono::steady_clock::now() + time, std::move(cancelled)};
}

bool Patience::over() const {
  return std::chrono::steady_clock::now() >= until || (cancelled && cancelled());
}

bool WaitFor(int fd, short events, const Patience& patience) {
  while (!patience.over()) {
    pollfd waiting = {.fd = fd, .events = events, .revents = 0};
    const int ready = poll(&waiting, 1, static_cast<int>(kSlice.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
  return false;
}

bool SendAll(int fd, std::string_view bytes, const Patience& patience) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(sent);
    } else if (sent == 0 || errno != EAGAIN || !WaitFor(fd, POLLOUT, patience)) {
      return false;
    }
  }
  return true;
}

DialResult Dial(const Endpoint& server, const std::optional<HttpProxy>& proxy, const Patience& patience) {
  DialResult result;
  const Resolved resolved = ResolvePatiently(proxy.has_value() ? proxy->at : server, patience);
  if (resolved.addresses.empty()) {
    result.words = resolved.error;
    return result;
  }
  result.reached = DialStep::kConnect;
  for (const Address& address : resolved.addresses) {
    result.address = address.text;
    result.error = ConnectTo(address, patience, &result.fd);
    if (result.error == 0 || patience.over()) break;
  }
  if (result.error != 0) {
    result.words = strerror(result.error);
    result.fd = UniqueFd();
    return result;
  }
  if (proxy.has_value()) {
    result.reached = DialStep::kProxy;
    result.words = ProxyRefusal(AskProxy(result.fd.get(), server, *proxy, patience));
    if (!result.words.empty()) return result;
  }
  result.reached = DialStep::kDone;
  return result;
}

}  // namespace trellis
