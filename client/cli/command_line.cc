#include "client/cli/command_line.h"

#include <CLI/CLI.hpp>

#include "client/cli/problem.h"

namespace trellis {

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
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, out, err) == 0 ? 0 : static_cast<int>(ExitCode::kWrongUse);
  }
  return static_cast<int>(line.exit_code());
}

}  // namespace trellis
