// What travels between a site and the server, measured on the TCP connection: TLS, HTTP/2 and gRPC included.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <thread>

#include "common/rpc/channel_settings.h"
#include "common/storage/memory_engine.h"
#include "tests/bench/bare_stream.h"
#include "tests/bench/figure.h"
#include "tests/bench/open_replica.h"
#include "tests/bench/process_memory.h"
#include "tests/bench/recording_engine.h"
#include "tests/bench/tls_district.h"
#include "tests/bench/workload.h"
#include "tests/integration/tcp_proxy.h"

namespace trellis {
namespace {

constexpr char kScope[] = "S0001";
constexpr size_t kFullFrame = 64 * 1024;

CertificateAuthority MakeAuthority() {
  auto authority = CertificateAuthority::Make("bench", SystemClock().WallMs());
  Check(authority.status());
  return *std::move(authority);
}

struct Store {
  Store() : engine(OpenFreshEngine(folder.path())), replica(OpenReplica(engine.get())) {}
  TemporaryFolder folder;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<Replica> replica;
};

struct SiteStore {
  SiteStore() : replica(OpenReplica(&engine)) {}
  MemoryEngine engine;
  std::unique_ptr<Replica> replica;
};

// A site, a line that counts, a server.
struct Line {
  Line() : server(store.replica.get(), ServerKeys(authority)), proxy(server.port()) {}
  std::unique_ptr<TlsSite> Connect() {
    return std::make_unique<TlsSite>(site.replica.get(), &executor, kScope, SiteKeys(authority, kScope),
                                     proxy.port());
  }
  CertificateAuthority authority = MakeAuthority();
  Store store;
  SiteStore site;
  Executor executor{1};
  TlsServer server;
  TcpProxy proxy;
};

void Crossed(TlsSite* connection) {
  if (!connection->WaitUntilCrossed()) Check(absl::DeadlineExceededError("the site did not get through"));
}

void PushOverTls(size_t records, std::vector<Figure>* figures) {
  Line line;
  WriteAll(line.site.replica.get(), MakeWorkload(kScope, records, 7), 500);
  std::unique_ptr<TlsSite> connection;
  const double seconds = Seconds([&] {
    connection = line.Connect();
    Crossed(connection.get());
  });
  const auto count = static_cast<double>(records);
  const auto up = static_cast<double>(line.proxy.bytes_up());
  const double bare = BareStreamSeconds(line.authority, line.proxy.bytes_up(), kFullFrame);
  const std::string name = fmt::format("push of {} over mTLS", records);
  figures->push_back({name + ", rate", count / seconds, "records/s", count / bare,
                      "the same bytes over a bare stream:",
                      "from the first byte of the connection; a proxy that counts stands between"});
  figures->push_back(
      {name + ", bytes up", up / count, "B/record", std::nullopt, "", "all of the connection"});
  figures->push_back({name + ", bytes down", static_cast<double>(line.proxy.bytes_down()) / count, "B/record",
                      std::nullopt, "", ""});
}

// `pause` between one write and the next.
Figure LiveOverTls(const char* name, size_t records, std::chrono::milliseconds pause) {
  Line line;
  WriteAll(line.site.replica.get(), MakeWorkload(kScope, 100, 8), 500);
  const auto connection = line.Connect();
  Crossed(connection.get());
  std::this_thread::sleep_for(std::chrono::seconds(3));
  const uint64_t before = line.proxy.bytes_up() + line.proxy.bytes_down();
  for (const RecordWrite& write : MakeWorkload(kScope, records, 9)) {
    WriteAll(line.site.replica.get(), {write}, 1);
    std::this_thread::sleep_for(pause);
  }
  Crossed(connection.get());
  std::this_thread::sleep_for(std::chrono::seconds(3));  // the comparison of digests belongs to it
  const uint64_t bytes = line.proxy.bytes_up() + line.proxy.bytes_down() - before;
  return {name,    static_cast<double>(bytes) / static_cast<double>(records),      "B/record", 135,
          "goal:", "both ways, acknowledgements, digests, TLS and HTTP/2 included"};
}

Figure FarAway() {
  Line line;
  WriteAll(line.site.replica.get(), MakeWorkload(kScope, 2'000, 7), 500);
  line.proxy.SetDelay(std::chrono::milliseconds(25));
  std::unique_ptr<TlsSite> connection;
  const double seconds = Seconds([&] {
    connection = line.Connect();
    Crossed(connection.get());
  });
  return {"push of 2,000 over mTLS at 50 ms round trip", seconds, "s", 0.3, "goal:", "handshake included"};
}

// Every site with a connection and a session of its own; the server alone in its process.
Figure IdleSites(size_t sites) {
  const TemporaryFolder folder;
  const CertificateAuthority authority = MakeAuthority();
  const TlsKeys keys = ServerKeys(authority);
  for (const auto& [name, text] : {std::pair("authority", keys.authority), std::pair("key", keys.key),
                                   std::pair("certificate", keys.certificate)}) {
    std::ofstream(folder.path() + "/" + name) << text;
  }
  const std::string command = fmt::format("/proc/{}/exe --link-child {}", getpid(), folder.path());
  FILE* child = popen(command.c_str(), "r");
  int pid = 0;
  int port = 0;
  if (child == nullptr || fscanf(child, "%d %d", &pid, &port) != 2) {
    Check(absl::InternalError("the server's process did not start"));
  }
  Executor executor(1);
  std::vector<std::unique_ptr<SiteStore>> stores;
  std::vector<std::unique_ptr<TlsSite>> connections;
  const auto connect = [&](size_t upto) {
    while (connections.size() < upto) {
      const std::string scope = fmt::format("S{}", 1000 + connections.size());
      stores.push_back(std::make_unique<SiteStore>());
      WriteAll(stores.back()->replica.get(), MakeWorkload(scope, 1, connections.size() + 1), 1);
      connections.push_back(std::make_unique<TlsSite>(stores.back()->replica.get(), &executor, scope,
                                                      SiteKeys(authority, scope),
                                                      static_cast<uint16_t>(port)));
      Crossed(connections.back().get());
    }
    std::this_thread::sleep_for(std::chrono::seconds(5));
    return MemoryOf(pid).anonymous_kib;
  };
  const double few = connect(20);
  const double many = connect(20 + sites);
  connections.clear();
  std::ofstream(folder.path() + "/stop") << "stop";
  pclose(child);
  return {"server, memory of an idle connected site",
          (many - few) / static_cast<double>(sites),
          "KiB",
          130,
          "goal:",
          fmt::format("RssAnon, {} sites over mTLS, one scope each", sites)};
}

}  // namespace

int RunLinkChild(const std::string& folder) {
  const auto read = [&](const char* name) {
    std::ifstream file(folder + "/" + name);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::unique_ptr<Engine> engine = OpenFreshEngine(folder);
  const std::unique_ptr<Replica> replica = OpenReplica(engine.get());
  const TlsServer server(replica.get(), {read("authority"), read("key"), read("certificate")});
  std::cout << getpid() << ' ' << server.port() << std::endl;
  while (!std::ifstream(folder + "/stop").good()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  return 0;
}

std::vector<Figure> BenchLink() {
  TurnOffGrpcCompression();
  std::vector<Figure> figures;
  PushOverTls(2'000, &figures);
  PushOverTls(20'000, &figures);
  figures.push_back(
      LiveOverTls("a record on a live stream, 100 a second", 500, std::chrono::milliseconds(10)));
  figures.push_back(LiveOverTls("a record on a live stream, one a second", 15, std::chrono::seconds(1)));
  figures.push_back(FarAway());
  figures.push_back(IdleSites(200));
  return figures;
}

}  // namespace trellis
