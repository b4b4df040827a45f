// doctor: what stands between the site and its server, and what to do. Asks the daemon; where none runs,
// looks from here as far as it can.
#include <fmt/format.h>
#include <sys/statvfs.h>

#include <CLI/CLI.hpp>
#include <string_view>

#include "client/agent/membership.h"
#include "client/agent/site_diagnosis.h"
#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "common/identity/keys.h"
#include "common/time/clock.h"
#include "trellis/admin/v1/admin.grpc.pb.h"

namespace trellis {
namespace {

using admin::v1::AdminService;
using admin::v1::DiagnoseResponse;

constexpr std::chrono::milliseconds kProbe{10'000};

ExitCode ExitCodeOf(const DiagnoseResponse& diagnosis) {
  ExitCode code = ExitCode::kDone;
  for (const auto& step : diagnosis.steps()) {
    if (step.state() != admin::v1::DIAGNOSIS_STATE_BAD) continue;
    if (step.name() == "store") return ExitCode::kDamage;
    if (code != ExitCode::kDone && code != ExitCode::kFailed) continue;  // the first on the way says most
    if (step.name() == "admission" || step.name() == "certificate") {
      code = ExitCode::kRefused;
    } else if (step.name() == "disk" || step.name() == "clock" || step.name() == "quarantine") {
      code = ExitCode::kFailed;
    } else {
      code = ExitCode::kNotReachable;
    }
  }
  return code;
}

void Print(const DiagnoseResponse& diagnosis, CommandLine& line) {
  if (line.json()) {
    line.out() << ToJson(diagnosis) << '\n';
    return;
  }
  for (const auto& step : diagnosis.steps()) {
    const bool bad = step.state() == admin::v1::DIAGNOSIS_STATE_BAD;
    const std::string_view mark = bad ? "✗" : step.state() == admin::v1::DIAGNOSIS_STATE_GOOD ? "✓" : "–";
    line.out() << fmt::format("{} {:<12} {}\n", mark, step.name(), step.sentence());
    if (bad && !step.fix().empty()) line.out() << fmt::format("  {:<12} → {}\n", "", step.fix());
  }
  line.out() << (diagnosis.healthy() ? "All is well.\n"
                                     : "Work goes on at the site meanwhile, and is kept.\n");
}

void Add(const DiagnosisStep& step, DiagnoseResponse* diagnosis) {
  auto* row = diagnosis->add_steps();
  row->set_name(step.name);
  row->set_sentence(step.sentence);
  row->set_fix(step.fix);
  row->set_state(step.state == StepState::kGood  ? admin::v1::DIAGNOSIS_STATE_GOOD
                 : step.state == StepState::kBad ? admin::v1::DIAGNOSIS_STATE_BAD
                                                 : admin::v1::DIAGNOSIS_STATE_UNKNOWN);
  if (step.state == StepState::kBad) diagnosis->set_healthy(false);
}

// Without a daemon: from the membership in its data folder.
absl::StatusOr<DiagnoseResponse> LookFromHere(const std::string& data, const std::string& proxy_option) {
  const absl::StatusOr<Membership> membership = LoadMembership(data + "/keys");
  if (!membership.ok()) return membership.status();
  const absl::StatusOr<Endpoint> server = ParseEndpoint(membership->server);
  if (!server.ok()) return server.status();
  const auto proxy = ChooseProxy(proxy_option, ProcessEnvironment(), server->host);
  if (!proxy.ok()) return proxy.status();
  const absl::StatusOr<CertificateFacts> own = ReadCertificate(membership->certificate);
  if (!own.ok()) return own.status();
  const LinkProbe probe{.server = *server,
                        .proxy = *proxy,
                        .authority_pem = membership->authority,
                        .server_name = ServerName(membership->district)};
  SiteFacts facts{.link = DiagnoseLink(ProbeLink(probe, Patience::For(kProbe, nullptr)),
                                       {own->not_before_ms, own->not_after_ms}, SystemClock().WallMs()),
                  .standing = std::nullopt,
                  .site = membership->site};
  struct statvfs disk {};
  if (statvfs(data.c_str(), &disk) == 0) {
    facts.free_bytes = static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize;
  }
  DiagnoseResponse diagnosis;
  diagnosis.set_healthy(true);
  Add({"daemon", StepState::kBad, "trellisd does not answer at the socket",
       "start it: trellisd serve --data " + data + " --socket PATH"},
      &diagnosis);
  for (const DiagnosisStep& step : DiagnoseSite(facts)) Add(step, &diagnosis);
  return diagnosis;
}

absl::Status Doctor(CommandLine& line, const std::string& data, const std::string& proxy) {
  absl::StatusOr<DiagnoseResponse> diagnosis =
      absl::UnavailableError("no daemon was named: give its --address, or its folder with --data");
  if (line.HasAddress() || data.empty()) {
    diagnosis = line.Call<AdminService>(&AdminService::Stub::Diagnose, admin::v1::DiagnoseRequest());
    if (absl::IsUnavailable(diagnosis.status()) && data.empty()) {
      return absl::UnavailableError(
          fmt::format("{}. Is trellisd running? If it is not, `trellis doctor --data DIR` (its data folder) "
                      "looks from here",
                      std::string(diagnosis.status().message())));
    }
  }
  if (absl::IsUnimplemented(diagnosis.status())) {
    return absl::FailedPreconditionError(
        "the doctor looks from a site: ask its daemon with --address unix:PATH. How sites stand as the "
        "server "
        "sees them, `trellis sites health` says");
  }
  if (absl::IsUnavailable(diagnosis.status())) diagnosis = LookFromHere(data, proxy);
  if (!diagnosis.ok()) return diagnosis.status();
  Print(*diagnosis, line);
  line.set_exit_code(ExitCodeOf(*diagnosis));
  return absl::OkStatus();
}

}  // namespace

void AddDoctorCommand(CLI::App& app, CommandLine& line) {
  const auto data = std::make_shared<std::string>();
  const auto proxy = std::make_shared<std::string>();
  CLI::App* doctor =
      app.add_subcommand("doctor", "What stands between this site and its server, and what to do");
  doctor->add_option("--data", *data, "the daemon's data folder, for when it does not run");
  doctor->add_option("--proxy", *proxy, "as trellisd takes it, for when the daemon does not run");
  doctor->callback(line.Command([&line, data, proxy] { return Doctor(line, *data, *proxy); }));
}

}  // namespace trellis
