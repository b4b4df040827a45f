// report: list, describe NAME, NAME.
#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <CLI/CLI.hpp>
#include <sstream>

#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "client/cli/report_output.h"
#include "trellis/reports/v1/reports.grpc.pb.h"

namespace trellis {
namespace {

using reports::v1::ReportsService;

struct ReportFlags {
  std::vector<std::string> words;  // NAME, or list, or describe NAME
  std::string survey;
  std::string wave;
  std::string site;
  std::string by;
  std::string as_of;
  std::vector<std::string> parameters;
  std::string format = "table";
  std::string to;
  bool format_given = false;
  bool require_complete = false;
};

absl::Status ListReports(CommandLine& line) {
  const auto response =
      line.Call<ReportsService>(&ReportsService::Stub::ListReports, reports::v1::ListReportsRequest());
  if (!response.ok()) return response.status();
  TextTable table({"REPORT", "NUMBER", "TITLE"});
  for (const auto& report : response->reports()) {
    if (line.json()) line.out() << ToJson(report) << '\n';
    table.Add({report.report(), report.number(), report.title()});
  }
  if (!line.json()) table.Print(line.out());
  return absl::OkStatus();
}

absl::Status DescribeReport(CommandLine& line, const std::string& name) {
  reports::v1::DescribeReportRequest request;
  request.set_report(name);
  const auto response = line.Call<ReportsService>(&ReportsService::Stub::DescribeReport, request);
  if (!response.ok()) return response.status();
  const auto& report = response->report();
  if (line.json()) {
    line.out() << ToJson(report) << '\n';
    return absl::OkStatus();
  }
  line.out() << fmt::format("{} ({}): {}\n{}\n", report.report(), report.number(), report.title(),
                            report.definition());
  TextTable table({"PARAMETER", "", "MEANING"});
  for (const auto& parameter : report.parameters()) {
    table.Add({parameter.name(), parameter.required() ? "required" : "", parameter.meaning()});
  }
  if (!table.empty()) table.Print(line.out());
  return absl::OkStatus();
}

absl::StatusOr<reports::v1::RunReportRequest> RequestFrom(const ReportFlags& flags, bool json) {
  reports::v1::RunReportRequest request;
  request.set_report(flags.words.front());
  request.set_survey(flags.survey);
  request.set_wave(flags.wave);
  request.set_site(flags.site);
  std::istringstream attributes(flags.by);
  for (std::string attribute; std::getline(attributes, attribute, ',');) request.add_by(attribute);
  if (!flags.as_of.empty()) {
    const std::string time = flags.as_of.size() == 10 ? flags.as_of + "T23:59:59Z" : flags.as_of;
    if (!google::protobuf::util::TimeUtil::FromString(time, request.mutable_as_of())) {
      return absl::InvalidArgumentError(
          fmt::format("--as-of takes 2026-09-01 or 2026-09-01T12:00:00Z, not {}", flags.as_of));
    }
  }
  for (const std::string& parameter : flags.parameters) {
    const size_t equals = parameter.find('=');
    if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError(fmt::format("--param wants name=value, not {}", parameter));
    }
    (*request.mutable_parameters())[parameter.substr(0, equals)] = parameter.substr(equals + 1);
  }
  const auto format = ReportFormatNamed(json && !flags.format_given ? "json" : flags.format);
  if (!format.ok()) return format.status();
  request.set_format(*format);
  request.set_require_complete(flags.require_complete);
  return request;
}

absl::Status Run(CommandLine& line, const ReportFlags& flags) {
  if (flags.words.front() == "list" && flags.words.size() == 1) return ListReports(line);
  if (flags.words.front() == "describe" && flags.words.size() == 2)
    return DescribeReport(line, flags.words.back());
  if (flags.words.size() != 1) {
    return absl::InvalidArgumentError(
        "wants one report: `report NAME`, `report list` or `report describe NAME`");
  }
  const auto request = RequestFrom(flags, line.json());
  if (!request.ok()) return request.status();
  const auto response = line.Call<ReportsService>(&ReportsService::Stub::RunReport, *request);
  if (!response.ok()) return response.status();
  return GiveOut(line, *response, flags.to);
}

}  // namespace

void AddReportCommands(CLI::App& app, CommandLine& line) {
  CLI::App* report = app.add_subcommand("report", "Reports: list, describe NAME, or the report's own name");
  const auto flags = std::make_shared<ReportFlags>();
  report->add_option("NAME", flags->words, "a report, list, or describe and a report")
      ->required()
      ->expected(1, 2);
  report->add_option("--survey", flags->survey, "code or id");
  report->add_option("--wave", flags->wave, "code or id");
  report->add_option("--site", flags->site, "only this site");
  report->add_option("--by", flags->by, "break down by these attributes, comma-separated");
  report->add_option("--as-of", flags->as_of, "only what was submitted up to then");
  report->add_option("--param", flags->parameters, "name=value");
  CLI::Option* format =
      report->add_option("--format", flags->format, "table, json, csv, html, xlsx, pdf or r");
  report->add_option("--to", flags->to, "write to this file");
  report->add_flag("--require-complete", flags->require_complete,
                   "fail unless every site is included up to now");
  report->callback(line.Command([&line, flags, format] {
    flags->format_given = format->count() > 0;
    return Run(line, *flags);
  }));
}

}  // namespace trellis
