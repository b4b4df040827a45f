#include "common/identity/private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace trellis {
namespace {

absl::Status SystemError(std::string_view what, const std::string& path, int error) {
  std::string message = fmt::format("{} {}: {}", what, path, strerror(error));
  switch (error) {
    case ENOENT:
      return absl::NotFoundError(message);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::FailedPreconditionError(message);
    case ENOSPC:
    case EDQUOT:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(written);
  }
  return true;
}

absl::Status SyncFolder(const std::string& folder) {
  Descriptor fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || fsync(fd.get()) != 0) return SystemError("cannot sync folder", folder, errno);
  return absl::OkStatus();
}

}  // namespace

absl::Status WritePrivateFile(const std::string& path, std::string_view bytes) {
  const std::string fresh = path + ".new";
  {
    Descriptor fd(open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (fd.get() < 0) return SystemError("cannot write", fresh, errno);
    if (fchmod(fd.get(), 0600) != 0 || !WriteAll(fd.get(), bytes) || fsync(fd.get()) != 0) {
      return SystemError("cannot write", fresh, errno);
    }
  }
  if (rename(fresh.c_str(), path.c_str()) != 0) return SystemError("cannot replace", path, errno);
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return SyncFolder(folder.empty() ? "." : folder);
}

absl::StatusOr<std::string> ReadPrivateFile(const std::string& path, size_t max_bytes) {
  Descriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (fd.get() < 0) {
    if (errno == ELOOP) return absl::FailedPreconditionError(fmt::format("{} is a symbolic link", path));
    return SystemError("cannot read", path, errno);
  }
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return SystemError("cannot read", path, errno);
  if (!S_ISREG(info.st_mode))
    return absl::FailedPreconditionError(fmt::format("{} is not a plain file", path));
  if ((info.st_mode & 077) != 0) {
    return absl::FailedPreconditionError(
        fmt::format("{} may be read or written by others; put it right with: chmod 600 {}", path, path));
  }
  std::string bytes;
  char buffer[16 * 1024];
  for (;;) {
    const ssize_t got = read(fd.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError("cannot read", path, errno);
    if (got == 0) return bytes;
    bytes.append(buffer, got);
    if (bytes.size() > max_bytes)
      return absl::OutOfRangeError(fmt::format("{} is larger than {} bytes", path, max_bytes));
  }
}

absl::Status MakePrivateFolder(const std::string& path) {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return SystemError("cannot make folder", path, errno);
  return CheckPrivateFolder(path);
}

absl::Status CheckPrivateFolder(const std::string& path) {
  struct stat info;
  std::string plain = path;
  while (plain.size() > 1 && plain.back() == '/') plain.pop_back();  // lstat follows a link before a slash
  if (lstat(plain.c_str(), &info) != 0) return SystemError("cannot open folder", path, errno);
  if (S_ISLNK(info.st_mode)) {
    return absl::FailedPreconditionError(fmt::format(
        "{} is a symbolic link; name the folder it points to, so that nobody can redirect it", path));
  }
  if (!S_ISDIR(info.st_mode)) return absl::FailedPreconditionError(fmt::format("{} is not a folder", path));
  if ((info.st_mode & 022) != 0) {
    return absl::FailedPreconditionError(
        fmt::format("others may write to {}; put it right with: chmod go-w {}", path, path));
  }
  if (info.st_uid != geteuid()) {
    return absl::FailedPreconditionError(
        fmt::format("{} belongs to another user; run as its owner, or hand it over with chown", path));
  }
  if (access(path.c_str(), W_OK | X_OK) != 0) {
    return absl::FailedPreconditionError(fmt::format("{} cannot be written: {}", path, strerror(errno)));
  }
  return absl::OkStatus();
}

}  // namespace trellis
