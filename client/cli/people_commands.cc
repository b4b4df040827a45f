// people: add, list. tokens: create, list, revoke.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "client/cli/secret_file.h"
#include "trellis/admin/v1/admin.grpc.pb.h"

namespace trellis {
namespace {

using admin::v1::AdminService;

struct PeopleFlags {
  std::string username;
  std::string display_name;
  std::string site;
  std::string role;
  std::string scope;
  std::string name;
  std::string id;
  std::string to;
};

// site-lead -> ROLE_SITE_LEAD.
absl::StatusOr<options::v1::Role> RoleFrom(const std::string& word) {
  std::string name = "ROLE_";
  for (const char c : word) name.push_back(c == '-' ? '_' : static_cast<char>(std::toupper(c)));
  options::v1::Role role;
  if (!options::v1::Role_Parse(name, &role) || role == options::v1::ROLE_UNSPECIFIED) {
    return absl::InvalidArgumentError(
        fmt::format("--role takes district-admin, district-staff, district-analyst, site-lead, site-staff or "
                    "service, not {}",
                    word));
  }
  return role;
}

std::string RoleWord(options::v1::Role role) {
  std::string word = options::v1::Role_Name(role).substr(5);
  for (char& c : word) c = c == '_' ? '-' : static_cast<char>(std::tolower(c));
  return word;
}

absl::Status AddPerson(CommandLine& line, const PeopleFlags& flags) {
  const auto role = RoleFrom(flags.role);
  if (!role.ok()) return role.status();
  admin::v1::AddPersonRequest request;
  request.set_username(flags.username);
  request.set_display_name(flags.display_name.empty() ? flags.username : flags.display_name);
  request.set_site(flags.site);
  request.mutable_role()->set_role(*role);
  request.mutable_role()->set_scope(flags.scope.empty() ? flags.site : flags.scope);
  const auto response = line.Call<AdminService>(&AdminService::Stub::AddPerson, request);
  if (!response.ok()) return response.status();
  if (line.json()) {
    line.out() << ToJson(response->person()) << '\n';
  } else {
    line.out() << fmt::format("{} may act as {} over {}\n", flags.username, flags.role,
                              request.role().scope());
  }
  return absl::OkStatus();
}

absl::Status ListPeople(CommandLine& line, const PeopleFlags& flags) {
  admin::v1::ListPeopleRequest request;
  request.set_site(flags.site);
  const auto response = line.Call<AdminService>(&AdminService::Stub::ListPeople, request);
  if (!response.ok()) return response.status();
  TextTable table({"USERNAME", "NAME", "SITE", "ROLES"});
  for (const auto& person : response->people()) {
    if (line.json()) line.out() << ToJson(person) << '\n';
    std::string roles;
    for (const auto& role : person.roles()) {
      roles += fmt::format("{}{} over {}", roles.empty() ? "" : ", ", RoleWord(role.role()), role.scope());
    }
    table.Add({person.username(), person.display_name(), person.site(), roles});
  }
  if (!line.json()) table.Print(line.out());
  return absl::OkStatus();
}

absl::Status CreateToken(CommandLine& line, const PeopleFlags& flags) {
  const auto role = RoleFrom(flags.role);
  if (!role.ok()) return role.status();
  admin::v1::CreateTokenRequest request;
  request.set_name(flags.name);
  request.mutable_role()->set_role(*role);
  request.mutable_role()->set_scope(flags.scope);
  auto response = line.Call<AdminService>(&AdminService::Stub::CreateToken, request);
  if (!response.ok()) return response.status();
  const std::string secret = response->secret();
  if (!flags.to.empty()) {
    if (absl::Status status = WriteSecretFile(flags.to, secret + "\n"); !status.ok()) return status;
    response->clear_secret();
  }
  if (line.json()) {
    line.out() << ToJson(*response) << '\n';
  } else if (flags.to.empty()) {
    line.out() << secret << '\n';
    line.err() << fmt::format("token {}: told this once\n", response->token().id());
  } else {
    line.out() << fmt::format("token {} in {}\n", response->token().id(), flags.to);
  }
  return absl::OkStatus();
}

absl::Status ListTokens(CommandLine& line) {
  const auto response =
      line.Call<AdminService>(&AdminService::Stub::ListTokens, admin::v1::ListTokensRequest());
  if (!response.ok()) return response.status();
  TextTable table({"ID", "NAME", "ROLE", "OVER", "MADE", "BY", "ENDS"});
  for (const auto& token : response->tokens()) {
    if (line.json()) line.out() << ToJson(token) << '\n';
    table.Add({token.id(), token.name(), RoleWord(token.role().role()), token.role().scope(),
               ToText(token.create_time()), token.create_actor(), ToText(token.expire_time())});
  }
  if (!line.json()) table.Print(line.out());
  return absl::OkStatus();
}

absl::Status RevokeToken(CommandLine& line, const PeopleFlags& flags) {
  admin::v1::RevokeTokenRequest request;
  request.set_id(flags.id);
  const auto response = line.Call<AdminService>(&AdminService::Stub::RevokeToken, request);
  if (response.ok() && !line.json()) line.out() << fmt::format("token {} is ended\n", flags.id);
  return response.status();
}

}  // namespace

void AddPeopleCommands(CLI::App& app, CommandLine& line) {
  const auto flags = std::make_shared<PeopleFlags>();
  CLI::App* people = app.add_subcommand("people", "Accounts and what they may do");
  people->require_subcommand(1);
  CLI::App* add = people->add_subcommand("add", "An account with one role");
  add->add_option("USERNAME", flags->username)->required();
  add->add_option("--name", flags->display_name, "name shown");
  add->add_option("--site", flags->site, "home site")->required();
  add->add_option("--role", flags->role, "such as site-lead")->required();
  add->add_option("--over", flags->scope, "a site, or * for the district; default: the home site");
  add->callback(line.Command([&line, flags] { return AddPerson(line, *flags); }));
  CLI::App* list = people->add_subcommand("list", "Accounts with their roles");
  list->add_option("--site", flags->site, "home site");
  list->callback(line.Command([&line, flags] { return ListPeople(line, *flags); }));

  CLI::App* tokens = app.add_subcommand("tokens", "Tokens for programs and the command line");
  tokens->require_subcommand(1);
  CLI::App* create = tokens->add_subcommand("create", "A token; its text is told once");
  create->add_option("NAME", flags->name, "what it is for")->required();
  create->add_option("--role", flags->role, "such as service")->required();
  create->add_option("--over", flags->scope, "a site, or * for the district")->required();
  create->add_option("--to", flags->to, "write it here (0600) instead of to stdout");
  create->callback(line.Command([&line, flags] { return CreateToken(line, *flags); }));
  tokens->add_subcommand("list", "Tokens, without their text")->callback(line.Command([&line] {
    return ListTokens(line);
  }));
  CLI::App* revoke = tokens->add_subcommand("revoke", "End a token");
  revoke->add_option("ID", flags->id)->required();
  revoke->callback(line.Command([&line, flags] { return RevokeToken(line, *flags); }));
}

}  // namespace trellis
