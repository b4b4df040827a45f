#include "common/service/attachment_call.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include "absl/strings/escaping.h"

namespace trellis {
namespace {

using records::v1::DownloadAttachmentRequest;
using records::v1::DownloadAttachmentResponse;
using records::v1::UploadAttachmentRequest;
using records::v1::UploadAttachmentResponse;

// Parts written in one commit, and told in one message.
constexpr size_t kPartsAtOnce = 8;

// On the pool one at a time: the next part is read when the last is dealt with, so a store that is busy slows
// its caller down.
class UploadCall final : public grpc::ServerReadReactor<UploadAttachmentRequest> {
 public:
  UploadCall(const AttachmentReader& reader, const AttachmentWriter& writer, const ServiceShell& shell,
             grpc::CallbackServerContext* context, UploadAttachmentResponse* response)
      : reader_(reader), writer_(writer), shell_(shell), response_(response) {
    absl::StatusOr<Principal> principal = shell_.authenticator->Authenticate(*context);
    if (!principal.ok()) {
      Finish(ToGrpcStatus(principal.status()));
      return;
    }
    principal_ = *std::move(principal);
    StartRead(&message_);
  }

  void OnReadDone(bool ok) override {
    const absl::Status taken = shell_.executor->Submit([this, ok] {
      const absl::Status status = ok ? Take() : Close();
      if (!ok || !status.ok()) {
        Finish(ToGrpcStatus(status));
      } else {
        StartRead(&message_);
      }
    });
    if (!taken.ok()) Finish(ToGrpcStatus(AsBusy(taken)));
  }
  void OnDone() override { delete this; }

 private:
  absl::Status Take() {
    if (message_.has_name()) {
      if (attachment_.has_value())
        return FieldViolationsError({{"name", "comes once, in the first message"}});
      absl::StatusOr<AttachmentAnswer> found =
          writer_.FindToSend(principal_, {message_.name().id(), message_.name().scope()});
      if (!found.ok()) return found.status();
      attachment_ = *std::move(found);
      return absl::OkStatus();
    }
    if (!attachment_.has_value()) return FieldViolationsError({{"name", "comes first"}});
    if (message_.part().part() < 0) return FieldViolationsError({{"part.part", "is negative"}});
    waiting_.emplace_back(static_cast<size_t>(message_.part().part()),
                          std::move(*message_.mutable_part()->mutable_data()));
    return waiting_.size() < kPartsAtOnce ? absl::OkStatus() : Store();
  }

  absl::Status Store() {
    absl::Status status = writer_.AddParts(principal_, *attachment_, waiting_);
    // Somebody sends the same bytes at the same time: what both wrote is there now.
    if (absl::IsAlreadyExists(status)) status = writer_.AddParts(principal_, *attachment_, waiting_);
    waiting_.clear();
    return status;
  }

  absl::Status Close() {
    if (!attachment_.has_value()) return FieldViolationsError({{"name", "comes first"}});
    if (absl::Status status = Store(); !status.ok()) return status;
    if (absl::Status status = reader_.CountParts(&*attachment_); !status.ok()) return status;
    EncodeAttachment(*attachment_, response_->mutable_attachment());
    for (const size_t part : attachment_->missing) response_->add_missing(static_cast<int32_t>(part));
    return absl::OkStatus();
  }

  const AttachmentReader& reader_;
  const AttachmentWriter& writer_;
  const ServiceShell shell_;
  UploadAttachmentResponse* const response_;
  Principal principal_;
  UploadAttachmentRequest message_;
  std::optional<AttachmentAnswer> attachment_;
  std::vector<AttachmentWriter::Part> waiting_;
};

class DownloadFileCall final : public grpc::ServerWriteReactor<DownloadAttachmentResponse> {
 public:
  DownloadFileCall(const AttachmentReader& reader, const ServiceShell& shell,
                   grpc::CallbackServerContext* context, const DownloadAttachmentRequest& request)
      : reader_(reader), shell_(shell), request_(request) {
    absl::StatusOr<Principal> principal = shell_.authenticator->Authenticate(*context);
    if (!principal.ok()) {
      Finish(ToGrpcStatus(principal.status()));
      return;
    }
    principal_ = *std::move(principal);
    Next();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status(grpc::StatusCode::CANCELLED, "the caller is gone"));
    Next();
  }
  void OnDone() override { delete this; }

 private:
  void Next() {
    const absl::Status taken = shell_.executor->Submit([this] {
      const absl::StatusOr<bool> more = Prepare();
      if (!more.ok() || !*more) {
        Finish(ToGrpcStatus(more.status()));
      } else {
        StartWrite(&message_);
      }
    });
    if (!taken.ok()) Finish(ToGrpcStatus(AsBusy(taken)));
  }

  // The next message; false: there is none.
  absl::StatusOr<bool> Prepare() {
    message_.Clear();
    if (!attachment_.has_value()) {
      if (absl::Status status = Open(); !status.ok()) return status;
      EncodeAttachment(*attachment_, message_.mutable_attachment());
      return true;
    }
    if (next_ == attachment_->parts.size()) return false;
    for (size_t i = 0; i < kPartsAtOnce && next_ < attachment_->parts.size(); ++i) {
      const absl::StatusOr<std::string> part = reader_.ReadPart(*attachment_, next_++);
      if (!part.ok()) return part.status();
      message_.mutable_data()->append(*part);
    }
    if (!whole_) return true;
    sum_.Add(message_.data());
    if (next_ == attachment_->parts.size() && ToHex(sum_.Finish()) != attachment_->record.sha256()) {
      return absl::DataLossError(
          fmt::format("the parts of {} do not make the file that was announced: attach it again",
                      attachment_->record.file_name()));
    }
    return true;
  }

  absl::Status Open() {
    absl::StatusOr<AttachmentAnswer> found =
        reader_.Get(principal_, {request_.name().id(), request_.name().scope()});
    if (!found.ok()) return found.status();
    const size_t count = found->parts.size();
    if (request_.first_part() < 0 || static_cast<size_t>(request_.first_part()) > count) {
      return FieldViolationsError({{"firstPart", fmt::format("is not one of 0 to {}", count)}});
    }
    if (!found->missing.empty()) {
      return ErrorWithReason(
          reason::kFileIncomplete,
          found->erased > 0
              ? fmt::format(
                    "{} of {} parts of {} were erased with another file of the same bytes: attach it again",
                    found->erased, count, found->record.file_name())
              : fmt::format(
                    "{} of {} parts of {} are here; the rest come with the next sync, or when whoever "
                    "attaches it goes on",
                    count - found->missing.size(), count, found->record.file_name()));
    }
    next_ = static_cast<size_t>(request_.first_part());
    whole_ = next_ == 0;
    attachment_ = *std::move(found);
    return absl::OkStatus();
  }

  const AttachmentReader& reader_;
  const ServiceShell shell_;
  const DownloadAttachmentRequest request_;
  Principal principal_;
  DownloadAttachmentResponse message_;
  std::optional<AttachmentAnswer> attachment_;
  size_t next_ = 0;
  bool whole_ = false;  // from the beginning: its hash is known at the end
  Sha256Sum sum_;
};

}  // namespace

void EncodeAttachment(const AttachmentAnswer& attachment, records::v1::Attachment* out) {
  out->set_id(attachment.id.ToString());
  out->set_scope(attachment.scope);
  out->set_about_kind(attachment.record.about_kind());
  out->set_about(attachment.record.about());
  out->set_file_name(attachment.record.file_name());
  out->set_media_type(attachment.record.media_type());
  out->set_title(attachment.record.title());
  out->set_size_bytes(attachment.record.size_bytes());
  out->set_sha256(absl::HexStringToBytes(attachment.record.sha256()));
  out->set_parts(static_cast<int32_t>(attachment.parts.size()));
  out->set_parts_here(static_cast<int32_t>(attachment.parts.size() - attachment.missing.size()));
  out->set_parts_erased(static_cast<int32_t>(attachment.erased));
  out->set_created_by(attachment.created_by);
  *out->mutable_create_time() =
      google::protobuf::util::TimeUtil::MillisecondsToTimestamp(attachment.created.ms);
  out->set_person(attachment.record.person());
  out->set_taken_date(attachment.record.taken_date());
  out->set_part_bytes(kPartBytes);
}

grpc::ServerReadReactor<UploadAttachmentRequest>* StartUpload(const AttachmentReader& reader,
                                                              const AttachmentWriter& writer,
                                                              const ServiceShell& shell,
                                                              grpc::CallbackServerContext* context,
                                                              UploadAttachmentResponse* response) {
  return new UploadCall(reader, writer, shell, context, response);
}

grpc::ServerWriteReactor<DownloadAttachmentResponse>* StartDownload(
    const AttachmentReader& reader, const ServiceShell& shell, grpc::CallbackServerContext* context,
    const DownloadAttachmentRequest& request) {
  return new DownloadFileCall(reader, shell, context, request);
}

}  // namespace trellis
