// A bundle as the file that is carried: sealed to one recipient, signed by its maker. README.md: the bytes.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/bundle/bundle.h"
#include "common/bundle/seal.h"

namespace trellis {

// PEM.
struct BundleSigner {
  std::string private_key;
  std::string certificate;
};

absl::StatusOr<std::string> WriteBundleFile(const Bundle& bundle, std::string_view recipient_public_key,
                                            const BundleSigner& signer);

struct OpenedBundle {
  Bundle bundle;
  std::string certificate;  // its maker's, PEM; of the authority, and whose key signed the bundle
};
// Everything about the file is checked; what the certificate says and whether the contents fit is the
// caller's. FAILED_PRECONDITION: no bundle, of the other direction or of a newer version; DATA_LOSS: cut
// short or damaged; PERMISSION_DENIED: sealed for somebody else, or not by a member of the district.
absl::StatusOr<OpenedBundle> ReadBundleFile(std::string_view bytes, BundleDirection direction,
                                            const SealKeys& keys, std::string_view authority_pem);

}  // namespace trellis
