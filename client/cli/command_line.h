// What every command needs: the settings, the connection made on first use, and where answers go.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/connection.h"
#include "client/cli/exit_code.h"
#include "client/cli/settings.h"
#include "common/rpc/status_mapping.h"

namespace CLI {
class App;
}

namespace trellis {

class CommandLine {
 public:
  CommandLine(Environment environment, std::ostream* out, std::ostream* err)
      : environment_(std::move(environment)), out_(out), err_(err) {}

  Settings& flags() { return flags_; }
  bool json() const { return flags_.json; }
  std::ostream& out() { return *out_; }
  std::ostream& err() { return *err_; }

  // Runs `work` as the body of a command; its status becomes the exit code, its message goes to stderr.
  std::function<void()> Command(std::function<absl::Status()> work);
  void set_exit_code(ExitCode code) { exit_code_ = code; }
  ExitCode exit_code() const { return exit_code_; }

  // One unary call: Call<RecordsService>(&RecordsService::Stub::GetRecord, request).
  template <typename Service, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                      Response*),
                                const Request& request, std::chrono::milliseconds timeout = kCallTimeout) {
    auto connection = Connect();
    if (!connection.ok()) return connection.status();
    const auto stub = Service::NewStub((*connection)->channel());
    const auto context = (*connection)->NewContext(timeout);
    Response response;
    const grpc::Status status = (stub.get()->*method)(context.get(), request, &response);
    if (!status.ok()) return FromGrpcStatus(status);
    return response;
  }

  absl::StatusOr<const Connection*> Connect();
  // An address was given by flag, environment or file.
  bool HasAddress() const { return CompleteSettings(flags_, environment_).ok(); }

  // As given by flag, environment or file; empty: none was.
  std::string AddressText() const {
    const absl::StatusOr<Settings> settings = CompleteSettings(flags_, environment_);
    return settings.ok() ? settings->address : "";
  }

  static constexpr std::chrono::milliseconds kCallTimeout = std::chrono::seconds(60);

 private:
  Environment environment_;
  std::ostream* out_;
  std::ostream* err_;
  Settings flags_;
  std::optional<Connection> connection_;
  ExitCode exit_code_ = ExitCode::kDone;
};

// Each adds its group of commands.
void AddRecordsCommands(CLI::App& app, CommandLine& line);
void AddConflictsCommands(CLI::App& app, CommandLine& line);
void AddImportCommands(CLI::App& app, CommandLine& line);
void AddExportCommands(CLI::App& app, CommandLine& line);
// REQUIRES: AddImportCommands was called.
void AddLoadCommands(CLI::App& app, CommandLine& line);
void AddReviewCommands(CLI::App& app, CommandLine& line);
void AddWavesCommands(CLI::App& app, CommandLine& line);
void AddSessionsCommands(CLI::App& app, CommandLine& line);
// REQUIRES: AddWavesCommands was called.
void AddInvitationsCommands(CLI::App& app, CommandLine& line);
// REQUIRES: AddWavesCommands was called.
void AddKeyingCommands(CLI::App& app, CommandLine& line);
void AddCyclesCommands(CLI::App& app, CommandLine& line);
void AddTemplatesCommands(CLI::App& app, CommandLine& line);
void AddReportCommands(CLI::App& app, CommandLine& line);
void AddSnapshotCommands(CLI::App& app, CommandLine& line);
void AddSitesCommands(CLI::App& app, CommandLine& line);
void AddPeopleCommands(CLI::App& app, CommandLine& line);
void AddSyncCommands(CLI::App& app, CommandLine& line);
void AddDoctorCommand(CLI::App& app, CommandLine& line);
void AddBundleCommands(CLI::App& app, CommandLine& line);
void AddTraceCommand(CLI::App& app, CommandLine& line);
void AddDocumentsCommands(CLI::App& app, CommandLine& line);

// Parses and runs; the exit code for the shell.
int RunCommandLine(int argc, const char* const* argv, const Environment& environment, std::ostream& out,
                   std::ostream& err);

}  // namespace trellis
