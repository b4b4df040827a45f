// The two calls that carry the bytes of a file, part by part: what is held of it at a time is bounded
// whatever its size.
#pragma once

#include <grpcpp/grpcpp.h>

#include "common/service/attachment_writer.h"
#include "common/service/unary_call.h"
#include "trellis/records/v1/attachments.grpc.pb.h"

namespace trellis {

void EncodeAttachment(const AttachmentAnswer& attachment, records::v1::Attachment* out);

// Each finishes once and deletes itself. What they are given outlives them.
grpc::ServerReadReactor<records::v1::UploadAttachmentRequest>* StartUpload(
    const AttachmentReader& reader, const AttachmentWriter& writer, const ServiceShell& shell,
    grpc::CallbackServerContext* context, records::v1::UploadAttachmentResponse* response);
grpc::ServerWriteReactor<records::v1::DownloadAttachmentResponse>* StartDownload(
    const AttachmentReader& reader, const ServiceShell& shell, grpc::CallbackServerContext* context,
    const records::v1::DownloadAttachmentRequest& request);

}  // namespace trellis
