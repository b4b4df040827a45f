// sites: add, list, health, revoke, rejoin.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "client/cli/secret_file.h"
#include "trellis/admin/v1/admin.grpc.pb.h"

namespace trellis {
namespace {

using admin::v1::AdminService;

struct SiteFlags {
  std::string name;
  std::string identifier;
  std::string lead;
  std::string code_file;
  std::string site;
  std::string reason;
};

// The code to the file or stdout, what was done to stderr or stdout.
template <typename Response>
absl::Status DeliverCode(CommandLine& line, const SiteFlags& flags, Response response) {
  const std::string code = response.joining_code();
  if (!flags.code_file.empty()) {
    if (absl::Status status = WriteSecretFile(flags.code_file, code + "\n"); !status.ok()) return status;
    response.clear_joining_code();
  }
  if (line.json()) {
    line.out() << ToJson(response) << '\n';
    return absl::OkStatus();
  }
  const std::string until = ToText(response.code_expire_time());
  if (flags.code_file.empty()) {
    line.out() << code << '\n';
    line.err() << fmt::format("site {} ({}): this joining code is good until {}\n", response.site().site(),
                              response.site().display_name(), until);
  } else {
    line.out() << fmt::format("site {} ({}): joining code in {}, good until {}\n", response.site().site(),
                              response.site().display_name(), flags.code_file, until);
  }
  return absl::OkStatus();
}

absl::Status Add(CommandLine& line, const SiteFlags& flags) {
  admin::v1::AddSiteRequest request;
  request.set_display_name(flags.name);
  request.set_identifier(flags.identifier);
  request.set_lead(flags.lead);
  auto response = line.Call<AdminService>(&AdminService::Stub::AddSite, request);
  if (!response.ok()) return response.status();
  return DeliverCode(line, flags, *std::move(response));
}

absl::Status Rejoin(CommandLine& line, const SiteFlags& flags) {
  admin::v1::RejoinSiteRequest request;
  request.set_site(flags.site);
  auto response = line.Call<AdminService>(&AdminService::Stub::RejoinSite, request);
  if (!response.ok()) return response.status();
  return DeliverCode(line, flags, *std::move(response));
}

absl::Status Revoke(CommandLine& line, const SiteFlags& flags) {
  admin::v1::RevokeSiteRequest request;
  request.set_site(flags.site);
  request.set_reason(flags.reason);
  const auto response = line.Call<AdminService>(&AdminService::Stub::RevokeSite, request);
  if (!response.ok()) return response.status();
  if (line.json()) {
    line.out() << ToJson(response->site()) << '\n';
  } else {
    line.out() << fmt::format("{} is shut out; what it sent is kept\n", flags.site);
  }
  return absl::OkStatus();
}

absl::Status List(CommandLine& line, bool health) {
  admin::v1::ListSitesRequest request;
  TextTable table(
      health ? std::vector<std::string>{"SITE", "NAME", "STATE", "LAST SEEN", "BEHIND", "DIGESTS EQUAL"}
             : std::vector<std::string>{"SITE", "NAME", "LEAD", "RECORDS", "STATE"});
  do {
    const auto response = line.Call<AdminService>(&AdminService::Stub::ListSites, request);
    if (!response.ok()) return response.status();
    for (const auto& site : response->sites()) {
      if (line.json()) line.out() << ToJson(site) << '\n';
      const auto& about = site.site();
      if (health) {
        table.Add({about.site(), about.display_name(), site.state(), ToText(site.last_seen_time()),
                   std::to_string(site.behind()), ToText(site.verified_time())});
      } else {
        table.Add(
            {about.site(), about.display_name(), about.lead(), std::to_string(site.records()), site.state()});
      }
    }
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  if (!line.json()) table.Print(line.out());
  return absl::OkStatus();
}

}  // namespace

void AddSitesCommands(CLI::App& app, CommandLine& line) {
  CLI::App* sites = app.add_subcommand("sites", "Schools and departments that sync with this server");
  sites->require_subcommand(1);
  const auto flags = std::make_shared<SiteFlags>();

  CLI::App* add = sites->add_subcommand("add", "Open a site and make its joining code");
  add->add_option("NAME", flags->name)->required();
  add->add_option("--identifier", flags->identifier, "CDS code of its organization");
  add->add_option("--lead", flags->lead, "username of the site's lead");
  add->add_option("--code-file", flags->code_file, "write the joining code here instead of to stdout");
  add->callback(line.Command([&line, flags] { return Add(line, *flags); }));

  sites->add_subcommand("list", "The sites")->callback(line.Command([&line] { return List(line, false); }));
  sites->add_subcommand("health", "How each site stands")->callback(line.Command([&line] {
    return List(line, true);
  }));

  CLI::App* revoke = sites->add_subcommand("revoke", "Shut a site out");
  revoke->add_option("SITE", flags->site)->required();
  revoke->add_option("--reason", flags->reason, "why; kept");
  revoke->callback(line.Command([&line, flags] { return Revoke(line, *flags); }));

  CLI::App* rejoin =
      sites->add_subcommand("rejoin", "A fresh joining code, for a new or reinstalled machine");
  rejoin->add_option("SITE", flags->site)->required();
  rejoin->add_option("--code-file", flags->code_file, "write the joining code here instead of to stdout");
  rejoin->callback(line.Command([&line, flags] { return Rejoin(line, *flags); }));
}

}  // namespace trellis
