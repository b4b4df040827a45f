// The stream of an import: options, then the bytes of the files; then the import runs on the pool.
#pragma once

#include "common/service/record_importer.h"
#include "common/service/unary_call.h"
#include "trellis/records/v1/records.grpc.pb.h"

namespace trellis {

// `importer` must outlive the call.
grpc::ServerReadReactor<records::v1::ImportRecordsRequest>* StartImport(
    const RecordImporter& importer, const ServiceShell& shell, grpc::CallbackServerContext* context,
    records::v1::ImportRecordsResponse* response);

}  // namespace trellis
