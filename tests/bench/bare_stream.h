// The ceiling of a push over TLS: the same bytes over a bare stream of the same gRPC, HTTP/2 and TLS, with
// nobody to read them but a counter.
#pragma once

#include <cstddef>

#include "tests/bench/tls_district.h"

namespace trellis {

// Seconds for `bytes` in messages of `message_bytes`, until the other end has said that it has them all. The
// connection stands before.
double BareStreamSeconds(const CertificateAuthority& authority, size_t bytes, size_t message_bytes);

}  // namespace trellis
