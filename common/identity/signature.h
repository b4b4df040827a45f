// Signatures by the keys of certificates, for what travels without a connection: ECDSA P-256 with SHA-256.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trellis {

absl::StatusOr<std::string> SignWithKey(std::string_view private_key_pem, std::string_view message);

// PERMISSION_DENIED unless the certificate's key made the signature.
absl::Status CheckSignature(std::string_view certificate_pem, std::string_view message,
                            std::string_view signature);

// PERMISSION_DENIED unless the authority's key signed the certificate. Dates are not looked at: what was
// carried by hand may be old, and who is shut out stands in the list of revocations.
absl::Status CheckIssuedBy(std::string_view certificate_pem, std::string_view authority_pem);

}  // namespace trellis
