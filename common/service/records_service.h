// RecordsService over gRPC, the same at the server and at a daemon: each method decodes, calls one use case,
// encodes.
#pragma once

#include "common/service/record_importer.h"
#include "common/service/record_reader.h"
#include "common/service/record_writer.h"
#include "common/service/unary_call.h"
#include "trellis/records/v1/records.grpc.pb.h"

namespace trellis {

class RecordsServiceImpl final : public records::v1::RecordsService::CallbackService {
 public:
  RecordsServiceImpl(const RecordStore& store, const ServiceShell& shell);

  grpc::ServerUnaryReactor* GetRecord(grpc::CallbackServerContext* context,
                                      const records::v1::GetRecordRequest* request,
                                      records::v1::GetRecordResponse* response) override;
  grpc::ServerUnaryReactor* ListRecords(grpc::CallbackServerContext* context,
                                        const records::v1::ListRecordsRequest* request,
                                        records::v1::ListRecordsResponse* response) override;
  grpc::ServerUnaryReactor* CreateRecord(grpc::CallbackServerContext* context,
                                         const records::v1::CreateRecordRequest* request,
                                         records::v1::CreateRecordResponse* response) override;
  grpc::ServerUnaryReactor* UpdateRecord(grpc::CallbackServerContext* context,
                                         const records::v1::UpdateRecordRequest* request,
                                         records::v1::UpdateRecordResponse* response) override;
  grpc::ServerUnaryReactor* DeleteRecord(grpc::CallbackServerContext* context,
                                         const records::v1::DeleteRecordRequest* request,
                                         records::v1::DeleteRecordResponse* response) override;
  grpc::ServerUnaryReactor* RestoreRecord(grpc::CallbackServerContext* context,
                                          const records::v1::RestoreRecordRequest* request,
                                          records::v1::RestoreRecordResponse* response) override;
  grpc::ServerUnaryReactor* MoveRecord(grpc::CallbackServerContext* context,
                                       const records::v1::MoveRecordRequest* request,
                                       records::v1::MoveRecordResponse* response) override;
  grpc::ServerUnaryReactor* BatchCreateRecords(grpc::CallbackServerContext* context,
                                               const records::v1::BatchCreateRecordsRequest* request,
                                               records::v1::BatchCreateRecordsResponse* response) override;
  grpc::ServerUnaryReactor* GetRecordHistory(grpc::CallbackServerContext* context,
                                             const records::v1::GetRecordHistoryRequest* request,
                                             records::v1::GetRecordHistoryResponse* response) override;
  grpc::ServerUnaryReactor* ListConflicts(grpc::CallbackServerContext* context,
                                          const records::v1::ListConflictsRequest* request,
                                          records::v1::ListConflictsResponse* response) override;
  grpc::ServerUnaryReactor* ResolveConflict(grpc::CallbackServerContext* context,
                                            const records::v1::ResolveConflictRequest* request,
                                            records::v1::ResolveConflictResponse* response) override;
  grpc::ServerUnaryReactor* DescribeKind(grpc::CallbackServerContext* context,
                                         const records::v1::DescribeKindRequest* request,
                                         records::v1::DescribeKindResponse* response) override;
  grpc::ServerUnaryReactor* ListKinds(grpc::CallbackServerContext* context,
                                      const records::v1::ListKindsRequest* request,
                                      records::v1::ListKindsResponse* response) override;
  grpc::ServerWriteReactor<records::v1::WatchRecordsResponse>* WatchRecords(
      grpc::CallbackServerContext* context, const records::v1::WatchRecordsRequest* request) override;
  grpc::ServerReadReactor<records::v1::ImportRecordsRequest>* ImportRecords(
      grpc::CallbackServerContext* context, records::v1::ImportRecordsResponse* response) override;

  // What else writes records here (programs that open a site, say) shares the one writer.
  RecordWriter& writer() { return writer_; }

 private:
  const RecordStore store_;
  const ServiceShell shell_;
  RecordReader reader_;
  RecordWriter writer_;
  RecordImporter importer_;
};

}  // namespace trellis
