// import records, import codelists: records of many kinds from one JSON file, or as `export KIND` wrote them.
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <CLI/CLI.hpp>
#include <map>
#include <set>
#include <sstream>

#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "client/cli/record_printing.h"
#include "client/cli/typed_record.h"
#include "nlohmann/json.hpp"
#include "trellis/records/v1/records.grpc.pb.h"

namespace trellis {
namespace {

using nlohmann::ordered_json;
using records::v1::RecordsService;

constexpr int kBatch = 500;
const std::set<std::string>* const kListKinds = new std::set<std::string>{
    "CodeList", "StandardsFramework", "PerformanceExpectation", "ImprovementModel", "Rubric", "Threshold"};

struct LoadFlags {
  std::string file;
  std::string kind;
  std::string scope;
  bool dry_run = false;
};

struct Loaded {
  int64_t created = 0;
  int64_t updated = 0;
  int64_t unchanged = 0;
};

// A record that is there is brought up to date with the file: fields the file does not say stay.
absl::Status LoadOne(CommandLine& line, const LoadFlags& flags, const std::string& scope,
                     const records::v1::NewRecord& record, const std::string& code, Loaded* loaded) {
  records::v1::CreateRecordRequest create;
  create.set_kind(record.kind());
  create.set_scope(scope);
  create.set_id(record.id());
  *create.mutable_data() = record.data();
  create.set_validate_only(flags.dry_run);
  const auto created = line.Call<RecordsService>(&RecordsService::Stub::CreateRecord, create);
  if (created.ok()) {
    WarnOf(line, created->findings());
    ++loaded->created;
    return absl::OkStatus();
  }
  const std::string& name = code.empty() ? record.id() : code;
  if (created.status().code() != absl::StatusCode::kAlreadyExists || name.empty()) return created.status();
  records::v1::GetRecordRequest get;
  get.set_kind(record.kind());
  get.set_id(name);
  get.set_scope(scope);
  const auto before = line.Call<RecordsService>(&RecordsService::Stub::GetRecord, get);
  if (!before.ok()) return before.status();
  if (before->record().data().value() == record.data().value()) {
    ++loaded->unchanged;
    return absl::OkStatus();
  }
  records::v1::UpdateRecordRequest update;
  update.set_kind(record.kind());
  update.set_id(before->record().id());
  update.set_scope(before->record().scope());
  *update.mutable_data() = record.data();
  update.set_etag(before->record().etag());
  update.set_validate_only(flags.dry_run);
  const auto after = line.Call<RecordsService>(&RecordsService::Stub::UpdateRecord, update);
  if (!after.ok()) return after.status();
  WarnOf(line, after->findings());
  const bool same = before->record().data().value() == after->record().data().value();
  ++(same ? loaded->unchanged : loaded->updated);
  return absl::OkStatus();
}

// All at once where none is there yet, else one by one.
absl::Status LoadBatch(CommandLine& line, const LoadFlags& flags, const std::string& scope,
                       const std::vector<std::pair<records::v1::NewRecord, std::string>>& batch,
                       Loaded* loaded) {
  records::v1::BatchCreateRecordsRequest request;
  request.set_scope(scope);
  request.set_validate_only(flags.dry_run);
  for (const auto& [record, code] : batch) *request.add_records() = record;
  const auto response = line.Call<RecordsService>(&RecordsService::Stub::BatchCreateRecords, request);
  if (response.ok()) {
    loaded->created += response->records_size();
    return absl::OkStatus();
  }
  if (response.status().code() != absl::StatusCode::kAlreadyExists) return response.status();
  for (const auto& [record, code] : batch) {
    if (absl::Status status = LoadOne(line, flags, scope, record, code, loaded); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void PrintLoaded(CommandLine& line, const LoadFlags& flags, const Loaded& loaded) {
  if (line.json()) {
    line.out() << ordered_json{{"created", loaded.created},
                               {"updated", loaded.updated},
                               {"unchanged", loaded.unchanged}}
                      .dump()
               << '\n';
  } else {
    line.out() << fmt::format("{}{} new, {} brought up to date, {} as they were\n",
                              flags.dry_run ? "would be: " : "", loaded.created, loaded.updated,
                              loaded.unchanged);
  }
}

// A record a line, with its id and scope.
bool LooksExported(const std::string& text) {
  const ordered_json first =
      ordered_json::parse(text.substr(0, text.find('\n')), nullptr, /*allow_exceptions=*/false);
  return first.is_object() && first.contains("kind") && first.contains("id") && first.contains("data");
}

absl::Status LoadExported(CommandLine& line, const LoadFlags& flags, const std::string& text,
                          const std::set<std::string>* only) {
  Loaded loaded;
  std::map<std::string, std::vector<std::pair<records::v1::NewRecord, std::string>>> batches;  // by scope
  const auto send = [&](const std::string& scope) -> absl::Status {
    absl::Status status = LoadBatch(line, flags, scope, batches[scope], &loaded);
    batches[scope].clear();
    return status;
  };
  std::istringstream lines(text);
  int64_t number = 0;
  for (std::string one; std::getline(lines, one);) {
    ++number;
    if (one.empty() || one == "\r") continue;
    records::v1::Record record;
    const auto parsed = google::protobuf::util::JsonStringToMessage(one, &record);
    if (!parsed.ok() || !record.has_data()) {
      return absl::InvalidArgumentError(fmt::format("line {} is no record as `export` writes it", number));
    }
    if (only != nullptr && only->count(record.kind()) == 0) {
      return absl::InvalidArgumentError(
          fmt::format("{} is no kind of list: trellis import records takes every kind", record.kind()));
    }
    records::v1::NewRecord fresh;
    fresh.set_kind(record.kind());
    fresh.set_id(record.id());
    *fresh.mutable_data() = record.data();
    const std::string scope = flags.scope.empty() ? record.scope() : flags.scope;
    batches[scope].emplace_back(std::move(fresh), record.code());
    if (batches[scope].size() < kBatch) continue;
    if (absl::Status status = send(scope); !status.ok()) return status;
    if (!line.json()) line.err() << fmt::format("{} lines\n", number);
  }
  for (const auto& [scope, batch] : batches) {
    if (batch.empty()) continue;
    if (absl::Status status = send(scope); !status.ok()) return status;
  }
  PrintLoaded(line, flags, loaded);
  return absl::OkStatus();
}

absl::Status Load(CommandLine& line, const LoadFlags& flags, const std::set<std::string>* only) {
  const auto text = ReadInput(flags.file);
  if (!text.ok()) return text.status();
  if (LooksExported(*text)) return LoadExported(line, flags, *text, only);
  ordered_json file = ordered_json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (file.is_array() && !flags.kind.empty()) file = ordered_json{{flags.kind, std::move(file)}};
  if (!file.is_object()) {
    return absl::InvalidArgumentError(
        "the file wants one JSON object, each kind with an array of its records: {\"Goal\": [...]}; or, with "
        "--kind, an array");
  }
  Loaded loaded;
  for (const auto& [kind, list] : file.items()) {
    if (only != nullptr && only->count(kind) == 0) {
      return absl::InvalidArgumentError(
          fmt::format("{} is no kind of list: trellis import records takes every kind", kind));
    }
    if (!list.is_array())
      return absl::InvalidArgumentError(fmt::format("{} wants an array of records", kind));
    std::vector<std::pair<records::v1::NewRecord, std::string>> batch;
    for (size_t i = 0; i < list.size(); ++i) {
      auto data = DataFromJson(kind, list[i].dump());
      if (!data.ok()) {
        return absl::InvalidArgumentError(
            fmt::format("{}, record {}: {}", kind, i + 1, std::string(data.status().message())));
      }
      records::v1::NewRecord record;
      record.set_kind(kind);
      *record.mutable_data() = *std::move(data);
      batch.emplace_back(std::move(record), list[i].value("code", ""));
      if (batch.size() < kBatch && i + 1 < list.size()) continue;
      if (absl::Status status = LoadBatch(line, flags, flags.scope, batch, &loaded); !status.ok())
        return status;
      batch.clear();
    }
  }
  PrintLoaded(line, flags, loaded);
  return absl::OkStatus();
}

}  // namespace

void AddLoadCommands(CLI::App& app, CommandLine& line) {
  CLI::App* import = app.get_subcommand("import");
  const auto add = [&](const char* name, const char* what, const std::set<std::string>* only) {
    const auto flags = std::make_shared<LoadFlags>();
    CLI::App* command = import->add_subcommand(name, what);
    command
        ->add_option("FILE", flags->file,
                     "JSON, or JSON Lines as `export KIND --to FILE.jsonl` writes; - is standard input")
        ->required();
    command->add_option("--kind", flags->kind, "the file is an array of records of this kind");
    command->add_option("--scope", flags->scope);
    command->add_flag("--dry-run", flags->dry_run, "only say what would be done");
    command->callback(line.Command([&line, flags, only] { return Load(line, *flags, only); }));
  };
  add("records", "Records of many kinds: {\"KIND\": [...], ...}; who has a code is brought up to date",
      nullptr);
  add("codelists", "Code lists, frameworks, models, rubrics and thresholds, in the same form", kListKinds);
}

}  // namespace trellis
