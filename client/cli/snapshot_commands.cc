// snapshots: list, get; cycles freeze.
#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <CLI/CLI.hpp>

#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "client/cli/report_output.h"
#include "client/cli/typed_record.h"
#include "common/rules/cycle_gates.h"
#include "trellis/domain/v1/notice.pb.h"
#include "trellis/reports/v1/reports.grpc.pb.h"

namespace trellis {
namespace {

using domain::v1::ReportSnapshot;
using reports::v1::ReportsService;

struct SnapshotFlags {
  std::string code;
  std::string cycle;
  std::string report = "cycle";
  std::string site;
  std::string to;
  std::string format = "table";
  bool format_given = false;
  bool require_complete = false;
};

// The gate it was frozen at, named by the stage that was reached.
std::string GateWords(const ReportSnapshot& snapshot) {
  return snapshot.stage() == domain::v1::CYCLE_STAGE_UNSPECIFIED ? "" : StageWords(snapshot.stage());
}

absl::Status ListSnapshots(CommandLine& line, const SnapshotFlags& flags) {
  const auto all = ListTyped<ReportSnapshot>(line, "shared", "");
  if (!all.ok()) return all.status();
  TextTable table({"SNAPSHOT", "REPORT", "CYCLE", "GATE", "FROZEN", "COMPLETE", "DIGEST"});
  for (const auto& found : *all) {
    const ReportSnapshot& snapshot = found.data;
    if (snapshot.part() > 0 || (!flags.cycle.empty() && snapshot.cycle() != flags.cycle)) continue;
    if (line.json()) {
      ReportSnapshot head = snapshot;
      head.clear_content();
      line.out() << ToJson(head) << '\n';
    }
    table.Add({snapshot.code(), snapshot.report(), snapshot.cycle(), GateWords(snapshot),
               google::protobuf::util::TimeUtil::ToString(snapshot.created_time()),
               snapshot.complete() ? "yes" : "no", snapshot.digest().substr(0, 16)});
  }
  if (!line.json()) table.Print(line.out());
  return absl::OkStatus();
}

absl::Status GetSnapshot(CommandLine& line, const SnapshotFlags& flags) {
  const auto format = ReportFormatNamed(line.json() && !flags.format_given ? "json" : flags.format);
  if (!format.ok()) return format.status();
  reports::v1::RunReportRequest request;
  request.set_snapshot(flags.code);
  request.set_format(*format);
  const auto response = line.Call<ReportsService>(&ReportsService::Stub::RunReport, request);
  if (!response.ok()) return response.status();
  return GiveOut(line, *response, flags.to);
}

absl::Status Freeze(CommandLine& line, const SnapshotFlags& flags) {
  reports::v1::FreezeReportRequest request;
  request.set_cycle(flags.cycle);
  request.mutable_run()->set_report(flags.report);
  request.mutable_run()->set_site(flags.site);
  request.mutable_run()->set_require_complete(flags.require_complete);
  if (flags.report == "cycle" || flags.report == "cycle-status") {
    (*request.mutable_run()->mutable_parameters())["cycle"] = flags.cycle;
  }
  const auto response = line.Call<ReportsService>(&ReportsService::Stub::FreezeReport, request);
  if (!response.ok()) return response.status();
  if (line.json()) {
    line.out() << ToJson(*response) << '\n';
    return absl::OkStatus();
  }
  if (response->not_yet_shown() > 0) {
    line.out() << fmt::format(
        "{} stays the newest: {} more received, not yet shown, because they are too few\n", response->code(),
        response->not_yet_shown());
    return absl::OkStatus();
  }
  line.out() << (response->created()
                     ? fmt::format("frozen as {}\n", response->code())
                     : fmt::format("{} already says the same; nothing new was frozen\n", response->code()));
  return absl::OkStatus();
}

}  // namespace

// REQUIRES: the command `cycles` is there.
void AddSnapshotCommands(CLI::App& app, CommandLine& line) {
  CLI::App* snapshots = app.add_subcommand("snapshots", "Reports frozen at one moment, such as a stage gate");
  snapshots->require_subcommand(1);
  const auto flags = std::make_shared<SnapshotFlags>();
  CLI::App* list = snapshots->add_subcommand("list", "Every snapshot here");
  list->add_option("--cycle", flags->cycle, "only this cycle's, by code");
  list->callback(line.Command([&line, flags] { return ListSnapshots(line, *flags); }));
  CLI::App* get = snapshots->add_subcommand(
      "get", "One as it was frozen, checked against its digest and the district's signature");
  get->add_option("SNAPSHOT", flags->code, "its code")->required();
  CLI::Option* format = get->add_option("--format", flags->format, "table, json, csv, html, xlsx, pdf or r");
  get->add_option("--to", flags->to, "write to this file");
  get->callback(line.Command([&line, flags, format] {
    flags->format_given = format->count() > 0;
    return GetSnapshot(line, *flags);
  }));

  CLI::App* freeze = app.get_subcommand("cycles")->add_subcommand(
      "freeze", "Keep a cycle's report as it now is; at the district's server");
  freeze->add_option("CYCLE", flags->cycle, "id or code")->required();
  freeze->add_option("--report", flags->report, "another report than the cycle's");
  freeze->add_option("--site", flags->site, "only this site");
  freeze->add_flag("--require-complete", flags->require_complete, "fail unless every site is included");
  freeze->callback(line.Command([&line, flags] { return Freeze(line, *flags); }));
}

}  // namespace trellis
