// findings, due: what records show together.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "client/cli/typed_record.h"
#include "trellis/records/v1/rules.grpc.pb.h"

namespace trellis {
namespace {

using records::v1::RulesService;

struct ReviewFlags {
  std::string kind;
  std::string scope;
  std::string rule;
  std::string until;
  std::string owner;
};

absl::Status Findings(CommandLine& line, const ReviewFlags& flags) {
  records::v1::ListFindingsRequest request;
  request.set_kind(flags.kind);
  request.set_scope(flags.scope);
  request.set_rule(flags.rule);
  const auto response = line.Call<RulesService>(&RulesService::Stub::ListFindings, request);
  if (!response.ok()) return response.status();
  for (const auto& finding : response->findings()) {
    if (line.json()) {
      line.out() << ToJson(finding) << '\n';
    } else {
      line.out() << fmt::format("{} {} in {}: {}\n  {}{}{}\n", finding.kind(),
                                finding.code().empty() ? finding.id() : finding.code(), finding.scope(),
                                finding.rule(), finding.field(), finding.field().empty() ? "" : ": ",
                                finding.problem());
    }
  }
  if (line.json()) return absl::OkStatus();
  if (response->findings().empty()) line.out() << "everything fits\n";
  if (response->more() > 0) line.out() << fmt::format("and {} more\n", response->more());
  return absl::OkStatus();
}

absl::Status Due(CommandLine& line, const ReviewFlags& flags) {
  records::v1::ListDueRequest request;
  request.set_kind(flags.kind);
  request.set_scope(flags.scope);
  request.set_until(flags.until);
  request.set_owner(flags.owner);
  const auto response = line.Call<RulesService>(&RulesService::Stub::ListDue, request);
  if (!response.ok()) return response.status();
  TextTable table({"due", "what", "", "who", "where"});
  for (const auto& item : response->items()) {
    if (line.json()) {
      line.out() << ToJson(item) << '\n';
      continue;
    }
    table.Add({item.date() + (item.overdue() ? " overdue" : ""),
               fmt::format("{} {}", item.kind(), item.code().empty() ? item.id() : item.code()),
               item.title().empty() ? item.field() : item.title(), item.owner(), item.scope()});
  }
  if (line.json()) return absl::OkStatus();
  if (table.empty()) {
    line.out() << "nothing is due\n";
  } else {
    table.Print(line.out());
  }
  return absl::OkStatus();
}

}  // namespace

std::string PlainCode(const std::string& name, const std::string& prefix) {
  std::string plain = name.rfind(prefix, 0) == 0 ? name.substr(prefix.size()) : name;
  for (char& c : plain) c = c == '_' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return plain;
}

void WarnOf(CommandLine& line, const google::protobuf::RepeatedPtrField<records::v1::Finding>& findings) {
  if (line.json()) return;
  for (const records::v1::Finding& finding : findings) {
    line.err() << fmt::format("note: {} {}\n", finding.field(), finding.problem());
  }
}

void AddReviewCommands(CLI::App& app, CommandLine& line) {
  const auto flags = std::make_shared<ReviewFlags>();
  CLI::App* findings =
      app.add_subcommand("findings", "What does not fit together: references, places, gates");
  findings->require_subcommand(1);
  CLI::App* list = findings->add_subcommand("list", "Every finding, with what to do about it");
  list->add_option("KIND", flags->kind);
  list->add_option("--scope", flags->scope);
  list->add_option("--rule", flags->rule, "only of this rule, such as session-overfull");
  list->callback(line.Command([&line, flags] { return Findings(line, *flags); }));

  CLI::App* due = app.add_subcommand("due", "What is to be done by when, from the dates in records");
  due->add_option("KIND", flags->kind);
  due->add_option("--scope", flags->scope);
  due->add_option("--until", flags->until, "last day, YYYY-MM-DD; two weeks from today unless given");
  due->add_option("--owner", flags->owner, "only this person's: staff id as records name it");
  due->callback(line.Command([&line, flags] { return Due(line, *flags); }));
}

}  // namespace trellis
