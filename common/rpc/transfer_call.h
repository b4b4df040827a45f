// Calls that carry a file: it comes in parts, is dealt with on the pool, and the answer goes out in parts.
#pragma once

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/executor.h"
#include "common/rpc/status_mapping.h"

namespace trellis {

inline constexpr size_t kTransferPartBytes = 256 * 1024;

// A further part of a file that comes in. INVALID_ARGUMENT beyond `most_bytes`.
inline absl::Status AppendPart(const std::string& part, size_t most_bytes, std::string* file) {
  if (file->size() + part.size() > most_bytes) {
    return absl::InvalidArgumentError("that is more than such a file ever holds; it is refused");
  }
  file->append(part);
  return absl::OkStatus();
}

// The messages of an answer: `first`, then the file as their `data`.
template <typename Response>
std::vector<Response> InParts(Response first, std::string_view file) {
  std::vector<Response> parts;
  parts.push_back(std::move(first));
  for (; !file.empty(); file.remove_prefix(std::min(file.size(), kTransferPartBytes))) {
    parts.emplace_back().set_data(std::string(file.substr(0, kTransferPartBytes)));
  }
  return parts;
}

// Writes the parts one after another, then finishes. `Reactor` is a server's write or bidi reactor. Deletes
// itself.
template <typename Reactor, typename Response>
class AnsweringReactor : public Reactor {
 public:
  using Answer = absl::StatusOr<std::vector<Response>>;

  void OnWriteDone(bool ok) override {
    if (!ok) return this->Finish(grpc::Status(grpc::StatusCode::CANCELLED, "the caller is gone"));
    WriteNext();
  }
  void OnDone() override { delete this; }

 protected:
  // Once; nothing else of the call is under way.
  void Submit(Executor* executor, std::function<Answer()> work) {
    const absl::Status taken = executor->Submit([this, work = std::move(work)] {
      Answer answer = work();
      if (!answer.ok()) return this->Finish(ToGrpcStatus(answer.status()));
      parts_ = *std::move(answer);
      WriteNext();
    });
    if (!taken.ok()) this->Finish(ToGrpcStatus(taken));
  }

 private:
  void WriteNext() {
    if (next_ == parts_.size()) return this->Finish(grpc::Status::OK);
    this->StartWrite(&parts_[next_++]);
  }

  std::vector<Response> parts_;
  size_t next_ = 0;
};

// No file comes in.
template <typename Response>
class DownloadCall final : public AnsweringReactor<grpc::ServerWriteReactor<Response>, Response> {
 public:
  using Answer = absl::StatusOr<std::vector<Response>>;
  DownloadCall(Executor* executor, std::function<Answer()> work) { this->Submit(executor, std::move(work)); }
  explicit DownloadCall(const absl::Status& refused) { this->Finish(ToGrpcStatus(refused)); }
};

// The parts that come in go to `take`, on gRPC's threads, one at a time; then `work` answers, on the pool.
template <typename Request, typename Response>
class TransferCall final : public AnsweringReactor<grpc::ServerBidiReactor<Request, Response>, Response> {
 public:
  using Answer = absl::StatusOr<std::vector<Response>>;

  TransferCall(Executor* executor, std::function<absl::Status(Request*)> take, std::function<Answer()> work)
      : executor_(executor), take_(std::move(take)), work_(std::move(work)) {
    this->StartRead(&part_);
  }
  explicit TransferCall(const absl::Status& refused) { this->Finish(ToGrpcStatus(refused)); }

  void OnReadDone(bool ok) override {
    if (!ok) return this->Submit(executor_, std::move(work_));
    if (absl::Status taken = take_(&part_); !taken.ok()) return this->Finish(ToGrpcStatus(taken));
    this->StartRead(&part_);
  }

 private:
  Executor* executor_ = nullptr;
  std::function<absl::Status(Request*)> take_;
  std::function<Answer()> work_;
  Request part_;
};

}  // namespace trellis
