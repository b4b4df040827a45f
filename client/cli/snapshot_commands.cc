// snapshots: list, get; cycles freeze.
#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>
#include <sodium.h>
#include <zstd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <map>

#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "client/cli/typed_record.h"
#include "trellis/domain/v1/notice.pb.h"
#include "trellis/reports/v1/reports.grpc.pb.h"

namespace trellis {
namespace {

using domain::v1::ReportSnapshot;
using reports::v1::ReportsService;

constexpr size_t kLargestSnapshot = 64u << 20;  // bytes of JSON

struct SnapshotFlags {
  std::string code;
  std::string cycle;
  std::string report = "cycle";
  std::string site;
  std::string to;
  bool require_complete = false;
};

absl::Status ListSnapshots(CommandLine& line, const SnapshotFlags& flags) {
  const auto all = ListTyped<ReportSnapshot>(line, "shared", "");
  if (!all.ok()) return all.status();
  TextTable table({"SNAPSHOT", "REPORT", "CYCLE", "FROZEN", "COMPLETE", "DIGEST"});
  for (const auto& found : *all) {
    const ReportSnapshot& snapshot = found.data;
    if (snapshot.part() > 0 || (!flags.cycle.empty() && snapshot.cycle() != flags.cycle)) continue;
    if (line.json()) {
      ReportSnapshot head = snapshot;
      head.clear_content();
      line.out() << ToJson(head) << '\n';
    }
    table.Add({snapshot.code(), snapshot.report(), snapshot.cycle(),
               google::protobuf::util::TimeUtil::ToString(snapshot.created_time()),
               snapshot.complete() ? "yes" : "no", snapshot.digest().substr(0, 16)});
  }
  if (!line.json()) table.Print(line.out());
  return absl::OkStatus();
}

// The report's JSON, checked against its digest.
absl::StatusOr<std::string> Unpacked(const std::string& content, const std::string& digest) {
  const unsigned long long size = ZSTD_getFrameContentSize(content.data(), content.size());
  const auto damaged = absl::DataLossError(
      "the snapshot is not whole here: wait for a sync, then ask again (`trellis sync status`)");
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > kLargestSnapshot)
    return damaged;
  std::string json(static_cast<size_t>(size), '\0');
  if (ZSTD_decompress(json.data(), json.size(), content.data(), content.size()) != json.size())
    return damaged;
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(json.data()), json.size());
  std::string hex;
  for (unsigned char byte : hash) hex += fmt::format("{:02x}", byte);
  if (hex != digest) return damaged;
  return json;
}

absl::Status GetSnapshot(CommandLine& line, const SnapshotFlags& flags) {
  const auto all = ListTyped<ReportSnapshot>(line, "shared", "");
  if (!all.ok()) return all.status();
  std::map<uint32_t, const ReportSnapshot*> parts;
  for (const auto& found : *all) {
    const std::string& code = found.data.code();
    const bool further = code.rfind(flags.code + ".p", 0) == 0 && found.data.part() > 0;
    if (code == flags.code || further) parts[found.data.part()] = &found.data;
  }
  if (parts.empty()) {
    return absl::NotFoundError(
        fmt::format("there is no snapshot {} here; `trellis snapshots list` names them", flags.code));
  }
  std::string content;
  for (const auto& [part, snapshot] : parts) content += snapshot->content();
  const auto json = Unpacked(content, parts.begin()->second->digest());
  if (!json.ok()) return json.status();
  if (flags.to.empty()) {
    line.out() << *json << '\n';
    return absl::OkStatus();
  }
  std::ofstream file(flags.to, std::ios::binary | std::ios::trunc);
  file << *json << '\n';
  file.close();
  if (!file) return absl::FailedPreconditionError(fmt::format("cannot write {}", flags.to));
  line.err() << "written to " << flags.to << '\n';
  return absl::OkStatus();
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
  CLI::App* get =
      snapshots->add_subcommand("get", "One as it was frozen, as JSON, checked against its digest");
  get->add_option("SNAPSHOT", flags->code, "its code")->required();
  get->add_option("--to", flags->to, "write to this file");
  get->callback(line.Command([&line, flags] { return GetSnapshot(line, *flags); }));

  CLI::App* freeze = app.get_subcommand("cycles")->add_subcommand(
      "freeze", "Keep a cycle's report as it now is; at the district's server");
  freeze->add_option("CYCLE", flags->cycle, "id or code")->required();
  freeze->add_option("--report", flags->report, "another report than the cycle's");
  freeze->add_option("--site", flags->site, "only this site");
  freeze->add_flag("--require-complete", flags->require_complete, "fail unless every site is included");
  freeze->callback(line.Command([&line, flags] { return Freeze(line, *flags); }));
}

}  // namespace trellis
