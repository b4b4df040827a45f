// export: records of any kind, responses, xlsform, xform, and what other systems take.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>

#include "client/cli/command_line.h"
#include "client/cli/export_files.h"
#include "client/cli/printer.h"
#include "client/cli/record_rows.h"
#include "common/survey/survey_forms.h"
#include "common/survey/xform.h"
#include "trellis/records/v1/records.grpc.pb.h"

namespace trellis {
namespace {

using records::v1::RecordsService;

absl::Status WriteSheet(CommandLine& line, Sheet sheet, const std::string& path) {
  const size_t records = sheet.rows.empty() ? 0 : sheet.rows.size() - 1;
  const std::string ending = std::filesystem::path(path).extension();
  std::string bytes;
  if (ending == ".xlsx") {
    absl::StatusOr<std::string> workbook = WriteWorkbook({{std::move(sheet)}});
    if (!workbook.ok()) return workbook.status();
    bytes = *std::move(workbook);
  } else if (ending == ".csv") {
    NeutralizeFormulas(&sheet);
    bytes = ToCsv(sheet);
  } else {
    return absl::InvalidArgumentError(
        fmt::format("{} should end in .csv, .xlsx or (not for responses) .jsonl", path));
  }
  if (absl::Status status = WriteWhole(path, bytes); !status.ok()) return status;
  line.err() << fmt::format("{}: {} records\n", path, records);
  return absl::OkStatus();
}

// In the scope asked for alone.
absl::StatusOr<std::vector<records::v1::Record>> ListWhere(CommandLine& line, const std::string& kind,
                                                           const ExportFlags& flags,
                                                           const std::string& filter) {
  return flags.scope.empty() ? ListEverywhere(line, kind, flags, filter)
                             : ListAll(line, kind, flags.scope, filter);
}

absl::Status ExportKind(CommandLine& line, const ExportFlags& flags) {
  const auto records = ListWhere(line, flags.what, flags, flags.filter);
  if (!records.ok()) return records.status();
  if (std::filesystem::path(flags.to).extension() != ".jsonl") {
    return WriteSheet(line, RowsOf(*records, flags.what.substr(0, 31)), flags.to);
  }
  std::string lines;
  for (const auto& record : *records) lines += ToJson(record) + "\n";
  if (absl::Status status = WriteWhole(flags.to, lines); !status.ok()) return status;
  line.err() << fmt::format("{}: {} records\n", flags.to, records->size());
  return absl::OkStatus();
}

absl::StatusOr<domain::v1::Survey> GetSurvey(CommandLine& line, const ExportFlags& flags) {
  records::v1::GetRecordRequest request;
  request.set_kind("Survey");
  request.set_id(flags.survey);
  const auto response = line.Call<RecordsService>(&RecordsService::Stub::GetRecord, request);
  if (!response.ok()) return response.status();
  domain::v1::Survey survey;
  if (!response->record().data().UnpackTo(&survey)) {
    return absl::InternalError("the survey could not be read; is this program older than the server's?");
  }
  return survey;
}

absl::Status ExportResponses(CommandLine& line, const ExportFlags& flags) {
  const auto survey = GetSurvey(line, flags);
  if (!survey.ok()) return survey.status();
  const auto records = ListWhere(line, "Response", flags, fmt::format("wave = \"{}\"", flags.wave));
  if (!records.ok()) return records.status();
  return WriteSheet(line, ResponseRows(*records, *survey), flags.to);
}

absl::Status ExportForm(CommandLine& line, const ExportFlags& flags, bool as_xform) {
  const auto survey = GetSurvey(line, flags);
  if (!survey.ok()) return survey.status();
  const XlsForm form = XlsFormOf(*survey);
  if (as_xform) return WriteWhole(flags.to, WriteXForm(form));
  const absl::StatusOr<std::string> workbook = WriteWorkbook(WriteXlsForm(form));
  if (!workbook.ok()) return workbook.status();
  return WriteWhole(flags.to, *workbook);
}

}  // namespace

void AddExportCommands(CLI::App& app, CommandLine& line) {
  CLI::App* command = app.add_subcommand(
      "export",
      "Files out: a kind of record; responses, xlsform, xform; oneroster, xapi, edfi, ics for other systems. "
      "What you may not see is not in them");
  const auto flags = std::make_shared<ExportFlags>();
  command
      ->add_option("WHAT", flags->what,
                   "a kind, such as Participation; or responses, xlsform, xform, oneroster, xapi, edfi, ics")
      ->required();
  command
      ->add_option("--to", flags->to,
                   "file; its ending says the format: .csv, .xlsx, .jsonl. Of oneroster and edfi a .zip or "
                   "a folder")
      ->required();
  command->add_option("--scope", flags->scope, "only records of this scope");
  command->add_option("--filter", flags->filter,
                      "of a kind, and of xapi's participations: as in `records list`");
  command->add_option("--survey", flags->survey, "of responses and forms: code or id");
  command->add_option("--wave", flags->wave, "of responses: code or id");
  command->add_option("--activity", flags->activity, "of ics: only sessions of this one, code or id");
  command->add_option("--staff", flags->staff,
                      "of ics: only what this person leads or owes, staff unique id");
  command->add_flag(
      "--due-as-events", flags->due_as_events,
      "of ics: days by which something is due as all-day events, for calendars that show no to-dos");
  command->add_option("--since", flags->since,
                      "of oneroster: a delta with what changed since this day or moment");
  command->add_option("--home-page", flags->home_page,
                      "of xapi: the IRI accounts are of, for people without an e-mail address");
  command->add_option("--namespace", flags->name_space,
                      "of edfi: the URI surveys and events are named under, such as uri://district.edu");
  command->callback(line.Command([&line, flags]() -> absl::Status {
    if (flags->what == "oneroster") return ExportOneRoster(line, *flags);
    if (flags->what == "xapi") return ExportXapi(line, *flags);
    if (flags->what == "ics") return ExportCalendar(line, *flags);
    if (flags->what == "edfi") return ExportEdFi(line, *flags);
    const bool form = flags->what == "xlsform" || flags->what == "xform";
    if ((form || flags->what == "responses") && flags->survey.empty()) {
      return absl::InvalidArgumentError("say which survey: --survey CODE");
    }
    if (form) return ExportForm(line, *flags, flags->what == "xform");
    if (flags->what != "responses") return ExportKind(line, *flags);
    if (flags->wave.empty()) return absl::InvalidArgumentError("say which wave: --wave CODE");
    return ExportResponses(line, *flags);
  }));
}

}  // namespace trellis
