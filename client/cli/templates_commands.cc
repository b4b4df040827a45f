// templates: broadcast a cycle, action step, agreement or survey to many sites, each its copy; roll-up.
#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>

#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "client/cli/typed_record.h"
#include "trellis/admin/v1/admin.grpc.pb.h"

namespace trellis {
namespace {

using admin::v1::AdminService;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using records::v1::RecordsService;

// What belongs to one copy's own life and is not handed on with the pattern.
constexpr const char* kOwnLife[] = {
    "template",    "transitions",       "obstacles", "evidence",         "what_happened",  "learned",
    "decision",    "prediction_result", "notes",     "percent_complete", "completed_date", "signers",
    "agreed_date", "attachments",       "members",   "contributors"};

struct TemplateFlags {
  std::string kind;
  std::string id;
  std::vector<std::string> sites;
  bool all_sites = false;
};

absl::StatusOr<std::unique_ptr<Message>> Unpacked(const records::v1::Record& record) {
  const std::string& url = record.data().type_url();
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      url.substr(url.rfind('/') + 1));
  if (descriptor == nullptr) return absl::InternalError("the record is of a kind this program does not know");
  std::unique_ptr<Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
  if (!message->ParseFromString(record.data().value()))
    return absl::InternalError("the record cannot be read");
  return message;
}

const FieldDescriptor* Text(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  return field != nullptr && !field->is_repeated() && field->type() == FieldDescriptor::TYPE_STRING ? field
                                                                                                    : nullptr;
}

// The site's own copy of a pattern.
std::unique_ptr<Message> CopyFor(const Message& pattern, const std::string& code,
                                 const admin::v1::Site& site) {
  std::unique_ptr<Message> copy(pattern.New());
  copy->CopyFrom(pattern);
  const auto* reflection = copy->GetReflection();
  for (const char* name : kOwnLife) {
    const FieldDescriptor* field = copy->GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) reflection->ClearField(copy.get(), field);
  }
  const std::string& whose = site.identifier().empty() ? site.site() : site.identifier();
  reflection->SetString(copy.get(), Text(*copy, "code"), code + "-" + whose);
  reflection->SetString(copy.get(), Text(*copy, "template_of"), code);
  if (const FieldDescriptor* field = Text(*copy, "organization"))
    reflection->SetString(copy.get(), field, whose);
  if (const FieldDescriptor* field = copy->GetDescriptor()->FindFieldByName("organizations")) {
    reflection->ClearField(copy.get(), field);
    reflection->AddString(copy.get(), field, whose);
  }
  return copy;
}

bool Named(const admin::v1::Site& site, const std::string& name) {
  return name == site.site() || name == site.identifier() || name == site.display_name();
}

absl::StatusOr<std::vector<admin::v1::Site>> SitesMeant(CommandLine& line, const TemplateFlags& flags) {
  std::vector<admin::v1::Site> sites;
  std::vector<std::string> unknown = flags.sites;
  admin::v1::ListSitesRequest request;
  do {
    const auto response = line.Call<AdminService>(&AdminService::Stub::ListSites, request);
    if (!response.ok()) return response.status();
    for (const admin::v1::SiteHealth& health : response->sites()) {
      const auto named = std::find_if(unknown.begin(), unknown.end(),
                                      [&](const std::string& name) { return Named(health.site(), name); });
      if (!flags.all_sites && named == unknown.end()) continue;
      if (named != unknown.end()) unknown.erase(named);
      sites.push_back(health.site());
    }
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  if (unknown.empty()) return sites;
  return absl::NotFoundError(fmt::format("there is no site {}: see trellis sites list", unknown.front()));
}

absl::StatusOr<records::v1::Record> GetPattern(CommandLine& line, const TemplateFlags& flags) {
  records::v1::GetRecordRequest request;
  request.set_kind(flags.kind);
  request.set_id(flags.id);
  request.set_scope("shared");
  const auto response = line.Call<RecordsService>(&RecordsService::Stub::GetRecord, request);
  if (!response.ok()) return response.status();
  if (response->record().code().empty()) {
    return absl::InvalidArgumentError("a pattern wants a code, so that its copies can name it");
  }
  return response->record();
}

absl::Status Broadcast(CommandLine& line, const TemplateFlags& flags) {
  const auto record = GetPattern(line, flags);
  if (!record.ok()) return record.status();
  const auto pattern = Unpacked(*record);
  if (!pattern.ok()) return pattern.status();
  if (Text(**pattern, "template_of") == nullptr || Text(**pattern, "code") == nullptr) {
    return absl::InvalidArgumentError(fmt::format(
        "{} records are not handed on as patterns: ImprovementCycle, ActionStep, SharedAgreement and "
        "Survey are",
        flags.kind));
  }
  const auto sites = SitesMeant(line, flags);
  if (!sites.ok()) return sites.status();
  size_t created = 0;
  size_t there = 0;
  for (const admin::v1::Site& site : *sites) {
    const std::unique_ptr<Message> copy = CopyFor(**pattern, record->code(), site);
    records::v1::CreateRecordRequest request;
    request.set_kind(flags.kind);
    request.set_scope(site.site());
    request.mutable_data()->PackFrom(*copy);
    const auto response = line.Call<RecordsService>(&RecordsService::Stub::CreateRecord, request);
    if (response.status().code() == absl::StatusCode::kAlreadyExists) {
      ++there;
      continue;
    }
    if (!response.ok()) return response.status();
    ++created;
    if (line.json()) line.out() << ToJson(response->record()) << '\n';
  }
  if (!line.json()) {
    line.out() << fmt::format("{} sites have their own copy of {}: {} new, {} had it\n", sites->size(),
                              record->code(), created, there);
  }
  return absl::OkStatus();
}

std::string FieldText(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated()) return "";
  if (field->type() == FieldDescriptor::TYPE_STRING)
    return message.GetReflection()->GetString(message, field);
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_ENUM) return "";
  const auto* value = message.GetReflection()->GetEnum(message, field);
  return value->number() == 0 ? ""
                              : PlainCode(value->name(), value->type()->value(0)->name().substr(
                                                             0, value->type()->value(0)->name().size() - 11));
}

absl::Status RollUp(CommandLine& line, const TemplateFlags& flags) {
  const auto record = GetPattern(line, flags);
  if (!record.ok()) return record.status();
  TemplateFlags every = flags;
  every.all_sites = true;
  const auto sites = SitesMeant(line, every);
  if (!sites.ok()) return sites.status();
  TextTable table({"site", "copy", "state", "owner", "due"});
  std::map<std::string, int> by_state;
  for (const admin::v1::Site& site : *sites) {
    records::v1::ListRecordsRequest request;
    request.set_kind(flags.kind);
    request.set_scope(site.site());
    request.set_filter(fmt::format("template_of = \"{}\"", record->code()));
    request.set_page_size(1000);
    const auto response = line.Call<RecordsService>(&RecordsService::Stub::ListRecords, request);
    if (!response.ok()) return response.status();
    for (const records::v1::Record& copy : response->records()) {
      if (line.json()) {
        line.out() << ToJson(copy) << '\n';
        continue;
      }
      const auto message = Unpacked(copy);
      if (!message.ok()) return message.status();
      const std::string state = FieldText(**message, "state");
      ++by_state[state.empty() ? "no state yet" : state];
      table.Add({site.display_name(), copy.code(), state, FieldText(**message, "owner"),
                 FieldText(**message, "due_date")});
    }
  }
  if (line.json()) return absl::OkStatus();
  table.Print(line.out());
  for (const auto& [state, count] : by_state) line.out() << fmt::format("{}: {}\n", state, count);
  return absl::OkStatus();
}

}  // namespace

void AddTemplatesCommands(CLI::App& app, CommandLine& line) {
  CLI::App* templates =
      app.add_subcommand("templates", "One cycle, step, agreement or survey for many sites");
  templates->require_subcommand(1);
  const auto flags = std::make_shared<TemplateFlags>();
  const auto add = [&](const char* name, const char* what, auto work) {
    CLI::App* command = templates->add_subcommand(name, what);
    command->add_option("KIND", flags->kind, "ImprovementCycle, ActionStep, SharedAgreement or Survey")
        ->required();
    command->add_option("ID", flags->id, "the shared pattern, by id or code")->required();
    command->callback(line.Command([&line, flags, work] { return work(line, *flags); }));
    return command;
  };
  CLI::App* broadcast = add("broadcast", "Give sites a copy of their own; who has one keeps it", Broadcast);
  CLI::Option* to =
      broadcast->add_option("--to", flags->sites, "a site by name, identifier or scope; may be repeated");
  CLI::Option* all = broadcast->add_flag("--all-sites", flags->all_sites);
  to->excludes(all);
  add("roll-up", "Where every site's copy stands", RollUp);
}

}  // namespace trellis
