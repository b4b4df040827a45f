// export: records of any kind, responses, xlsform, xform.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <functional>

#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "client/cli/record_rows.h"
#include "common/survey/survey_forms.h"
#include "common/survey/xform.h"
#include "trellis/records/v1/records.grpc.pb.h"

namespace trellis {
namespace {

using records::v1::RecordsService;

constexpr int kPageRecords = 1000;

struct ExportFlags {
  std::string what;
  std::string to;
  std::string scope;
  std::string filter;
  std::string survey;
  std::string wave;
};

absl::StatusOr<std::vector<records::v1::Record>> ListAll(CommandLine& line, const std::string& kind,
                                                         const ExportFlags& flags,
                                                         const std::string& filter) {
  records::v1::ListRecordsRequest request;
  request.set_kind(kind);
  request.set_scope(flags.scope);
  request.set_filter(filter);
  request.set_page_size(kPageRecords);
  std::vector<records::v1::Record> all;
  do {
    auto response = line.Call<RecordsService>(&RecordsService::Stub::ListRecords, request);
    if (!response.ok()) return response.status();
    for (auto& record : *response->mutable_records()) all.push_back(std::move(record));
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  return all;
}

// Written beside and then renamed, so that a file is whole or not there.
absl::Status WriteWhole(const std::string& path, const std::string& bytes) {
  const std::string beside = path + ".part";
  std::ofstream file(beside, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(beside, path, error);
  if (!file || error) {
    std::filesystem::remove(beside, error);
    return absl::FailedPreconditionError(
        fmt::format("cannot write {}; choose a folder you may write to", path));
  }
  return absl::OkStatus();
}

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

absl::Status ExportKind(CommandLine& line, const ExportFlags& flags) {
  const auto records = ListAll(line, flags.what, flags, flags.filter);
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
  const auto records = ListAll(line, "Response", flags, fmt::format("wave = \"{}\"", flags.wave));
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
      "Files out: a kind of record, or responses, xlsform, xform. What you may not see is not in them");
  const auto flags = std::make_shared<ExportFlags>();
  command->add_option("WHAT", flags->what, "a kind, such as Participation; or responses, xlsform, xform")
      ->required();
  command->add_option("--to", flags->to, "file; its ending says the format: .csv, .xlsx, .jsonl")->required();
  command->add_option("--scope", flags->scope, "only records of this scope");
  command->add_option("--filter", flags->filter, "of a kind: as in `records list`");
  command->add_option("--survey", flags->survey, "of responses and forms: code or id");
  command->add_option("--wave", flags->wave, "of responses: code or id");
  command->callback(line.Command([&line, flags]() -> absl::Status {
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
