#include "client/cli/secret_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace trellis {

absl::Status WriteSecretFile(const std::string& path, std::string_view text) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) {
    return absl::FailedPreconditionError(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
  }
  const bool written = fchmod(file, 0600) == 0 &&
                       write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       fsync(file) == 0;
  const std::string problem = std::strerror(errno);
  close(file);
  if (!written) return absl::FailedPreconditionError(fmt::format("cannot write {}: {}", path, problem));
  return absl::OkStatus();
}

}  // namespace trellis
