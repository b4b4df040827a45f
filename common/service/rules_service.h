// RulesService over gRPC, the same at the server and at a daemon.
#pragma once

#include "common/service/record_review.h"
#include "common/service/unary_call.h"
#include "trellis/records/v1/rules.grpc.pb.h"

namespace trellis {

// One finding as a message of the API.
void EncodeFinding(const KindInfo& kind, const std::string& scope, const std::string& id,
                   const std::string& code, const Finding& finding, records::v1::Finding* out);

class RulesServiceImpl final : public records::v1::RulesService::CallbackService {
 public:
  RulesServiceImpl(const RecordStore& store, const ServiceShell& shell) : shell_(shell), review_(store) {}

  grpc::ServerUnaryReactor* ListFindings(grpc::CallbackServerContext* context,
                                         const records::v1::ListFindingsRequest* request,
                                         records::v1::ListFindingsResponse* response) override;
  grpc::ServerUnaryReactor* ListDue(grpc::CallbackServerContext* context,
                                    const records::v1::ListDueRequest* request,
                                    records::v1::ListDueResponse* response) override;

 private:
  const ServiceShell shell_;
  RecordReview review_;
};

}  // namespace trellis
