// The store every figure is measured on.
#pragma once

#include <memory>

#include "common/replica/replica.h"
#include "common/storage/engine.h"

namespace trellis {

// With the machine's clock and chance; dies on an error. `engine` must outlive it.
std::unique_ptr<Replica> OpenReplica(Engine* engine);

}  // namespace trellis
