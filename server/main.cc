// trellis-server: the commands of the district's server (init, serve, backup, restore, verify).
#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "common/rpc/program_exit.h"
#include "server/commands.h"

namespace {

int Report(const absl::Status& status) {
  if (status.ok()) return 0;
  std::fprintf(stderr, "trellis-server: %s\n", std::string(status.message()).c_str());
  return trellis::ProgramExitCode(status);
}

// Until SIGTERM or SIGINT. The signals are blocked in every thread, so that only this one takes them.
int Serve(const trellis::ServerOptions& options) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  absl::StatusOr<std::unique_ptr<trellis::ServerApp>> app = trellis::ServerApp::Start(options);
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
  spdlog::set_default_logger(spdlog::stderr_logger_mt("trellis-server"));
  CLI::App app("The district's server of Trellis");
  app.require_subcommand(1);
  trellis::ServerOptions options;
  std::string district, to, from, kit;

  CLI::App* init = app.add_subcommand("init", "Make a district: store, certificate authority, keys");
  init->add_option("--data", options.data, "Data folder")->required();
  init->add_option("--district", district, "Name of the district")->required();
  CLI::App* serve = app.add_subcommand("serve", "Serve sites and services, in the foreground");
  serve->add_option("--data", options.data, "Data folder")->required();
  serve->add_option("--sync", options.sync, "HOST:PORT for sites' sync; port 0 picks a free one")->required();
  serve->add_option("--join", options.join,
                    "HOST:PORT for joining (default: the sync host); the same as --sync shares its port");
  serve->add_option("--api", options.api,
                    "HOST:PORT for services and the command line; may share the port of --sync");
  serve->add_option("--public-host", options.public_host, "Host by which sites reach the joining listener");
  serve->add_option(
      "--nightly", options.nightly,
      "When reports of cycles under way are frozen each night, HH:MM in UTC, or off (default: 02:00)");
  CLI::App* backup = app.add_subcommand("backup", "Take a backup, while the server serves or not");
  backup->add_option("--data", options.data, "Data folder")->required();
  backup->add_option("--to", to, "New folder for the backup")->required();
  CLI::App* restore = app.add_subcommand("restore", "Make a data folder from a backup");
  restore->add_option("--from", from, "Folder of the backup")->required();
  restore->add_option("--data", options.data, "New data folder")->required();
  restore->add_option("--recovery-kit", kit, "The recovery kit's file (default: where it was at init)");
  CLI::App* verify = app.add_subcommand("verify", "Check the store of a server that is not running");
  verify->add_option("--data", options.data, "Data folder")->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (init->parsed()) return Report(trellis::InitCommand(options.data, district));
  if (serve->parsed()) return Serve(options);
  if (backup->parsed()) return Report(trellis::BackupCommand(options.data, to));
  if (restore->parsed()) return Report(trellis::RestoreCommand(from, options.data, kit));
  return Report(trellis::VerifyCommand(options.data));
}
