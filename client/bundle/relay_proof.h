// Shows that a machine of the district hands over a bundle, to one who cannot look into it.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/bundle/bundle_file.h"
#include "trellis/sync/v1/bundle.pb.h"

namespace trellis {

// SHA-256, raw bytes.
std::string HashOfFile(std::string_view bytes);

// An empty `bundle`: none is handed over, a receipt is asked for.
absl::StatusOr<trellis::sync::v1::HandOverProof> MakeProof(const BundleSigner& signer,
                                                           std::string_view bundle);

// The name of the machine for the shelf: the hash of its key, hex. PERMISSION_DENIED: it is no machine of a
// site of the district, or the bundle is not what it signed.
absl::StatusOr<std::string> CheckProof(const trellis::sync::v1::HandOverProof& proof, std::string_view bundle,
                                       const std::string& district, std::string_view authority_pem);

}  // namespace trellis
