// sync: now, status, pause, resume. digest. quarantine: list, retry, export. status. version.
#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "common/identity/private_file.h"
#include "trellis/admin/v1/admin.grpc.pb.h"

namespace trellis {
namespace {

using admin::v1::AdminService;

void PrintSync(const admin::v1::GetSyncStatusResponse& status, CommandLine& line) {
  if (line.json()) {
    line.out() << ToJson(status) << '\n';
    return;
  }
  line.out() << status.sentence() << '\n';
  if (!status.server().empty()) line.out() << "server        " << status.server() << '\n';
  if (status.has_last_contact_time())
    line.out() << "last contact  " << ToText(status.last_contact_time()) << '\n';
  if (!status.last_error().empty()) line.out() << "last error    " << status.last_error() << '\n';
  if (status.cuts() > 0) {
    line.out() << fmt::format("cuts          {}; {} bytes sent again, of at most {}\n", status.cuts(),
                              status.resent_bytes(), status.resent_bound_bytes());
  }
  if (status.asked_again_bytes() > 0) {
    line.out() << fmt::format("asked again   {} bytes the server wanted whole, or had no room for\n",
                              status.asked_again_bytes());
  }
  if (!status.backup().empty()) line.out() << "backup        " << status.backup() << '\n';
  TextTable table({"SCOPE", "CHANGES HERE", "ACKNOWLEDGED", "RECEIVED", "OF", "COMPARED"});
  for (const auto& scope : status.scopes()) {
    table.Add({scope.scope(), std::to_string(scope.head()), std::to_string(scope.pushed()),
               std::to_string(scope.pulled()), std::to_string(scope.peer_head()), scope.comparison()});
  }
  if (!table.empty()) table.Print(line.out());
}

absl::StatusOr<int64_t> MillisecondsFrom(const std::string& text) {
  size_t used = 0;
  double number = 0;
  try {
    number = std::stod(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  const std::string unit = text.substr(used);
  const double factor = unit == "ms" ? 1 : unit.empty() || unit == "s" ? 1000 : unit == "m" ? 60'000 : 0;
  if (used == 0 || factor == 0 || number <= 0 || number > 86'400) {
    return absl::InvalidArgumentError(fmt::format("--timeout takes 30s, 500ms or 2m, not {}", text));
  }
  return static_cast<int64_t>(number * factor);
}

absl::Status SyncNow(CommandLine& line, const std::string& timeout) {
  const auto wait_ms = MillisecondsFrom(timeout);
  if (!wait_ms.ok()) return wait_ms.status();
  admin::v1::SyncNowRequest request;
  *request.mutable_timeout() = google::protobuf::util::TimeUtil::MillisecondsToDuration(*wait_ms);
  const auto response = line.Call<AdminService>(&AdminService::Stub::SyncNow, request,
                                                std::chrono::milliseconds(*wait_ms + 5000));
  if (!response.ok()) return response.status();
  PrintSync(response->status(), line);
  return absl::OkStatus();
}

absl::Status SyncStatus(CommandLine& line) {
  const auto response =
      line.Call<AdminService>(&AdminService::Stub::GetSyncStatus, admin::v1::GetSyncStatusRequest());
  if (!response.ok()) return response.status();
  PrintSync(*response, line);
  return absl::OkStatus();
}

absl::Status Pause(CommandLine& line) {
  const auto response =
      line.Call<AdminService>(&AdminService::Stub::PauseSync, admin::v1::PauseSyncRequest());
  if (response.ok() && !line.json())
    line.out() << "paused; work goes on here, nothing is sent until `sync resume`\n";
  return response.status();
}

absl::Status Resume(CommandLine& line) {
  const auto response =
      line.Call<AdminService>(&AdminService::Stub::ResumeSync, admin::v1::ResumeSyncRequest());
  if (response.ok() && !line.json()) line.out() << "resumed\n";
  return response.status();
}

absl::Status Digest(CommandLine& line, const std::string& scope) {
  admin::v1::GetDigestRequest request;
  request.set_scope(scope);
  const auto response = line.Call<AdminService>(&AdminService::Stub::GetDigest, request);
  if (!response.ok()) return response.status();
  TextTable table({"SCOPE", "RECORDS", "DIGEST", "SET ASIDE"});
  for (const auto& row : response->scopes()) {
    if (line.json()) {
      // Zeros are said too, and counts are numbers: the line is compared as text.
      line.out() << nlohmann::ordered_json({{"scope", row.scope()},
                                            {"records", row.records()},
                                            {"digest", row.digest()},
                                            {"setAside", row.set_aside()}})
                        .dump()
                 << '\n';
    }
    table.Add({row.scope(), std::to_string(row.records()), row.digest(), std::to_string(row.set_aside())});
  }
  if (!line.json()) table.Print(line.out());
  return absl::OkStatus();
}

absl::Status ListQuarantine(CommandLine& line, const std::string& scope) {
  admin::v1::ListSetAsideRequest request;
  request.set_scope(scope);
  const auto response = line.Call<AdminService>(&AdminService::Stub::ListSetAside, request);
  if (!response.ok()) return response.status();
  TextTable table({"SCOPE", "RECORD", "KIND", "FROM", "CAUSE", "WHY"});
  for (const auto& record : response->records()) {
    if (line.json()) line.out() << ToJson(record) << '\n';
    table.Add({record.scope(), record.id(), record.kind(), record.peer(), record.cause(), record.reason()});
  }
  if (line.json()) return absl::OkStatus();
  if (table.empty()) {
    line.out() << "nothing is set aside\n";
  } else {
    table.Print(line.out());
  }
  return absl::OkStatus();
}

absl::Status RetryQuarantine(CommandLine& line, const std::string& scope, const std::string& id) {
  admin::v1::RetrySetAsideRequest request;
  request.set_scope(scope);
  request.set_id(id);
  const auto response = line.Call<AdminService>(&AdminService::Stub::RetrySetAside, request);
  if (!response.ok()) return response.status();
  if (line.json()) {
    line.out() << ToJson(*response) << '\n';
  } else {
    line.out() << fmt::format("{} of {} could be taken now; `quarantine list` shows what is left\n",
                              response->taken(), response->tried());
  }
  return absl::OkStatus();
}

absl::Status ExportQuarantine(CommandLine& line, const std::string& scope, const std::string& file) {
  admin::v1::ExportSetAsideRequest request;
  request.set_scope(scope);
  const auto response = line.Call<AdminService>(&AdminService::Stub::ExportSetAside, request);
  if (!response.ok()) return response.status();
  std::string text;
  for (const auto& content : response->contents()) text += ToJson(content) + "\n";
  if (file == "-") {
    line.out() << text;
    return absl::OkStatus();
  }
  // It holds whatever came in, personal data too.
  if (absl::Status written = WritePrivateFile(file, text); !written.ok()) return written;
  if (!line.json()) {
    line.out() << fmt::format("{} item(s) in {}, for your eyes only\n", response->contents_size(), file);
  }
  return absl::OkStatus();
}

absl::Status Status(CommandLine& line) {
  const auto response =
      line.Call<AdminService>(&AdminService::Stub::GetStatus, admin::v1::GetStatusRequest());
  if (!response.ok()) return response.status();
  if (line.json()) {
    line.out() << ToJson(*response) << '\n';
    return absl::OkStatus();
  }
  line.out() << fmt::format(
      "{} {} of district {}{}\n", response->program(), response->version(),
      response->district_name().empty() ? response->district() : response->district_name(),
      response->site().empty() ? "" : ", site " + response->site());
  line.out() << fmt::format("you act as {}\n", response->actor());
  for (const std::string& notice : response->notices()) line.out() << "! " << notice << '\n';
  return absl::OkStatus();
}

}  // namespace

void AddSyncCommands(CLI::App& app, CommandLine& line) {
  CLI::App* sync = app.add_subcommand("sync", "What has gone to the district and come from it");
  sync->require_subcommand(1);
  const auto timeout = std::make_shared<std::string>("30s");
  CLI::App* now = sync->add_subcommand("now", "Sync, and wait until both ends have everything");
  now->add_option("--timeout", *timeout, "how long to wait: 30s, 2m");
  now->callback(line.Command([&line, timeout] { return SyncNow(line, *timeout); }));
  sync->add_subcommand("status", "How sync stands")->callback(line.Command([&line] {
    return SyncStatus(line);
  }));
  sync->add_subcommand("pause", "No connection until resumed")->callback(line.Command([&line] {
    return Pause(line);
  }));
  sync->add_subcommand("resume", "End a pause")->callback(line.Command([&line] { return Resume(line); }));

  const auto scope = std::make_shared<std::string>();
  CLI::App* digest = app.add_subcommand("digest", "Records and digest of each scope: the same at both ends");
  digest->add_option("--scope", *scope);
  digest->callback(line.Command([&line, scope] { return Digest(line, *scope); }));

  CLI::App* quarantine = app.add_subcommand("quarantine", "What came in and could not be taken");
  quarantine->require_subcommand(1);
  CLI::App* set_aside = quarantine->add_subcommand("list", "Each, with the reason");
  set_aside->add_option("--scope", *scope);
  set_aside->callback(line.Command([&line, scope] { return ListQuarantine(line, *scope); }));
  const auto record = std::make_shared<std::string>();
  CLI::App* retry = quarantine->add_subcommand("retry", "Try to take it now; done at each start anyway");
  retry->add_option("--scope", *scope);
  retry->add_option("id", *record, "one record; all if left out");
  retry->callback(line.Command([&line, scope, record] { return RetryQuarantine(line, *scope, *record); }));
  const auto file = std::make_shared<std::string>();
  CLI::App* contents = quarantine->add_subcommand("export", "What is in it, as it came, as JSON Lines");
  contents->add_option("file", *file, "FILE, or - for the screen")->required();
  contents->add_option("--scope", *scope);
  contents->callback(line.Command([&line, scope, file] { return ExportQuarantine(line, *scope, *file); }));

  app.add_subcommand("status", "What answers, and as whom you act")->callback(line.Command([&line] {
    return Status(line);
  }));
  app.add_subcommand("version", "The version of this program")->callback(line.Command([&line] {
    line.out() << "trellis " TRELLIS_VERSION "\n";
    return absl::OkStatus();
  }));
}

}  // namespace trellis
