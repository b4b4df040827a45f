// trace KIND ID.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "trellis/admin/v1/trace.grpc.pb.h"

namespace trellis {
namespace {

using admin::v1::TraceService;

std::string AnswerWord(admin::v1::TraceAnswer answer) {
  switch (answer) {
    case admin::v1::TRACE_ANSWER_YES:
      return "yes";
    case admin::v1::TRACE_ANSWER_NOT_YET:
      return "no";
    default:
      return "not known";
  }
}

std::string StageWord(admin::v1::TraceStage stage) {
  switch (stage) {
    case admin::v1::TRACE_STAGE_WRITTEN:
      return "written";
    case admin::v1::TRACE_STAGE_RECEIVED:
      return "received";
    case admin::v1::TRACE_STAGE_ACKNOWLEDGED:
      return "stored at the district";
    case admin::v1::TRACE_STAGE_BACKED_UP:
      return "in a backup";
    case admin::v1::TRACE_STAGE_MERGED:
      return "merged";
    case admin::v1::TRACE_STAGE_HANDED_ON:
      return "at other sites";
    case admin::v1::TRACE_STAGE_REPORTED:
      return "in reports";
    default:
      return "further";
  }
}

absl::Status Trace(CommandLine& line, const admin::v1::TraceRecordRequest& request) {
  const auto response = line.Call<TraceService>(&TraceService::Stub::TraceRecord, request);
  if (!response.ok()) return response.status();
  if (line.json()) {
    line.out() << ToJson(*response) << '\n';
    return absl::OkStatus();
  }
  line.out() << fmt::format("{} {} in scope {}, version {}\n", response->kind(), response->id(),
                            response->scope(), response->etag());
  TextTable table({"STEP", "", "TIME", "WHAT"});
  for (const auto& step : response->steps()) {
    table.Add({StageWord(step.stage()), AnswerWord(step.answer()), step.has_time() ? ToText(step.time()) : "",
               step.sentence()});
  }
  table.Print(line.out());
  return absl::OkStatus();
}

}  // namespace

void AddTraceCommand(CLI::App& app, CommandLine& line) {
  const auto request = std::make_shared<admin::v1::TraceRecordRequest>();
  CLI::App* trace = app.add_subcommand("trace", "The whole way of a record, and what of it is not known");
  trace
      ->add_option_function<std::string>("KIND",
                                         [request](const std::string& kind) { request->set_kind(kind); })
      ->required();
  trace
      ->add_option_function<std::string>(
          "ID", [request](const std::string& id) { request->set_id(id); }, "id or code")
      ->required();
  trace->add_option_function<std::string>(
      "--scope", [request](const std::string& scope) { request->set_scope(scope); },
      "shared, a site, SITE!up");
  trace->callback(line.Command([&line, request] { return Trace(line, *request); }));
}

}  // namespace trellis
