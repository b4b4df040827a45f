#include "common/replica/folder_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace trellis {
namespace {

absl::Status Refused(const std::string& folder, const std::string& reason) {
  return absl::FailedPreconditionError(fmt::format("{} cannot be used: {}", folder, reason));
}

}  // namespace

absl::Status PrepareDataFolder(const std::string& folder) {
  if (folder.empty()) return absl::InvalidArgumentError("no data folder was named");
  struct stat facts {};
  if (lstat(folder.c_str(), &facts) != 0) {
    if (errno != ENOENT) return Refused(folder, strerror(errno));
    std::error_code error;
    const std::filesystem::path parent = std::filesystem::absolute(folder).parent_path();
    std::filesystem::create_directories(parent, error);
    if (mkdir(folder.c_str(), 0700) != 0)
      return Refused(folder, fmt::format("it cannot be made ({})", strerror(errno)));
    return absl::OkStatus();
  }
  if (S_ISLNK(facts.st_mode)) return Refused(folder, "it is a symbolic link; name the folder itself");
  if (!S_ISDIR(facts.st_mode)) return Refused(folder, "it is not a folder");
  if (geteuid() != 0 && facts.st_uid != geteuid()) return Refused(folder, "it belongs to another user");
  if ((facts.st_mode & S_IWOTH) != 0) {
    return Refused(folder, fmt::format("every user may write to it; run: chmod 700 {}", folder));
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) return Refused(folder, "it is read-only for this user");
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<FolderLock>> FolderLock::Take(const std::string& folder) {
  const std::string path = folder + "/lock";
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return Refused(folder, fmt::format("{}: {}", path, strerror(errno)));
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    char pid[32] = {};
    const ssize_t got = pread(descriptor, pid, sizeof pid - 1, 0);
    close(descriptor);
    return absl::FailedPreconditionError(
        fmt::format("{} is in use by process {}; stop that first", folder, got > 0 ? pid : "(unknown)"));
  }
  const std::string pid = fmt::format("{}", getpid());
  if (ftruncate(descriptor, 0) != 0 ||
      pwrite(descriptor, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    const std::string reason = strerror(errno);
    close(descriptor);
    return Refused(folder, fmt::format("{}: {}", path, reason));
  }
  return std::unique_ptr<FolderLock>(new FolderLock(descriptor));
}

FolderLock::~FolderLock() { close(descriptor_); }

}  // namespace trellis
