#include "common/spreadsheet/memory_file.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace trellis {
namespace {

absl::Status NoMemoryFile() {
  return absl::ResourceExhaustedError("No memory is left for the workbook; try again later");
}

}  // namespace

absl::StatusOr<MemoryFile> MemoryFile::With(std::string_view bytes) {
  MemoryFile file(memfd_create("workbook", MFD_CLOEXEC));
  if (file.descriptor_ < 0) return NoMemoryFile();
  while (!bytes.empty()) {
    const ssize_t written = write(file.descriptor_, bytes.data(), bytes.size());
    if (written <= 0) return NoMemoryFile();
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return file;
}

MemoryFile::MemoryFile(MemoryFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

MemoryFile::~MemoryFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::string MemoryFile::Path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }

absl::StatusOr<std::string> MemoryFile::Read() const {
  std::string bytes;
  std::array<char, 65536> buffer{};
  for (off_t at = 0;;) {
    const ssize_t got = pread(descriptor_, buffer.data(), buffer.size(), at);
    if (got < 0) return NoMemoryFile();
    if (got == 0) return bytes;
    bytes.append(buffer.data(), static_cast<size_t>(got));
    at += got;
  }
}

}  // namespace trellis
