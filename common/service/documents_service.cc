#include "common/service/documents_service.h"

#include <fmt/format.h>

#include "common/credential/credential_pdf.h"
#include "common/record/text_format.h"
#include "common/rpc/error_reason.h"
#include "common/service/learning_record.h"
#include "common/service/stored_lookup.h"

namespace trellis {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;
using records::v1::VerifiedDocument;

void Encode(const Credential& credential, VerifiedDocument* out) {
  const bool transcript = credential.type == CredentialType::kTranscript;
  out->set_type(transcript ? records::v1::DOCUMENT_TYPE_TRANSCRIPT : records::v1::DOCUMENT_TYPE_CERTIFICATE);
  out->set_district(credential.district);
  out->set_name(credential.name);
  out->set_staff_unique_id(credential.staff_unique_id);
  out->set_issue_date(credential.issue_date);
  out->set_from_date(credential.from_date);
  out->set_to_date(credential.to_date);
  out->set_total_minutes(credential.total_minutes);
  out->set_activity(credential.activity);
  out->set_fingerprint(credential.fingerprint);
  for (const CredentialLine& line : credential.lines) {
    auto* one = out->add_lines();
    one->set_date(line.date);
    one->set_minutes(line.minutes);
  }
}

absl::Status CheckDays(const std::string& from, const std::string& to) {
  std::vector<FieldViolation> wrong;
  if (!from.empty() && !IsDate(from)) wrong.push_back({"from_date", "wants a day such as 2026-08-17"});
  if (!to.empty() && !IsDate(to)) wrong.push_back({"to_date", "wants a day such as 2027-06-04"});
  return wrong.empty() ? absl::OkStatus() : FieldViolationsError(wrong);
}

}  // namespace

ServerUnaryReactor* DocumentsServiceImpl::IssueTranscript(CallbackServerContext* context,
                                                          const records::v1::IssueTranscriptRequest* request,
                                                          records::v1::IssueTranscriptResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) -> absl::Status {
    if (absl::Status days = CheckDays(request->from_date(), request->to_date()); !days.ok()) return days;
    absl::StatusOr<Credential> credential = GatherLearning(
        parts_.store, principal,
        {.staff = request->staff(), .from_date = request->from_date(), .to_date = request->to_date()});
    if (!credential.ok()) return credential.status();
    credential->district = parts_.district;
    if (parts_.sign != nullptr) {
      const absl::StatusOr<std::string> code = IssueCode(*credential, parts_.sign);
      if (!code.ok()) return code.status();
      response->set_code(*code);
    }
    response->set_pdf(CredentialPdf(*credential, response->code()));
    Encode(*credential, response->mutable_document());
    return absl::OkStatus();
  });
}

ServerUnaryReactor* DocumentsServiceImpl::IssueCertificate(
    CallbackServerContext* context, const records::v1::IssueCertificateRequest* request,
    records::v1::IssueCertificateResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal& principal) -> absl::Status {
    if (parts_.sign == nullptr) {
      return ErrorWithReason(reason::kReportAtDistrict,
                             "Certificates are signed by the district: ask its server, with --address");
    }
    absl::StatusOr<StoredLookup> lookup = StoredLookup::Load(parts_.store);
    if (!lookup.ok()) return lookup.status();
    const absl::StatusOr<std::string> activity = lookup->FindActivity(request->activity());
    if (!activity.ok())
      return ErrorWithReason(reason::kRecordNotFound, std::string(activity.status().message()));
    absl::StatusOr<Credential> credential =
        GatherLearning(parts_.store, principal, {.staff = request->staff(), .activity = *activity});
    if (!credential.ok()) return credential.status();
    if (credential->lines.empty()) {
      return ErrorWithReason(reason::kRecordNotFound,
                             fmt::format("{} has not taken part in {}, as far as is known here",
                                         credential->name, request->activity()));
    }
    credential->type = CredentialType::kCertificate;
    credential->district = parts_.district;
    credential->lines.clear();
    credential->fingerprint.clear();
    const absl::StatusOr<std::string> code = IssueCode(*credential, parts_.sign);
    if (!code.ok()) return code.status();
    response->set_code(*code);
    response->set_pdf(CredentialPdf(*credential, *code));
    Encode(*credential, response->mutable_document());
    return absl::OkStatus();
  });
}

ServerUnaryReactor* DocumentsServiceImpl::VerifyCode(CallbackServerContext* context,
                                                     const records::v1::VerifyCodeRequest* request,
                                                     records::v1::VerifyCodeResponse* response) {
  return RunUnary(parts_.shell, context, [=, this](const Principal&) -> absl::Status {
    const absl::StatusOr<Credential> credential = trellis::VerifyCode(request->code(), parts_.authority_pem);
    if (!credential.ok()) return credential.status();
    Encode(*credential, response->mutable_document());
    response->set_authority_certificate(parts_.authority_pem);
    return absl::OkStatus();
  });
}

}  // namespace trellis
