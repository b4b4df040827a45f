// The key a program opens bundles with, kept in a private file.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/bundle/seal.h"

namespace trellis {

// The file holds the secret key in hex; it is made if there is none.
absl::StatusOr<SealKeys> LoadOrMakeSealKeys(const std::string& file);

std::string SealKeyHex(std::string_view key);
// Raw bytes; empty unless it is kSealKeyBytes in hex.
std::string SealKeyFromHex(std::string_view hex);

}  // namespace trellis
