#include "client/cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

#include "client/cli/attachment_commands.h"
#include "client/cli/problem.h"

namespace trellis {
namespace {

// The innermost command that was named.
const CLI::App& Innermost(const CLI::App& app) {
  const std::vector<CLI::App*> named = app.get_subcommands();
  return named.empty() ? app : Innermost(*named.front());
}

absl::Status WrongUse(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = Innermost(app);
  const std::vector<std::string> left = app.remaining(true);
  const bool lacks_command = command.get_require_subcommand_min() > 0 && command.get_subcommands().empty();
  std::string problem = error.what();
  if (lacks_command && !left.empty()) problem = fmt::format("there is no command {}", left.front());
  std::string path = command.get_name();
  for (const CLI::App* above = command.get_parent(); above != nullptr; above = above->get_parent()) {
    path = fmt::format("{} {}", above->get_name(), path);
  }
  return absl::InvalidArgumentError(fmt::format("{}; `{} --help` says what may be given", problem, path));
}

// An error in what was typed may come before the flag is read.
bool AsksForJson(int argc, const char* const* argv) {
  return std::any_of(argv, argv + argc, [](std::string_view word) { return word == "--json"; });
}

}  // namespace

std::function<void()> CommandLine::Command(std::function<absl::Status()> work) {
  return [this, work = std::move(work)] {
    const absl::Status status = work();
    if (status.ok()) return;
    PrintProblem(status, json(), *err_);
    exit_code_ = ExitCodeOf(status.code());
  };
}

absl::StatusOr<const Connection*> CommandLine::Connect() {
  if (!connection_.has_value()) {
    const absl::StatusOr<Settings> settings = CompleteSettings(flags_, environment_);
    if (!settings.ok()) return settings.status();
    absl::StatusOr<Connection> connection = Connection::Open(*settings);
    if (!connection.ok()) return connection.status();
    connection_ = *std::move(connection);
  }
  return &*connection_;
}

int RunCommandLine(int argc, const char* const* argv, const Environment& environment, std::ostream& out,
                   std::ostream& err) {
  CommandLine line(environment, &out, &err);
  CLI::App app("Trellis: records, surveys, sync and reports of schools", "trellis");
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--address", line.flags().address, "unix:PATH of a daemon, or HOST:PORT of a server");
  app.add_option("--ca-file", line.flags().ca_file, "the district's CA, for HOST:PORT");
  app.add_option("--token-file", line.flags().token_file, "file that holds a token");
  app.add_flag("--json", line.flags().json, "answers as JSON, lists as JSON Lines");
  AddRecordsCommands(app, line);
  AddConflictsCommands(app, line);
  AddImportCommands(app, line);
  AddExportCommands(app, line);
  AddLoadCommands(app, line);
  AddReviewCommands(app, line);
  AddWavesCommands(app, line);
  AddInvitationsCommands(app, line);
  AddKeyingCommands(app, line);
  AddSessionsCommands(app, line);
  AddCyclesCommands(app, line);
  AddTemplatesCommands(app, line);
  AddReportCommands(app, line);
  AddSnapshotCommands(app, line);
  AddSitesCommands(app, line);
  AddPeopleCommands(app, line);
  AddSyncCommands(app, line);
  AddDoctorCommand(app, line);
  AddBundleCommands(app, line);
  AddDocumentsCommands(app, line);
  AddTraceCommand(app, line);
  AddAttachmentCommands(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error, out, err);  // it was asked for help
    PrintProblem(WrongUse(app, error), AsksForJson(argc, argv), err);
    return static_cast<int>(ExitCode::kWrongUse);
  }
  return static_cast<int>(line.exit_code());
}

}  // namespace trellis
