// conflicts: list, resolve.
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <CLI/CLI.hpp>

#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "client/cli/record_printing.h"
#include "trellis/records/v1/records.grpc.pb.h"

namespace trellis {
namespace {

using records::v1::RecordsService;

struct ConflictFlags {
  std::string kind;
  std::string id;
  std::string field;
  std::string element;
  std::string scope;
  std::string take;
  std::string value;
  std::string etag;
};

absl::Status List(CommandLine& line, const ConflictFlags& flags) {
  records::v1::ListConflictsRequest request;
  request.set_kind(flags.kind);
  request.set_scope(flags.scope);
  bool any = false;
  do {
    const auto response = line.Call<RecordsService>(&RecordsService::Stub::ListConflicts, request);
    if (!response.ok()) return response.status();
    for (const auto& record : response->records()) {
      any = true;
      if (line.json()) {
        line.out() << ToJson(record) << '\n';
      } else {
        PrintConflicts(record, line.out());
      }
    }
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  if (!any && !line.json()) line.out() << "no conflicts\n";
  return absl::OkStatus();
}

absl::Status Resolve(CommandLine& line, const ConflictFlags& flags) {
  records::v1::ResolveConflictRequest request;
  request.set_kind(flags.kind);
  request.set_id(flags.id);
  request.set_scope(flags.scope);
  request.set_field(flags.field);
  request.set_element(flags.element);
  request.set_etag(flags.etag);
  if (!flags.take.empty()) {
    request.set_take_version(flags.take);
  } else {
    const auto status = google::protobuf::util::JsonStringToMessage(flags.value, request.mutable_value());
    if (!status.ok()) {
      return absl::InvalidArgumentError(fmt::format(
          "--value wants JSON, such as \"a text in quotes\" or 12; this is not: {}", flags.value));
    }
  }
  const auto response = line.Call<RecordsService>(&RecordsService::Stub::ResolveConflict, request);
  if (!response.ok()) return response.status();
  if (line.json()) {
    line.out() << ToJson(response->record()) << '\n';
  } else {
    line.out() << fmt::format("resolved {} of {} {}\netag {}\n", flags.field, response->record().kind(),
                              response->record().id(), response->record().etag());
  }
  return absl::OkStatus();
}

}  // namespace

void AddConflictsCommands(CLI::App& app, CommandLine& line) {
  CLI::App* conflicts = app.add_subcommand("conflicts", "Fields that several people gave different values");
  conflicts->require_subcommand(1);
  const auto flags = std::make_shared<ConflictFlags>();

  CLI::App* list = conflicts->add_subcommand("list", "Every open conflict with all its values");
  list->add_option("KIND", flags->kind);
  list->add_option("--scope", flags->scope);
  list->callback(line.Command([&line, flags] { return List(line, *flags); }));

  CLI::App* resolve = conflicts->add_subcommand("resolve", "Settle one field for good");
  resolve->add_option("KIND", flags->kind)->required();
  resolve->add_option("ID", flags->id, "id or code")->required();
  resolve->add_option("FIELD", flags->field)->required();
  resolve->add_option("--scope", flags->scope);
  resolve->add_option("--element", flags->element, "which element of a set field");
  resolve->add_option("--if-etag", flags->etag, "only if this is still its etag");
  CLI::Option_group* choice = resolve->add_option_group("choice");
  choice->add_option("--take", flags->take, "a version that `conflicts list` shows");
  choice->add_option("--value", flags->value, "a value of its own, as JSON");
  choice->require_option(1);
  resolve->callback(line.Command([&line, flags] { return Resolve(line, *flags); }));
}

}  // namespace trellis
