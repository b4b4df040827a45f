// Files that hold secrets or decide who may do what: 0600, replaced whole, durable before the call returns.
// And the folder they stand in.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trellis {

// Writes a new file beside `path`, syncs it, renames it over `path` and syncs the folder. The file is 0600.
absl::Status WritePrivateFile(const std::string& path, std::string_view bytes);

// NOT_FOUND if there is none; FAILED_PRECONDITION if it is not a plain file of ours, or others may read or
// write it; OUT_OF_RANGE above `max_bytes`.
absl::StatusOr<std::string> ReadPrivateFile(const std::string& path, size_t max_bytes = 4 * 1024 * 1024);

// Makes the folder (0700) and its parents if they are missing.
absl::Status MakePrivateFolder(const std::string& path);

// FAILED_PRECONDITION with the reason unless `path` is a folder of ours, no symbolic link, and nobody else
// may write to it.
absl::Status CheckPrivateFolder(const std::string& path);

}  // namespace trellis
