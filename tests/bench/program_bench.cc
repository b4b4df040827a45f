// Memory of the programs themselves: a district's server and a site's daemon as they are run, after work and
// ten seconds of rest.
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/bench/figure.h"
#include "tests/bench/process_memory.h"
#include "tests/bench/workload.h"

namespace trellis {
namespace {

constexpr int kDaemonRecords = 10'000;
constexpr int kServerRecords = 100'000;
constexpr std::chrono::seconds kRest{10};

std::string Programs() { return std::filesystem::read_symlink("/proc/self/exe").parent_path(); }

// Runs to its end; what it printed.
std::string Run(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) Check(absl::InternalError("no process could be started"));
  std::string printed;
  for (int c = 0; (c = fgetc(pipe)) != EOF;) printed += static_cast<char>(c);
  if (pclose(pipe) != 0) Check(absl::InternalError(fmt::format("{} failed", command)));
  return printed;
}

// A program in the background, ended with the object.
class Background {
 public:
  // Returns once it has printed that it is ready.
  explicit Background(const std::vector<std::string>& words) {
    int ends[2];
    Check(pipe(ends) == 0 ? absl::OkStatus() : absl::InternalError("no pipe"));
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const int failed = posix_spawn(&pid_, words[0].c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    char first = 0;
    const bool ready = failed == 0 && read(ends[0], &first, 1) == 1 && first == 'r';
    close(ends[0]);
    if (!ready) Check(absl::InternalError(fmt::format("{} did not start", words[0])));
  }
  ~Background() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  ProcessMemory memory() const { return MemoryOf(pid_); }

 private:
  pid_t pid_ = 0;
};

// A file of participations with reflections; rows from `begin` on.
std::string WriteRows(const std::string& folder, int begin, int count) {
  const std::string path = fmt::format("{}/rows{}.csv", folder, begin);
  std::ofstream file(path);
  file << "staff,state,minutes,date,activity,reflection\n";
  for (int i = begin; i < begin + count; ++i) {
    file << fmt::format("S{},attended,{},2026-10-{:02},ACT-{},I tried number {} with my class\n", i,
                        10 + i % 90, 1 + i % 28, i % 40, i);
  }
  return path;
}

Figure Resident(const std::string& what, const ProcessMemory& memory, double goal_mib) {
  return {what,    memory.resident_kib / 1024,
          "MiB",   goal_mib,
          "goal:", fmt::format("VmRSS of the program; RssAnon {:.1f} MiB", memory.anonymous_kib / 1024)};
}

int FreePort() {
  const int one = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{
      .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof address;
  if (bind(one, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(one, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    Check(absl::InternalError("no free port"));
  }
  close(one);
  return ntohs(address.sin_port);
}

}  // namespace

std::vector<Figure> BenchPrograms() {
  const TemporaryFolder folder;
  const std::string bin = Programs();
  const std::string data = folder.path() + "/server";
  Run(fmt::format("{}/trellis-server init --data {} --district Bench", bin, data));
  const std::string sync = fmt::format("127.0.0.1:{}", FreePort());
  const std::string api = fmt::format("127.0.0.1:{}", FreePort());
  const Background server({bin + "/trellis-server", "serve", "--data", data, "--sync", sync, "--api", api});
  const std::string code = folder.path() + "/code";
  Run(fmt::format(
      "{}/trellis --address {} --ca-file {}/keys/authority.crt --token-file {}/admin.token sites add Oak "
      "--identifier oak --code-file {} 2>/dev/null",
      bin, api, data, data, code));
  const std::string site = folder.path() + "/site";
  Run(fmt::format("{}/trellisd join --data {} --server {} --code-file {} 2>/dev/null", bin, site, sync,
                  code));
  const std::string socket = folder.path() + "/socket";
  const Background daemon({bin + "/trellisd", "serve", "--data", site, "--socket", socket});
  const std::string trellis = fmt::format("{}/trellis --address unix:{}", bin, socket);
  const auto enter = [&](int begin, int count) {
    Run(fmt::format("{} import participations {} 2>/dev/null", trellis,
                    WriteRows(folder.path(), begin, count)));
    Run(fmt::format("{} sync now --timeout 120s 2>/dev/null", trellis));
  };
  std::vector<Figure> figures;
  enter(0, kDaemonRecords);
  std::this_thread::sleep_for(kRest);
  figures.push_back(Resident("trellisd, 10,000 records entered and synced", daemon.memory(), 48));
  for (int begin = kDaemonRecords; begin < kServerRecords; begin += kDaemonRecords)
    enter(begin, kDaemonRecords);
  std::this_thread::sleep_for(kRest);
  figures.push_back(Resident("trellis-server, 100,000 records taken", server.memory(), 64));
  return figures;
}

}  // namespace trellis
