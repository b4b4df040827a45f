// Push, pull and a cut, through the production exchange, codec, merge and engine; the wire is memory.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "common/replica/replica.h"
#include "common/storage/memory_engine.h"
#include "tests/bench/figure.h"
#include "tests/bench/open_replica.h"
#include "tests/bench/recording_engine.h"
#include "tests/bench/wire_pair.h"
#include "tests/bench/workload.h"

namespace trellis {
namespace {

// A site's store in memory: what is measured is the server.
struct Site {
  Site(std::string name, size_t records, uint64_t seed)
      : scope(std::move(name)), replica(OpenReplica(&engine)) {
    if (records > 0) WriteAll(replica.get(), MakeWorkload(scope, records, seed), 500);
  }
  std::string scope;
  MemoryEngine engine;
  std::unique_ptr<Replica> replica;
};

struct Server {
  Server() : engine(OpenFreshEngine(folder.path())), recorder(engine.get()), replica(OpenReplica(&recorder)) {
    recorder.TakeBatches();
  }
  TemporaryFolder folder;
  std::unique_ptr<Engine> engine;
  RecordingEngine recorder;
  std::unique_ptr<Replica> replica;
};

void PushOnce(size_t records, std::vector<Figure>* figures) {
  Site site("S0001", records, 7);
  Server server;
  WirePair wire(site.replica.get(), server.replica.get(), site.scope);
  const double seconds = Seconds([&] { wire.Run(); });
  const auto count = static_cast<double>(records);
  const std::string name = "push of " + std::to_string(records);
  const double ceiling = ReplaySeconds(server.recorder.TakeBatches());
  figures->push_back({name + ", bytes up", static_cast<double>(wire.count().bytes_up) / count, "B/record",
                      std::nullopt, "", "TLS and HTTP/2 apart"});
  figures->push_back({name + ", of them frame bodies",
                      static_cast<double>(wire.count().frame_bytes_up) / count, "B/record", std::nullopt, "",
                      ""});
  figures->push_back({name + ", bytes down", static_cast<double>(wire.count().bytes_down) / count, "B/record",
                      std::nullopt, "", ""});
  figures->push_back(
      {name + ", turns", static_cast<double>(wire.count().turns), "turns", std::nullopt, "", ""});
  figures->push_back({name + ", rate", count / seconds, "records/s", count / ceiling,
                      "the server's batches into the engine:", "both ends on one core, merged and durable"});
}

// Records written one by one while the connection stands.
Figure LiveRecords() {
  constexpr size_t kRecords = 200;
  Site site("S0001", 100, 8);
  Server server;
  WirePair wire(site.replica.get(), server.replica.get(), site.scope);
  wire.Run();
  const uint64_t before = wire.count().bytes_up + wire.count().bytes_down;
  for (const RecordWrite& write : MakeWorkload(site.scope, kRecords, 9)) {
    WriteAll(site.replica.get(), {write}, 1);
    wire.site().LocalCommit(site.scope);
    wire.Run();
  }
  const uint64_t after = wire.count().bytes_up + wire.count().bytes_down;
  return {"one record on a live stream, both ways",
          static_cast<double>(after - before) / kRecords,
          "B/record",
          std::nullopt,
          "",
          "acks and digests included; TLS and HTTP/2 apart"};
}

// Sites take turns on `threads` connections at once.
Figure PushMany(size_t sites, size_t records, size_t threads) {
  std::vector<std::unique_ptr<Site>> stores;
  for (size_t i = 0; i < sites; ++i) {
    stores.push_back(std::make_unique<Site>("S" + std::to_string(1000 + i), records, i + 1));
  }
  Server server;
  std::atomic<size_t> next = 0;
  const double seconds = Seconds([&] {
    std::vector<std::thread> connections;
    for (size_t i = 0; i < threads; ++i) {
      connections.emplace_back([&] {
        for (size_t at = next++; at < stores.size(); at = next++) {
          WirePair wire(stores[at]->replica.get(), server.replica.get(), stores[at]->scope);
          wire.Run();
        }
      });
    }
    for (std::thread& connection : connections) connection.join();
  });
  const double ceiling = ReplaySeconds(server.recorder.TakeBatches());
  const auto count = static_cast<double>(sites * records);
  return {"push of 50 sites x 2,000, eight at once",
          count / seconds,
          "records/s",
          count / ceiling,
          "the server's batches into the engine:",
          "both ends on the same cores"};
}

}  // namespace

std::vector<Figure> BenchPush() {
  std::vector<Figure> figures;
  for (const size_t records : {1, 100, 2'000}) PushOnce(records, &figures);
  figures.push_back(LiveRecords());
  figures.push_back(PushMany(50, 2'000, 8));
  return figures;
}

std::vector<Figure> BenchPull() {
  constexpr size_t kRecords = 100'000;
  Server full;
  WriteAll(full.replica.get(), MakeWorkload("S0001", kRecords, 3), 500);
  Server fresh;
  // The fresh replica is the site of this connection; the full store its server.
  WirePair wire(fresh.replica.get(), full.replica.get(), "S0001");
  const double seconds = Seconds([&] { wire.Run(); });
  const double ceiling = ReplaySeconds(fresh.recorder.TakeBatches());
  const auto count = static_cast<double>(kRecords);
  return {{"pull by a fresh replica", count / seconds, "records/s", count / ceiling,
           "its batches into the engine:", "both ends on one core"},
          {"pull, bytes down", static_cast<double>(wire.count().bytes_down) / count, "B/record", std::nullopt,
           "", ""},
          {"pull, bytes up", static_cast<double>(wire.count().bytes_up) / count, "B/record", std::nullopt, "",
           ""}};
}

std::vector<Figure> BenchCut() {
  constexpr size_t kRecords = 20'000;
  Site uncut_site("S0001", kRecords, 5);
  Server uncut_server;
  WirePair uncut(uncut_site.replica.get(), uncut_server.replica.get(), "S0001");
  uncut.Run();
  const uint64_t whole = uncut.count().frame_bytes_up;

  Site site("S0001", kRecords, 5);
  Server server;
  WirePair first(site.replica.get(), server.replica.get(), "S0001");
  first.Run(whole / 2);
  const size_t window = first.site().window_bytes();
  WirePair second(site.replica.get(), server.replica.get(), "S0001", first.site().frame_bytes() / 2,
                  window / 2);
  second.Run();
  const auto again = static_cast<double>(first.count().lost_frame_bytes_up);
  return {{"cut half-way: bytes sent again", again, "B", static_cast<double>(window), "the window in force:",
           fmt::format("{:.1f} % of the push of {} B", 100 * again / static_cast<double>(whole), whole)}};
}

}  // namespace trellis
