// DocumentsService over gRPC: signed at the district; checked, and gathered unsigned, at a site.
#pragma once

#include <string>

#include "common/credential/credential.h"
#include "common/service/record_store.h"
#include "common/service/unary_call.h"
#include "trellis/records/v1/documents.grpc.pb.h"

namespace trellis {

class DocumentsServiceImpl final : public records::v1::DocumentsService::CallbackService {
 public:
  struct Parts {
    RecordStore store;
    ServiceShell shell;
    std::string district;       // its name, as printed
    std::string authority_pem;  // whose signature counts
    SignStatement sign;         // null at a site
  };
  explicit DocumentsServiceImpl(Parts parts) : parts_(std::move(parts)) {}

  grpc::ServerUnaryReactor* IssueTranscript(grpc::CallbackServerContext* context,
                                            const records::v1::IssueTranscriptRequest* request,
                                            records::v1::IssueTranscriptResponse* response) override;
  grpc::ServerUnaryReactor* IssueCertificate(grpc::CallbackServerContext* context,
                                             const records::v1::IssueCertificateRequest* request,
                                             records::v1::IssueCertificateResponse* response) override;
  grpc::ServerUnaryReactor* VerifyCode(grpc::CallbackServerContext* context,
                                       const records::v1::VerifyCodeRequest* request,
                                       records::v1::VerifyCodeResponse* response) override;

 private:
  const Parts parts_;
};

}  // namespace trellis
