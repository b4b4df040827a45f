// A file without a name on any disk, for libraries that take only file names.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace trellis {

class MemoryFile {
 public:
  // RESOURCE_EXHAUSTED when the system has none left.
  static absl::StatusOr<MemoryFile> With(std::string_view bytes);
  MemoryFile(MemoryFile&& other) noexcept;
  MemoryFile& operator=(MemoryFile&&) = delete;
  ~MemoryFile();

  // What the file can be opened by while this object lives.
  std::string Path() const;
  absl::StatusOr<std::string> Read() const;

 private:
  explicit MemoryFile(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace trellis
