// Files that hold a secret.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace trellis {

// Writes the file readable by its owner alone (0600), replacing what was there.
absl::Status WriteSecretFile(const std::string& path, std::string_view text);

}  // namespace trellis
