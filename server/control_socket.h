// A line in, a line out, over a unix socket that only the owner of the data folder can open: how
// `trellis-server backup` asks the running server.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/statusor.h"

namespace trellis {

class ControlSocket {
 public:
  static constexpr size_t kMaxLine = 8 * 1024;

  // Answers each line with what `handle` makes of it, one caller at a time. `handle` may block.
  using Handle = std::function<std::string(std::string_view line)>;
  static absl::StatusOr<std::unique_ptr<ControlSocket>> Listen(const std::string& path, Handle handle);
  ~ControlSocket();

 private:
  ControlSocket(int fd, std::string path, Handle handle);
  void Run();
  void Serve(int connection);

  const int fd_;
  const std::string path_;
  const Handle handle_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

// Sends a line and waits for the answer. UNAVAILABLE if nobody listens.
absl::StatusOr<std::string> AskControlSocket(const std::string& path, const std::string& line);

}  // namespace trellis
