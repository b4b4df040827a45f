// Where to connect and as whom: flags win over the environment, the environment over the config file.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace trellis {

struct Settings {
  std::string address;     // unix:PATH or HOST:PORT
  std::string ca_file;     // PEM of the district's CA; needed for HOST:PORT
  std::string token_file;  // holds a bearer token
  bool json = false;
};

// Reads an environment variable; nullopt if unset.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// Fills what `flags` leaves empty from TRELLIS_ADDRESS, TRELLIS_CA_FILE and TRELLIS_TOKEN_FILE, then from the
// config file: TRELLIS_CONFIG, else $XDG_CONFIG_HOME/trellis/config, else ~/.config/trellis/config. The file
// has lines `address = ...`, `ca_file = ...`, `token_file = ...`; empty lines and # comments are skipped.
// INVALID_ARGUMENT names the line that is none of these.
absl::StatusOr<Settings> CompleteSettings(Settings flags, const Environment& environment);

}  // namespace trellis
