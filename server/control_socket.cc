#include "server/control_socket.h"

#include <errno.h>
#include <fmt/format.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <utility>

namespace trellis {
namespace {

constexpr int kPollMs = 200;
constexpr timeval kPatience = {.tv_sec = 5, .tv_usec = 0};

bool AddressOf(const std::string& path, sockaddr_un* address) {
  *address = {};
  address->sun_family = AF_UNIX;
  if (path.size() >= sizeof address->sun_path) return false;
  memcpy(address->sun_path, path.data(), path.size());
  return true;
}

// Up to the newline; empty if the peer said none in time or too much.
std::string ReadLine(int fd) {
  std::string line;
  char byte;
  while (line.size() < ControlSocket::kMaxLine && read(fd, &byte, 1) == 1) {
    if (byte == '\n') return line;
    line += byte;
  }
  return {};
}

void WriteLine(int fd, std::string line) {
  line += '\n';
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (written <= 0) return;
    rest.remove_prefix(written);
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<ControlSocket>> ControlSocket::Listen(const std::string& path, Handle handle) {
  sockaddr_un address;
  if (!AddressOf(path, &address)) {
    return absl::FailedPreconditionError(fmt::format("{} is too long a name for a socket", path));
  }
  unlink(path.c_str());  // the data folder is locked, so whoever made it is gone
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      chmod(path.c_str(), 0600) != 0 || listen(fd, 4) != 0) {
    const int error = errno;
    if (fd >= 0) close(fd);
    return absl::UnavailableError(fmt::format("cannot listen on {}: {}", path, strerror(error)));
  }
  return std::unique_ptr<ControlSocket>(new ControlSocket(fd, path, std::move(handle)));
}

ControlSocket::ControlSocket(int fd, std::string path, Handle handle)
    : fd_(fd), path_(std::move(path)), handle_(std::move(handle)), thread_([this] { Run(); }) {}

ControlSocket::~ControlSocket() {
  stopping_ = true;
  thread_.join();
  close(fd_);
  unlink(path_.c_str());
}

void ControlSocket::Run() {
  while (!stopping_) {
    pollfd waiting = {.fd = fd_, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, kPollMs) <= 0) continue;
    const int connection = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    Serve(connection);
    close(connection);
  }
}

void ControlSocket::Serve(int connection) {
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  const std::string line = ReadLine(connection);
  if (!line.empty()) WriteLine(connection, handle_(line));
}

absl::StatusOr<std::string> AskControlSocket(const std::string& path, const std::string& line) {
  sockaddr_un address;
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || !AddressOf(path, &address) ||
      connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    if (fd >= 0) close(fd);
    return absl::UnavailableError(fmt::format("no server listens on {}", path));
  }
  WriteLine(fd, line);
  std::string answer = ReadLine(fd);
  close(fd);
  if (answer.empty()) return absl::UnavailableError("the server ended before it answered");
  return answer;
}

}  // namespace trellis
