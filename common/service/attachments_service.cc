#include "common/service/attachments_service.h"

namespace trellis {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

FileOffer OfferIn(const records::v1::CreateAttachmentRequest& request) {
  FileOffer offer;
  offer.file_name = request.file_name();
  offer.media_type = request.media_type();
  offer.title = request.title();
  offer.size_bytes = request.size_bytes();
  offer.sha256 = request.sha256();
  offer.part_sha256 = request.part_sha256();
  offer.person = request.person();
  offer.taken_date = request.taken_date();
  return offer;
}

template <typename Request>
AttachmentName NameIn(const Request& request) {
  return {request.name().id(), request.name().scope()};
}

}  // namespace

ServerUnaryReactor* AttachmentsServiceImpl::CreateAttachment(
    CallbackServerContext* context, const records::v1::CreateAttachmentRequest* request,
    records::v1::CreateAttachmentResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) -> absl::Status {
    const absl::StatusOr<AttachmentAnswer> made = writer_.Create(
        principal, {request->about_kind(), request->about(), request->scope()}, OfferIn(*request));
    if (!made.ok()) return made.status();
    EncodeAttachment(*made, response->mutable_attachment());
    for (const size_t part : made->missing) response->add_missing(static_cast<int32_t>(part));
    return absl::OkStatus();
  });
}

grpc::ServerReadReactor<records::v1::UploadAttachmentRequest>* AttachmentsServiceImpl::UploadAttachment(
    CallbackServerContext* context, records::v1::UploadAttachmentResponse* response) {
  return StartUpload(reader_, writer_, shell_, context, response);
}

ServerUnaryReactor* AttachmentsServiceImpl::GetAttachment(CallbackServerContext* context,
                                                          const records::v1::GetAttachmentRequest* request,
                                                          records::v1::GetAttachmentResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) -> absl::Status {
    const absl::StatusOr<AttachmentAnswer> found = reader_.Get(principal, NameIn(*request));
    if (!found.ok()) return found.status();
    EncodeAttachment(*found, response->mutable_attachment());
    return absl::OkStatus();
  });
}

ServerUnaryReactor* AttachmentsServiceImpl::ListAttachments(
    CallbackServerContext* context, const records::v1::ListAttachmentsRequest* request,
    records::v1::ListAttachmentsResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) -> absl::Status {
    const absl::StatusOr<AttachmentList> list =
        reader_.List(principal, {request->about_kind(), request->about(), request->scope()});
    if (!list.ok()) return list.status();
    for (const AttachmentAnswer& attachment : list->attachments) {
      EncodeAttachment(attachment, response->add_attachments());
    }
    response->set_not_here(static_cast<int32_t>(list->not_here));
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<records::v1::DownloadAttachmentResponse>* AttachmentsServiceImpl::DownloadAttachment(
    CallbackServerContext* context, const records::v1::DownloadAttachmentRequest* request) {
  return StartDownload(reader_, shell_, context, *request);
}

ServerUnaryReactor* AttachmentsServiceImpl::DeleteAttachment(
    CallbackServerContext* context, const records::v1::DeleteAttachmentRequest* request,
    records::v1::DeleteAttachmentResponse*) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) {
    return writer_.Delete(principal, NameIn(*request));
  });
}

ServerUnaryReactor* AttachmentsServiceImpl::EraseAttachment(
    CallbackServerContext* context, const records::v1::EraseAttachmentRequest* request,
    records::v1::EraseAttachmentResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) -> absl::Status {
    const absl::StatusOr<ErasedParts> erased = writer_.Erase(principal, NameIn(*request));
    if (!erased.ok()) return erased.status();
    response->set_parts_erased(static_cast<int32_t>(erased->erased));
    response->set_parts_kept(static_cast<int32_t>(erased->kept));
    return absl::OkStatus();
  });
}

}  // namespace trellis
