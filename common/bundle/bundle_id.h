// The random id of a bundle.
#pragma once

#include <string>

namespace trellis {

// kBundleIdBytes.
std::string MakeBundleId();

}  // namespace trellis
