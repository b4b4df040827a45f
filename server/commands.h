// What trellis-server does besides serving.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "server/server_app.h"

namespace trellis {

// Makes store, certificate authority, keys and the first administrator's token; prints one JSON line.
absl::Status InitCommand(const std::string& folder, const std::string& district);
// Through the running server's control socket; if none runs, of the folder as it lies.
absl::Status BackupCommand(const std::string& data, const std::string& to);
absl::Status RestoreCommand(const std::string& from, const std::string& data, const std::string& kit_file);
// DATA_LOSS if what the store says of itself is not what its records give.
absl::Status VerifyCommand(const std::string& data);

}  // namespace trellis
