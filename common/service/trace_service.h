// TraceService, at daemon and server alike.
#pragma once

#include <grpcpp/grpcpp.h>

#include "common/service/record_trace.h"
#include "common/service/unary_call.h"
#include "trellis/admin/v1/trace.grpc.pb.h"

namespace trellis {

class TraceServiceImpl final : public trellis::admin::v1::TraceService::CallbackService {
 public:
  // `way` must outlive the service.
  TraceServiceImpl(const RecordStore& store, const RecordWay* way, ServiceShell shell)
      : store_(store), way_(way), shell_(shell) {}

  grpc::ServerUnaryReactor* TraceRecord(grpc::CallbackServerContext* context,
                                        const trellis::admin::v1::TraceRecordRequest* request,
                                        trellis::admin::v1::TraceRecordResponse* response) override;

 private:
  const RecordStore store_;
  const RecordWay* const way_;
  const ServiceShell shell_;
};

}  // namespace trellis
