// Local durable writes through the replica's one commit path.
#include <atomic>
#include <thread>

#include "common/replica/replica.h"
#include "tests/bench/figure.h"
#include "tests/bench/open_replica.h"
#include "tests/bench/recording_engine.h"
#include "tests/bench/workload.h"

namespace trellis {
namespace {

struct Store {
  Store() : engine(OpenFreshEngine(folder.path())), recorder(engine.get()), replica(OpenReplica(&recorder)) {
    recorder.TakeBatches();
  }

  TemporaryFolder folder;
  std::unique_ptr<Engine> engine;
  RecordingEngine recorder;
  std::unique_ptr<Replica> replica;
};

Figure OneCaller(const char* name, size_t count, size_t batch) {
  Store store;
  const std::vector<RecordWrite> writes = MakeWorkload("S0001", count, 1);
  const double seconds = Seconds([&] { WriteAll(store.replica.get(), writes, batch); });
  const double ceiling = ReplaySeconds(store.recorder.TakeBatches());
  const auto records = static_cast<double>(count);
  return {name, records / seconds, "records/s", records / ceiling, "the same batches into the engine:", ""};
}

Figure ManyCallers(int callers, size_t count) {
  Store store;
  const std::vector<RecordWrite> writes = MakeWorkload("S0001", count, 2);
  std::atomic<size_t> next = 0;
  const double seconds = Seconds([&] {
    std::vector<std::thread> threads;
    for (int i = 0; i < callers; ++i) {
      threads.emplace_back([&] {
        for (size_t at = next++; at < writes.size(); at = next++) {
          WriteRequest request;
          request.actor = "bench";
          request.records = {writes[at]};
          Check(store.replica->Write(request).status());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  });
  // The ceiling is the engine's own group commit of as many single-record batches.
  std::vector<WriteBatch> singles;
  {
    Store alone;
    WriteAll(alone.replica.get(), writes, 1);
    singles = alone.recorder.TakeBatches();
  }
  const double ceiling = ReplaySeconds(singles, callers);
  const auto records = static_cast<double>(count);
  return {"local write, 64 callers",
          records / seconds,
          "records/s",
          records / ceiling,
          "the engine's group commit:",
          ""};
}

}  // namespace

std::vector<Figure> BenchWrites() {
  return {OneCaller("local write, one at a time", 5'000, 1),
          OneCaller("local write, batches of 100", 50'000, 100), ManyCallers(64, 20'000)};
}

}  // namespace trellis
