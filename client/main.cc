// trellisd: the site's daemon (join, serve).
#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "client/daemon_app.h"
#include "client/join_command.h"
#include "common/rpc/program_exit.h"

namespace {

int Report(const absl::Status& status) {
  if (status.ok()) return 0;
  std::fprintf(stderr, "trellisd: %s\n", std::string(status.message()).c_str());
  return trellis::ProgramExitCode(status);
}

// Until SIGTERM or SIGINT. The signals are blocked in every thread, so that only this one takes them.
int Serve(const trellis::DaemonOptions& options) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  absl::StatusOr<std::unique_ptr<trellis::DaemonApp>> app = trellis::DaemonApp::Start(options);
  if (!app.ok()) return Report(app.status());
  std::printf("%s\n", (*app)->ReadyLine().c_str());
  std::fflush(stdout);
  const timespec second = {.tv_sec = 1, .tv_nsec = 0};
  while (sigtimedwait(&stop, nullptr, &second) < 0) (*app)->Tick();
  spdlog::info("going down");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  umask(077);
  signal(SIGPIPE, SIG_IGN);
  spdlog::set_default_logger(spdlog::stderr_logger_mt("trellisd"));
  CLI::App app("The site's daemon of Trellis");
  app.require_subcommand(1);
  trellis::DaemonOptions options;
  trellis::JoinOptions join_options;

  CLI::App* join = app.add_subcommand("join", "Join a district with a one-time code");
  join->add_option("--data", join_options.data, "Data folder")->required();
  join->add_option("--server", join_options.server, "HOST:PORT of the server's sync")->required();
  join->add_option("--code-file", join_options.code_file,
                   "File with the joining code, or - for standard input")
      ->required();
  CLI::App* serve = app.add_subcommand("serve", "Serve the site, in the foreground");
  serve->add_option("--data", options.data, "Data folder")->required();
  serve->add_option("--socket", options.socket, "Path of the socket to listen on")->required();
  serve->add_option("--server", options.server, "HOST:PORT of the server's sync, where it has moved; kept");
  serve->add_option("--anchor-copy", options.anchor_copy, "Folder for the anchor's second copy");
  for (CLI::App* command : {join, serve}) {
    command->add_option("--proxy", options.proxy,
                        "HOST:PORT of an HTTP proxy, or none (default: HTTPS_PROXY and NO_PROXY)");
  }
  serve->add_option("--relay-listen", options.relay_listen,
                    "HOST:PORT to take neighbours' sealed bundles at, to be carried to the district");
  serve->add_option("--relay-via", options.relay_via,
                    "HOST:PORT of a neighbour to hand bundles to while the district is not reached");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  join_options.proxy = options.proxy;
  return join->parsed() ? Report(trellis::JoinCommand(join_options)) : Serve(options);
}
