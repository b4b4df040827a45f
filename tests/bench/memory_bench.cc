// Memory and disk of a store at rest, measured in a process that only opens it.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "common/replica/replica.h"
#include "common/storage/rocksdb_engine.h"
#include "tests/bench/figure.h"
#include "tests/bench/open_replica.h"
#include "tests/bench/process_memory.h"
#include "tests/bench/recording_engine.h"
#include "tests/bench/workload.h"

namespace trellis {
namespace {

// Bytes of the store's files, the log apart.
double DiskBytes(const std::string& folder) {
  double bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() != ".log") {
      bytes += static_cast<double>(entry.file_size());
    }
  }
  return bytes;
}

void BenchStore(const char* what, size_t records, size_t scopes, std::vector<Figure>* figures) {
  const TemporaryFolder folder;
  double content = 0;
  {
    const std::unique_ptr<Engine> engine = OpenFreshEngine(folder.path());
    const std::unique_ptr<Replica> replica = OpenReplica(engine.get());
    for (size_t i = 0; i < scopes; ++i) {
      const auto writes = MakeWorkload("S" + std::to_string(1000 + i), records / scopes, i + 1);
      content += static_cast<double>(ContentBytes(writes));
      WriteAll(replica.get(), writes, 500);
    }
  }
  const std::string command = fmt::format("/proc/{}/exe --memory-child {}", getpid(), folder.path());
  FILE* child = popen(command.c_str(), "r");
  double rss_kib = 0;
  double anonymous_kib = 0;
  if (child == nullptr || fscanf(child, "%lf %lf", &rss_kib, &anonymous_kib) != 2 || pclose(child) != 0) {
    Check(absl::InternalError("the child process told no figures"));
  }
  Check(CompactRocksDb(folder.path() + "/store"));
  const auto count = static_cast<double>(records);
  figures->push_back(
      {fmt::format("{}, resident", what), rss_kib / 1024, "MiB", std::nullopt, "",
       fmt::format("RssAnon {:.1f} MiB; the store alone, without gRPC", anonymous_kib / 1024)});
  figures->push_back({fmt::format("{}, disk", what), DiskBytes(folder.path()) / count, "B/record",
                      content / count, "the records' own bytes:", "compacted, log apart"});
}

}  // namespace

int RunMemoryChild(const std::string& folder) {
  const std::unique_ptr<Engine> engine = OpenFreshEngine(folder);
  const std::unique_ptr<Replica> replica = OpenReplica(engine.get());
  // As a server at rest: it has read everything once.
  const auto scopes = replica->Scopes();
  Check(scopes.status());
  for (const std::string& scope : *scopes) {
    Check(replica->ScanFeed(scope, 0, [](uint64_t, const RecordId&, const StoredRecord&) { return true; }));
  }
  const ProcessMemory memory = MemoryOf(getpid());
  std::cout << memory.resident_kib << ' ' << memory.anonymous_kib << std::endl;
  return 0;
}

std::vector<Figure> BenchMemory() {
  std::vector<Figure> figures;
  BenchStore("a server's store of 100,000", 100'000, 50, &figures);
  BenchStore("a site's store of 10,000", 10'000, 1, &figures);
  return figures;
}

}  // namespace trellis
