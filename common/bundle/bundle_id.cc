#include "common/bundle/bundle_id.h"

#include <sodium.h>

#include <cstdlib>

#include "common/bundle/bundle.h"

namespace trellis {

std::string MakeBundleId() {
  if (sodium_init() < 0) std::abort();  // no source of randomness at all
  std::string id(kBundleIdBytes, '\0');
  randombytes_buf(id.data(), id.size());
  return id;
}

}  // namespace trellis
