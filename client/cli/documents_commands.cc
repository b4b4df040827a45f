// transcript, certificate, verify.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "client/cli/command_line.h"
#include "client/cli/export_files.h"
#include "client/cli/printer.h"
#include "common/credential/credential.h"
#include "trellis/records/v1/documents.grpc.pb.h"

namespace trellis {
namespace {

using records::v1::DocumentsService;
using records::v1::VerifiedDocument;

struct DocumentFlags {
  std::string staff;
  std::string activity;
  std::string from_date;
  std::string to_date;
  std::string to;
  std::string code;
  std::string authority;
};

void PrintDocument(const VerifiedDocument& document, std::ostream& out) {
  const bool transcript = document.type() == records::v1::DOCUMENT_TYPE_TRANSCRIPT;
  TextTable table({transcript ? "transcript" : "certificate", document.district()});
  table.Add({"name", document.name()});
  table.Add({"number", document.staff_unique_id()});
  if (!document.activity().empty()) table.Add({"activity", document.activity()});
  if (!document.from_date().empty()) table.Add({"days", document.from_date() + " to " + document.to_date()});
  table.Add({"time", DurationText(document.total_minutes())});
  table.Add({"issued", document.issue_date()});
  if (!document.fingerprint().empty()) table.Add({"fingerprint of lines", document.fingerprint()});
  table.Print(out);
  if (document.lines().empty()) return;
  TextTable lines({"day", "time"});
  for (const auto& line : document.lines()) lines.Add({line.date(), DurationText(line.minutes())});
  lines.Print(out);
}

template <typename Response>
absl::Status Keep(CommandLine& line, const Response& response, const std::string& to) {
  if (absl::Status status = WriteWhole(to, response.pdf()); !status.ok()) return status;
  Response told = response;
  told.clear_pdf();
  if (line.json()) {
    line.out() << ToJson(told) << '\n';
  } else if (response.code().empty()) {
    line.out() << fmt::format("{}: not signed, made at a site\n", to);
  } else {
    line.out() << fmt::format("{}\n{}\n", to, response.code());
  }
  return absl::OkStatus();
}

absl::Status Transcript(CommandLine& line, const DocumentFlags& flags) {
  records::v1::IssueTranscriptRequest request;
  request.set_staff(flags.staff);
  request.set_from_date(flags.from_date);
  request.set_to_date(flags.to_date);
  const auto response = line.Call<DocumentsService>(&DocumentsService::Stub::IssueTranscript, request);
  return response.ok() ? Keep(line, *response, flags.to) : response.status();
}

absl::Status Certificate(CommandLine& line, const DocumentFlags& flags) {
  records::v1::IssueCertificateRequest request;
  request.set_staff(flags.staff);
  request.set_activity(flags.activity);
  const auto response = line.Call<DocumentsService>(&DocumentsService::Stub::IssueCertificate, request);
  return response.ok() ? Keep(line, *response, flags.to) : response.status();
}

// Without any connection, by the certificate in a file.
absl::StatusOr<VerifiedDocument> VerifyHere(const DocumentFlags& flags, const std::string& code) {
  const absl::StatusOr<std::string> authority = ReadInput(flags.authority);
  if (!authority.ok()) return authority.status();
  const absl::StatusOr<Credential> credential = VerifyCode(code, *authority);
  if (!credential.ok()) return credential.status();
  VerifiedDocument document;
  document.set_type(credential->type == CredentialType::kTranscript ? records::v1::DOCUMENT_TYPE_TRANSCRIPT
                                                                    : records::v1::DOCUMENT_TYPE_CERTIFICATE);
  document.set_district(credential->district);
  document.set_name(credential->name);
  document.set_staff_unique_id(credential->staff_unique_id);
  document.set_issue_date(credential->issue_date);
  document.set_from_date(credential->from_date);
  document.set_to_date(credential->to_date);
  document.set_total_minutes(credential->total_minutes);
  document.set_activity(credential->activity);
  document.set_fingerprint(credential->fingerprint);
  for (const CredentialLine& one : credential->lines) {
    auto* told = document.add_lines();
    told->set_date(one.date);
    told->set_minutes(one.minutes);
  }
  return document;
}

absl::Status Verify(CommandLine& line, const DocumentFlags& flags) {
  std::string code = flags.code;
  if (code == "-") {
    const absl::StatusOr<std::string> typed = ReadInput("-");
    if (!typed.ok()) return typed.status();
    code = *typed;
  }
  VerifiedDocument document;
  if (!flags.authority.empty()) {
    absl::StatusOr<VerifiedDocument> here = VerifyHere(flags, code);
    if (!here.ok()) return here.status();
    document = *std::move(here);
  } else {
    records::v1::VerifyCodeRequest request;
    request.set_code(code);
    const auto response = line.Call<DocumentsService>(&DocumentsService::Stub::VerifyCode, request);
    if (!response.ok()) return response.status();
    document = response->document();
  }
  if (line.json()) {
    line.out() << ToJson(document) << '\n';
    return absl::OkStatus();
  }
  line.out() << "good: issued by this district. Compare with the paper:\n";
  PrintDocument(document, line.out());
  return absl::OkStatus();
}

}  // namespace

void AddDocumentsCommands(CLI::App& app, CommandLine& line) {
  const auto flags = std::make_shared<DocumentFlags>();
  CLI::App* transcript =
      app.add_subcommand("transcript", "What a person learned by, as PDF with a code that proves it");
  transcript->add_option("PERSON", flags->staff, "staff unique id, id or e-mail")->required();
  transcript->add_option("--from", flags->from_date, "first day");
  transcript->add_option("--until", flags->to_date, "last day");
  transcript->add_option("--to", flags->to, "PDF file")->required();
  transcript->callback(line.Command([&line, flags] { return Transcript(line, *flags); }));

  CLI::App* certificate =
      app.add_subcommand("certificate", "That a person took part in an activity, as PDF with a code");
  certificate->add_option("PERSON", flags->staff, "staff unique id, id or e-mail")->required();
  certificate->add_option("ACTIVITY", flags->activity, "code or id")->required();
  certificate->add_option("--to", flags->to, "PDF file")->required();
  certificate->callback(line.Command([&line, flags] { return Certificate(line, *flags); }));

  CLI::App* verify = app.add_subcommand(
      "verify", "Whether the code of a transcript or certificate is good, and what it covers");
  verify->add_option("CODE", flags->code, "as printed; - reads it from standard input")->required();
  verify
      ->add_option("--authority", flags->authority,
                   "certificate of the district's authority (PEM): checks without any connection")
      ->check(CLI::ExistingFile);
  verify->callback(line.Command([&line, flags] { return Verify(line, *flags); }));
}

}  // namespace trellis
