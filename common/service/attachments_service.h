// AttachmentsService over gRPC, the same at the server and at a daemon.
#pragma once

#include "common/service/attachment_call.h"

namespace trellis {

class AttachmentsServiceImpl final : public records::v1::AttachmentsService::CallbackService {
 public:
  AttachmentsServiceImpl(const RecordStore& store, RecordWriter* writer, const ServiceShell& shell)
      : shell_(shell), reader_(store), writer_(store, writer) {}

  grpc::ServerUnaryReactor* CreateAttachment(grpc::CallbackServerContext* context,
                                             const records::v1::CreateAttachmentRequest* request,
                                             records::v1::CreateAttachmentResponse* response) override;
  grpc::ServerReadReactor<records::v1::UploadAttachmentRequest>* UploadAttachment(
      grpc::CallbackServerContext* context, records::v1::UploadAttachmentResponse* response) override;
  grpc::ServerUnaryReactor* GetAttachment(grpc::CallbackServerContext* context,
                                          const records::v1::GetAttachmentRequest* request,
                                          records::v1::GetAttachmentResponse* response) override;
  grpc::ServerUnaryReactor* ListAttachments(grpc::CallbackServerContext* context,
                                            const records::v1::ListAttachmentsRequest* request,
                                            records::v1::ListAttachmentsResponse* response) override;
  grpc::ServerWriteReactor<records::v1::DownloadAttachmentResponse>* DownloadAttachment(
      grpc::CallbackServerContext* context, const records::v1::DownloadAttachmentRequest* request) override;
  grpc::ServerUnaryReactor* DeleteAttachment(grpc::CallbackServerContext* context,
                                             const records::v1::DeleteAttachmentRequest* request,
                                             records::v1::DeleteAttachmentResponse* response) override;
  grpc::ServerUnaryReactor* EraseAttachment(grpc::CallbackServerContext* context,
                                            const records::v1::EraseAttachmentRequest* request,
                                            records::v1::EraseAttachmentResponse* response) override;

 private:
  const ServiceShell shell_;
  const AttachmentReader reader_;
  const AttachmentWriter writer_;
};

}  // namespace trellis
