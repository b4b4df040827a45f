#include "tests/bench/open_replica.h"

#include "common/record/kind_registry.h"
#include "common/time/clock.h"
#include "tests/bench/figure.h"
#include "tests/bench/workload.h"

namespace trellis {

std::unique_ptr<Replica> OpenReplica(Engine* engine) {
  static const SystemClock clock;
  static SystemRandom random;
  Replica::Options options;
  options.clock = &clock;
  options.random = &random;
  options.kinds = &KindRegistry::BuiltIn();
  auto replica = Replica::Open(engine, options);
  Check(replica.status());
  return *std::move(replica);
}

}  // namespace trellis
