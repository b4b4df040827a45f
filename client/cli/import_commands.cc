// import: responses, participations, organizations, xlsform, oneroster, xapi, edfi.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "trellis/records/v1/records.grpc.pb.h"

namespace trellis {
namespace {

using records::v1::ImportRecordsRequest;
using records::v1::ImportRecordsResponse;
using records::v1::RecordsService;

constexpr size_t kChunkBytes = 256 * 1024;

struct ImportFlags {
  std::string path;
  std::string survey;
  std::string wave;
  std::string activity;
  std::string site_column;
  std::vector<std::string> maps;
  bool dry_run = false;
  bool skip_bad_rows = false;
};

absl::StatusOr<records::v1::ImportOptions> OptionsFrom(records::v1::ImportFormat format,
                                                       const ImportFlags& flags) {
  records::v1::ImportOptions options;
  options.set_format(format);
  options.set_survey(flags.survey);
  options.set_wave(flags.wave);
  options.set_activity(flags.activity);
  options.set_site_column(flags.site_column);
  options.set_dry_run(flags.dry_run);
  options.set_skip_bad_rows(flags.skip_bad_rows);
  for (const std::string& map : flags.maps) {
    std::istringstream pairs(map);
    for (std::string pair; std::getline(pairs, pair, ',');) {
      const size_t equals = pair.find('=');
      if (equals == std::string::npos || equals == 0 || equals + 1 == pair.size()) {
        return absl::InvalidArgumentError(fmt::format("--map wants field=column,..; `{}` is not that", pair));
      }
      (*options.mutable_column_map())[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
  }
  return options;
}

// Sends one file in chunks; false when the server wants no more.
absl::StatusOr<bool> SendFile(const std::filesystem::path& path,
                              grpc::ClientWriter<ImportRecordsRequest>* writer) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::FailedPreconditionError(fmt::format("cannot read {}", path.string()));
  std::string buffer(kChunkBytes, '\0');
  bool sent = false;
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), file.gcount() > 0 || !sent) {
    ImportRecordsRequest request;
    request.mutable_chunk()->set_file_name(path.filename().string());
    request.mutable_chunk()->set_data(buffer.data(), static_cast<size_t>(file.gcount()));
    if (!writer->Write(request)) return false;
    sent = true;
  }
  return true;
}

void PrintOutcome(const ImportRecordsResponse& response, bool dry_run, std::ostream& out) {
  const char* would = dry_run ? "would be " : "";
  if (response.created() == 0 && response.updated() == 0 && response.already_imported() > 0) {
    out << fmt::format("already imported: {} records, nothing written\n", response.already_imported());
  } else {
    out << fmt::format("{} rows: {} records {}created, {} {}updated, {} already imported, {} rows skipped\n",
                       response.rows(), response.created(), would, response.updated(), would,
                       response.already_imported(), response.skipped());
  }
  if (response.created_by_scope_size() > 1) {
    out << fmt::format("in {} scopes\n", response.created_by_scope_size());
  }
  if (response.ignored_columns_size() > 0) {
    out << "columns nothing was made of:";
    for (const std::string& column : response.ignored_columns()) out << ' ' << column;
    out << '\n';
  }
  for (const std::string& note : response.notes()) out << note << '\n';
}

void PrintRowErrors(const ImportRecordsResponse& response, std::ostream& err) {
  for (const auto& error : response.errors()) {
    err << fmt::format("{} line {}{}: {}\n", error.file_name(), error.line(),
                       error.column().empty() ? "" : ", " + error.column(), error.message());
  }
}

absl::Status Import(CommandLine& line, records::v1::ImportFormat format,
                    const std::vector<std::filesystem::path>& files, const ImportFlags& flags) {
  const auto options = OptionsFrom(format, flags);
  if (!options.ok()) return options.status();
  const auto connection = line.Connect();
  if (!connection.ok()) return connection.status();
  const auto stub = RecordsService::NewStub((*connection)->channel());
  const auto context = (*connection)->NewContext(std::chrono::milliseconds(0));
  ImportRecordsResponse response;
  const auto writer = stub->ImportRecords(context.get(), &response);
  ImportRecordsRequest first;
  *first.mutable_options() = *options;
  bool taken = writer->Write(first);
  for (const auto& file : files) {
    if (!taken) break;
    const auto sent = SendFile(file, writer.get());
    if (!sent.ok()) {
      context->TryCancel();
      writer->Finish();
      return sent.status();
    }
    taken = *sent;
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (!status.ok()) return FromGrpcStatus(status);
  PrintRowErrors(response, line.err());
  if (line.json()) {
    line.out() << ToJson(response) << '\n';
  } else {
    PrintOutcome(response, flags.dry_run, line.out());
  }
  if (response.errors_size() > 0) {
    line.set_exit_code(flags.skip_bad_rows ? ExitCode::kDoneInPart : ExitCode::kFailed);
    if (!flags.skip_bad_rows) {
      line.err()
          << "nothing was imported: mend the rows named above, or leave them out with --skip-bad-rows\n";
    }
  }
  return absl::OkStatus();
}

// A file as it is, or the files of a folder; of the one folder in it where it holds none itself.
absl::StatusOr<std::vector<std::filesystem::path>> FilesAt(const std::string& path,
                                                           const std::vector<std::string>& endings) {
  if (!std::filesystem::is_directory(path)) return std::vector<std::filesystem::path>{path};
  std::vector<std::filesystem::path> files, folders;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    std::string ending = entry.path().extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    const bool wanted = std::find(endings.begin(), endings.end(), ending) != endings.end();
    if (entry.is_regular_file() && wanted) files.push_back(entry.path());
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  if (files.empty() && folders.size() == 1) return FilesAt(folders.front().string(), endings);
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    return absl::FailedPreconditionError(
        fmt::format("{} holds no file that ends in {}", path, fmt::join(endings, ", ")));
  }
  return files;
}

absl::Status ImportFilesAt(CommandLine& line, records::v1::ImportFormat format,
                           const std::vector<std::string>& endings, const ImportFlags& flags) {
  const auto files = FilesAt(flags.path, endings);
  if (!files.ok()) return files.status();
  return Import(line, format, *files, flags);
}

}  // namespace

void AddImportCommands(CLI::App& app, CommandLine& line) {
  CLI::App* import = app.add_subcommand("import", "Files in; a second run of the same file writes nothing");
  import->require_subcommand(1);
  const auto flags = std::make_shared<ImportFlags>();
  const auto add = [&](const char* name, const char* meaning) {
    CLI::App* command = import->add_subcommand(name, meaning);
    command->add_flag("--dry-run", flags->dry_run, "only say what would be done");
    command->add_flag("--skip-bad-rows", flags->skip_bad_rows,
                      "leave bad rows out instead of importing nothing");
    command->add_option("--map", flags->maps, "foreign headers: field=column,..");
    return command;
  };
  const auto add_file = [&](const char* name, const char* meaning, records::v1::ImportFormat format) {
    CLI::App* command = add(name, meaning);
    command->add_option("FILE", flags->path, "CSV or XLSX file with a header line")
        ->required()
        ->check(CLI::ExistingFile);
    command->callback(
        line.Command([&line, flags, format] { return Import(line, format, {flags->path}, *flags); }));
    return command;
  };

  CLI::App* responses = add_file("responses", "Survey responses; the header names item codes and attributes",
                                 records::v1::IMPORT_FORMAT_RESPONSES);
  responses->add_option("--survey", flags->survey, "code or id")->required();
  responses->add_option("--wave", flags->wave, "code or id")->required();
  responses->add_option("--site-column", flags->site_column, "column that gives each row's site");

  CLI::App* participations =
      add_file("participations", "Who took part in what", records::v1::IMPORT_FORMAT_PARTICIPATIONS);
  participations->add_option("--activity", flags->activity, "for rows that name none: code or id");
  participations->add_option("--site-column", flags->site_column, "column that gives each row's site");

  add_file("organizations", "Schools and departments", records::v1::IMPORT_FORMAT_ORGANIZATIONS);

  CLI::App* form = add("xlsform", "A survey as an XLSForm (XLSX or XLS); a known one is brought up to date");
  form->add_option("FILE", flags->path)->required()->check(CLI::ExistingFile);
  form->callback(line.Command(
      [&line, flags] { return Import(line, records::v1::IMPORT_FORMAT_XLSFORM, {flags->path}, *flags); }));

  CLI::App* oneroster = add("oneroster", "A roster as OneRoster 1.1 or 1.2 CSV, whole or delta");
  oneroster->add_option("PATH", flags->path, "the folder or the zip archive")
      ->required()
      ->check(CLI::ExistingPath);
  oneroster->callback(line.Command([&line, flags] {
    return ImportFilesAt(line, records::v1::IMPORT_FORMAT_ONEROSTER, {".csv", ".txt", ".xlsx"}, *flags);
  }));

  CLI::App* xapi = add("xapi", "xAPI statements: completions and attendances become participations");
  xapi->add_option("FILE", flags->path, "JSON")->required()->check(CLI::ExistingFile);
  xapi->add_option("--activity", flags->activity, "for what is known here by no other name: code or id");
  xapi->callback(line.Command(
      [&line, flags] { return Import(line, records::v1::IMPORT_FORMAT_XAPI, {flags->path}, *flags); }));

  CLI::App* edfi =
      add("edfi", "Ed-Fi resources: organizations, staff, surveys, professional development events");
  edfi->add_option("PATH", flags->path, "JSON or XML, or a folder or zip archive of such files")
      ->required()
      ->check(CLI::ExistingPath);
  edfi->callback(line.Command([&line, flags] {
    return ImportFilesAt(line, records::v1::IMPORT_FORMAT_EDFI, {".json", ".jsonl", ".xml"}, *flags);
  }));
}

}  // namespace trellis
