#include "common/service/import_call.h"

#include <fmt/format.h>

#include <mutex>

#include "common/service/record_proto.h"

namespace trellis {
namespace {

using records::v1::ImportRecordsRequest;
using records::v1::ImportRecordsResponse;

// Finishes exactly once; deletes itself when gRPC is done with it. Between Submit and Finish nothing else
// touches it: reading has ended.
class ImportCall final : public grpc::ServerReadReactor<ImportRecordsRequest> {
 public:
  ImportCall(const RecordImporter& importer, const ServiceShell& shell, grpc::CallbackServerContext* context,
             ImportRecordsResponse* response)
      : importer_(importer), shell_(shell), response_(response) {
    absl::StatusOr<Principal> principal = shell_.authenticator->Authenticate(*context);
    if (!principal.ok()) {
      Finish(ToGrpcStatus(principal.status()));
      return;
    }
    principal_ = *std::move(principal);
    StartRead(&part_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Run();
      return;
    }
    if (absl::Status status = Take(); !status.ok()) {
      Finish(ToGrpcStatus(status));
      return;
    }
    StartRead(&part_);
  }
  void OnDone() override { delete this; }

 private:
  absl::Status Take() {
    if (part_.has_options()) {
      if (has_options_) return FieldViolationsError({{"options", "come once, in the first message"}});
      absl::StatusOr<ImportRequest> request = DecodeImportOptions(part_.options());
      if (!request.ok()) return request.status();
      request_ = *std::move(request);
      has_options_ = true;
      return absl::OkStatus();
    }
    if (!has_options_) return FieldViolationsError({{"options", "come first"}});
    bytes_ += part_.chunk().data().size();
    if (bytes_ > RecordImporter::kLargestImportBytes) {
      return ErrorWithReason(reason::kFileInvalid, fmt::format("More than {} MiB; import it in parts",
                                                               RecordImporter::kLargestImportBytes >> 20));
    }
    request_.files[part_.chunk().file_name()] += part_.chunk().data();
    return absl::OkStatus();
  }

  void Run() {
    if (!has_options_ || request_.files.empty()) {
      Finish(ToGrpcStatus(FieldViolationsError({{"chunk", "no file was sent"}})));
      return;
    }
    const absl::Status taken = shell_.executor->Submit([this] {
      absl::StatusOr<ImportOutcome> outcome = importer_.Run(principal_, request_);
      if (outcome.ok()) EncodeImport(*outcome, response_);
      Finish(ToGrpcStatus(outcome.status()));
    });
    if (!taken.ok()) Finish(ToGrpcStatus(AsBusy(taken)));
  }

  const RecordImporter& importer_;
  const ServiceShell shell_;
  ImportRecordsResponse* const response_;
  Principal principal_;
  ImportRecordsRequest part_;
  ImportRequest request_;
  bool has_options_ = false;
  size_t bytes_ = 0;
};

}  // namespace

grpc::ServerReadReactor<ImportRecordsRequest>* StartImport(const RecordImporter& importer,
                                                           const ServiceShell& shell,
                                                           grpc::CallbackServerContext* context,
                                                           ImportRecordsResponse* response) {
  return new ImportCall(importer, shell, context, response);
}

}  // namespace trellis
