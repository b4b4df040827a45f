// The stream of a watch: told at each commit of its scope, one write in flight, a heartbeat when nothing
// happens. The caller is authenticated again at each heartbeat, so a watch outlives no revocation by more.
#pragma once

#include "common/service/record_store.h"
#include "common/service/unary_call.h"
#include "trellis/records/v1/records.grpc.pb.h"

namespace trellis {

grpc::ServerWriteReactor<records::v1::WatchRecordsResponse>* StartWatch(
    const RecordStore& store, const ServiceShell& shell, grpc::CallbackServerContext* context,
    const records::v1::WatchRecordsRequest& request);

}  // namespace trellis
