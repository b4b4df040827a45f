// records: describe, create, update, get, list, delete, restore, history, watch.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <sstream>

#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "client/cli/record_printing.h"
#include "client/cli/typed_record.h"
#include "trellis/records/v1/records.grpc.pb.h"

namespace trellis {
namespace {

using records::v1::RecordsService;

// Flags shared by the commands about one record. Lives as long as the app that holds the options.
struct RecordFlags {
  std::string kind;
  std::string id;
  std::string file;
  std::string scope;
  std::string etag;
  std::string mask;
  std::string target;
  std::string request_id;
  std::string filter;
  std::string order_by;
  std::string resume;
  int limit = 0;
  bool validate_only = false;
  bool example = false;
  bool deleted = false;
  bool from_start = false;
};

void PrintWritten(CommandLine& line, const records::v1::Record& record, const char* what) {
  if (line.json()) {
    line.out() << ToJson(record) << '\n';
  } else {
    line.out() << fmt::format("{} {} {}\nscope {}\netag {}\n", what, record.kind(), record.id(),
                              record.scope(), record.etag());
  }
}

absl::Status Describe(CommandLine& line, const RecordFlags& flags) {
  if (flags.kind.empty()) {
    const auto kinds =
        line.Call<RecordsService>(&RecordsService::Stub::ListKinds, records::v1::ListKindsRequest());
    if (!kinds.ok()) return kinds.status();
    TextTable table({"KIND", "MEANING"});
    for (const auto& kind : kinds->kinds()) {
      if (line.json()) line.out() << ToJson(kind) << '\n';
      table.Add({kind.kind(), kind.meaning()});
    }
    if (!line.json()) table.Print(line.out());
    return absl::OkStatus();
  }
  records::v1::DescribeKindRequest request;
  request.set_kind(flags.kind);
  const auto response = line.Call<RecordsService>(&RecordsService::Stub::DescribeKind, request);
  if (!response.ok()) return response.status();
  const auto& kind = response->kind();
  if (flags.example) {
    line.out() << kind.example() << '\n';
    return absl::OkStatus();
  }
  if (line.json()) {
    line.out() << ToJson(kind) << '\n';
    return absl::OkStatus();
  }
  line.out() << kind.kind() << ": " << kind.meaning() << "\n\n";
  TextTable table({"FIELD", "TYPE", "", "MEANING"});
  for (const auto& field : kind.fields()) {
    table.Add({field.json_name(), field.repeated() ? field.type() + ", several" : field.type(),
               field.rules().required() ? "required" : "", field.meaning()});
    for (const auto& code : field.codes()) {
      table.Add({"", "  " + code.code(), "", code.meaning()});
    }
    for (const auto& part : field.fields()) {
      table.Add({"  " + field.json_name() + "." + part.json_name(),
                 part.repeated() ? part.type() + ", several" : part.type(),
                 part.rules().required() ? "required" : "", part.meaning()});
    }
  }
  table.Print(line.out());
  return absl::OkStatus();
}

absl::Status Create(CommandLine& line, const RecordFlags& flags) {
  const auto json = ReadInput(flags.file);
  if (!json.ok()) return json.status();
  auto data = DataFromJson(flags.kind, *json);
  if (!data.ok()) return data.status();
  records::v1::CreateRecordRequest request;
  request.set_kind(flags.kind);
  request.set_scope(flags.scope);
  *request.mutable_data() = *std::move(data);
  request.set_id(flags.id);
  request.set_request_id(flags.request_id);
  request.set_validate_only(flags.validate_only);
  const auto response = line.Call<RecordsService>(&RecordsService::Stub::CreateRecord, request);
  if (!response.ok()) return response.status();
  WarnOf(line, response->findings());
  PrintWritten(line, response->record(), flags.validate_only ? "would create" : "created");
  return absl::OkStatus();
}

absl::Status Update(CommandLine& line, const RecordFlags& flags) {
  const auto json = ReadInput(flags.file);
  if (!json.ok()) return json.status();
  auto data = DataFromJson(flags.kind, *json);
  if (!data.ok()) return data.status();
  records::v1::UpdateRecordRequest request;
  request.set_kind(flags.kind);
  request.set_id(flags.id);
  request.set_scope(flags.scope);
  *request.mutable_data() = *std::move(data);
  std::istringstream mask(flags.mask);
  for (std::string path; std::getline(mask, path, ',');) {
    if (!path.empty()) request.mutable_update_mask()->add_paths(path);
  }
  request.set_etag(flags.etag);
  request.set_request_id(flags.request_id);
  request.set_validate_only(flags.validate_only);
  const auto response = line.Call<RecordsService>(&RecordsService::Stub::UpdateRecord, request);
  if (!response.ok()) return response.status();
  WarnOf(line, response->findings());
  PrintWritten(line, response->record(), flags.validate_only ? "would update" : "updated");
  return absl::OkStatus();
}

template <typename Request>
Request Naming(const RecordFlags& flags) {
  Request request;
  request.set_kind(flags.kind);
  request.set_id(flags.id);
  request.set_scope(flags.scope);
  return request;
}

absl::Status Get(CommandLine& line, const RecordFlags& flags) {
  const auto response = line.Call<RecordsService>(&RecordsService::Stub::GetRecord,
                                                  Naming<records::v1::GetRecordRequest>(flags));
  if (!response.ok()) return response.status();
  if (line.json()) {
    line.out() << ToJson(response->record()) << '\n';
  } else {
    PrintRecord(response->record(), line.out());
  }
  return absl::OkStatus();
}

absl::Status List(CommandLine& line, const RecordFlags& flags) {
  records::v1::ListRecordsRequest request;
  request.set_kind(flags.kind);
  request.set_scope(flags.scope);
  request.set_filter(flags.filter);
  request.set_order_by(flags.order_by);
  request.set_show_deleted(flags.deleted);
  std::vector<records::v1::Record> all;
  size_t count = 0;
  do {
    const size_t wanted = flags.limit > 0 ? static_cast<size_t>(flags.limit) - count : 1000;
    request.set_page_size(static_cast<int>(std::min<size_t>(wanted, 1000)));
    const auto response = line.Call<RecordsService>(&RecordsService::Stub::ListRecords, request);
    if (!response.ok()) return response.status();
    for (const auto& record : response->records()) {
      ++count;
      if (line.json()) {
        line.out() << ToJson(record) << '\n';
      } else {
        all.push_back(record);
      }
    }
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty() && (flags.limit <= 0 || count < static_cast<size_t>(flags.limit)));
  if (!line.json()) PrintRecordTable(all, line.out());
  return absl::OkStatus();
}

absl::Status Delete(CommandLine& line, const RecordFlags& flags) {
  auto request = Naming<records::v1::DeleteRecordRequest>(flags);
  request.set_etag(flags.etag);
  const auto response = line.Call<RecordsService>(&RecordsService::Stub::DeleteRecord, request);
  if (!response.ok()) return response.status();
  PrintWritten(line, response->record(), "deleted");
  return absl::OkStatus();
}

absl::Status Restore(CommandLine& line, const RecordFlags& flags) {
  auto request = Naming<records::v1::RestoreRecordRequest>(flags);
  request.set_etag(flags.etag);
  const auto response = line.Call<RecordsService>(&RecordsService::Stub::RestoreRecord, request);
  if (!response.ok()) return response.status();
  PrintWritten(line, response->record(), "restored");
  return absl::OkStatus();
}

absl::Status Move(CommandLine& line, const RecordFlags& flags) {
  auto request = Naming<records::v1::MoveRecordRequest>(flags);
  request.set_target_scope(flags.target);
  request.set_etag(flags.etag);
  const auto response = line.Call<RecordsService>(&RecordsService::Stub::MoveRecord, request);
  if (!response.ok()) return response.status();
  WarnOf(line, response->findings());
  if (line.json()) {
    line.out() << ToJson(*response) << '\n';
  } else {
    const auto& record = response->record();
    line.out() << fmt::format("moved {} {}\nstands in {} as {}\netag {}\n", record.kind(),
                              response->moved().code().empty() ? response->moved().id() : record.code(),
                              record.scope(), record.id(), record.etag());
  }
  return absl::OkStatus();
}

absl::Status History(CommandLine& line, const RecordFlags& flags) {
  const auto response = line.Call<RecordsService>(&RecordsService::Stub::GetRecordHistory,
                                                  Naming<records::v1::GetRecordHistoryRequest>(flags));
  if (!response.ok()) return response.status();
  TextTable table({"WHEN", "WHO", "WHAT", "FROM", "TO"});
  for (const auto& change : response->changes()) {
    if (line.json()) line.out() << ToJson(change) << '\n';
    const std::string element = change.element().empty() ? "" : fmt::format(" [{}]", change.element());
    table.Add({ToText(change.time()), change.actor(),
               fmt::format("{} {}{}", change.what(), change.field(), element), ToText(change.before()),
               ToText(change.after())});
  }
  if (!line.json()) table.Print(line.out());
  return absl::OkStatus();
}

absl::Status Watch(CommandLine& line, const RecordFlags& flags) {
  const auto connection = line.Connect();
  if (!connection.ok()) return connection.status();
  records::v1::WatchRecordsRequest request;
  request.set_kind(flags.kind);
  request.set_scope(flags.scope);
  request.set_filter(flags.filter);
  request.set_resume_token(flags.resume);
  request.set_from_start(flags.from_start);
  const auto stub = RecordsService::NewStub((*connection)->channel());
  const auto context = (*connection)->NewContext(std::chrono::milliseconds(0));
  const auto reader = stub->WatchRecords(context.get(), request);
  records::v1::WatchRecordsResponse response;
  int count = 0;
  while (reader->Read(&response)) {
    if (line.json()) {
      line.out() << ToJson(response) << std::endl;
    } else if (response.has_record()) {
      const auto& record = response.record();
      line.out() << fmt::format("{}  {} {} by {}", ToText(record.update_time()), record.kind(),
                                record.code().empty() ? record.id() : record.code(), record.update_actor())
                 << std::endl;
    }
    if (response.has_record() && flags.limit > 0 && ++count >= flags.limit) {
      context->TryCancel();
      return absl::OkStatus();
    }
  }
  return FromGrpcStatus(reader->Finish());
}

}  // namespace

void AddRecordsCommands(CLI::App& app, CommandLine& line) {
  CLI::App* records = app.add_subcommand("records", "Records of every kind");
  records->require_subcommand(1);
  const auto flags = std::make_shared<RecordFlags>();
  using Body = absl::Status (*)(CommandLine&, const RecordFlags&);
  const auto add = [&](const char* name, const char* meaning, Body body) {
    CLI::App* command = records->add_subcommand(name, meaning);
    command->add_option("--scope", flags->scope, "shared, a site, SITE!up or SITE!district");
    command->callback(line.Command([&line, flags, body] { return body(line, *flags); }));
    return command;
  };
  const auto kind_and_id = [&](CLI::App* command) {
    command->add_option("KIND", flags->kind)->required();
    command->add_option("ID", flags->id, "id or code")->required();
  };
  const auto writing = [&](CLI::App* command) {
    command->add_option("--request-id", flags->request_id, "the same again writes nothing");
    command->add_flag("--validate-only", flags->validate_only, "only say whether it would be taken");
  };

  CLI::App* describe = add("describe", "Fields of a kind, their meaning and codes", Describe);
  describe->add_option("KIND", flags->kind);
  describe->add_flag("--example", flags->example, "JSON that create accepts");

  CLI::App* create = add("create", "A new record from JSON", Create);
  create->add_option("KIND", flags->kind)->required();
  create->add_option("FILE", flags->file, "JSON file, - for standard input")->required();
  create->add_option("--id", flags->id, "UUID it shall have");
  writing(create);

  CLI::App* update = add("update", "Change the fields present in the JSON", Update);
  kind_and_id(update);
  update->add_option("FILE", flags->file, "JSON file, - for standard input")->required();
  update->add_option("--mask", flags->mask, "fields to set, comma-separated; absent from the JSON: cleared");
  update->add_option("--if-etag", flags->etag, "only if this is still its etag");
  writing(update);

  kind_and_id(add("get", "One record", Get));

  CLI::App* list = add("list", "Records of a kind", List);
  list->add_option("KIND", flags->kind)->required();
  list->add_option("--filter", flags->filter, "AIP-160, such as: state = IN_PROGRESS AND title : trust");
  list->add_option("--order-by", flags->order_by, "fields, comma-separated, each perhaps followed by desc");
  list->add_option("--limit", flags->limit, "at most so many")->check(CLI::NonNegativeNumber);
  list->add_flag("--deleted", flags->deleted, "deleted ones as well");

  CLI::App* remove = add("delete", "Mark a record deleted", Delete);
  kind_and_id(remove);
  remove->add_option("--if-etag", flags->etag, "only if this is still its etag");

  CLI::App* restore = add("restore", "Make a deleted record live again", Restore);
  kind_and_id(restore);
  restore->add_option("--if-etag", flags->etag, "only if this is still its etag");

  CLI::App* move = add("move", "Make a record anew in another scope; a mark stays where it stood", Move);
  kind_and_id(move);
  move->add_option("--to", flags->target, "scope it shall stand in")->required();
  move->add_option("--if-etag", flags->etag, "only if this is still its etag");

  kind_and_id(add("history", "What was changed, by whom and when", History));

  CLI::App* watch = add("watch", "Follow changes as they come", Watch);
  watch->add_option("KIND", flags->kind);
  watch->add_option("--filter", flags->filter, "as in list");
  watch->add_option("--resume", flags->resume, "go on from this token");
  watch->add_option("--limit", flags->limit, "end after so many records")->check(CLI::NonNegativeNumber);
  watch->add_flag("--from-start", flags->from_start, "what is there comes first");
}

}  // namespace trellis
