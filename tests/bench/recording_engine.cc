#include "tests/bench/recording_engine.h"

#include <atomic>
#include <thread>

#include "common/storage/rocksdb_engine.h"
#include "tests/bench/figure.h"
#include "tests/bench/workload.h"

namespace trellis {

std::unique_ptr<Engine> OpenFreshEngine(const std::string& folder) {
  auto engine = OpenRocksDb(folder + "/store");
  Check(engine.status());
  return *std::move(engine);
}

double ReplaySeconds(const std::vector<WriteBatch>& batches) { return ReplaySeconds(batches, 1); }

double ReplaySeconds(const std::vector<WriteBatch>& batches, int threads) {
  const TemporaryFolder folder;
  const std::unique_ptr<Engine> engine = OpenFreshEngine(folder.path());
  std::atomic<size_t> next = 0;
  return Seconds([&] {
    std::vector<std::thread> callers;
    for (int i = 0; i < threads; ++i) {
      callers.emplace_back([&] {
        for (size_t at = next++; at < batches.size(); at = next++) {
          Check(engine->Commit(batches[at], Durability::kSynced));
        }
      });
    }
    for (std::thread& caller : callers) caller.join();
  });
}

}  // namespace trellis
