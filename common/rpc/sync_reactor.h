// The part of a sync stream that is the same at both ends of a gRPC call: a queue of messages going out, one
// write in flight, and reads held back while the session is busy.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/sync_session.h"
#include "common/wire/message_fold.h"
#include "common/wire/messages_codec.h"

namespace trellis {

// What waits to be written to a peer that reads slowly or not at all. A session's window bounds its frames
// far below this; the rest (acks, repair) is bounded here, and the stream ends beyond it.
inline constexpr size_t kMaxQueuedMessages = 4'096;
inline constexpr size_t kMaxQueuedBytes = 4u << 20;
// Messages read ahead of the session.
inline constexpr int kReadAhead = 4;

// `Reactor` is grpc::ServerBidiReactor<In, Out> or grpc::ClientBidiReactor<Out, In>. Operations are started
// with the mutex held, which is safe because gRPC never calls back from within (no reaction here may inline).
template <typename Reactor, typename In, typename Out>
class SyncReactor : public Reactor, public SyncStream {
 public:
  void Send(std::vector<SyncMessage> messages) override {
    std::lock_guard lock(mutex_);
    if (closing_) return;
    for (SyncMessage& message : messages) {
      queued_bytes_ += BodyBytes(message);
      queue_.push_back(std::move(message));
    }
    if (queue_.size() > kMaxQueuedMessages || queued_bytes_ > kMaxQueuedBytes) {
      queue_.clear();
      closing_ = true;
      CutLocked();
      return;
    }
    WriteNextLocked();
  }

  void ReadAnother() override {
    std::lock_guard lock(mutex_);
    --reads_ahead_;
    ReadNextLocked();
  }

  void Close() override {
    std::lock_guard lock(mutex_);
    if (closing_) return;
    closing_ = true;
    if (!writing_) FinishLocked();
  }

  void OnReadDone(bool ok) override {
    absl::StatusOr<SyncMessage> message = absl::CancelledError("the stream ended");
    if (ok) message = Unfolded();
    if (!message.ok()) {
      Gone(/*readable=*/ok);
      return;
    }
    if (!Accept(*message)) return;
    session_->Receive(*std::move(message));
    std::lock_guard lock(mutex_);
    reading_ = false;
    ++reads_ahead_;
    ReadNextLocked();
  }

  void OnWriteDone(bool ok) override {
    std::lock_guard lock(mutex_);
    writing_ = false;
    if (!ok) {
      queue_.clear();
      closing_ = true;
    }
    WriteNextLocked();
  }

 protected:
  // With the mutex held, once, when nothing is being written: ends the call in good order.
  virtual void FinishLocked() = 0;
  // With the mutex held: ends the call at once.
  virtual void CutLocked() = 0;
  // A look at each message before the session gets it; false: the session is being dismissed.
  virtual bool Accept(const SyncMessage& message) { return true; }

  void SetSession(std::shared_ptr<SyncSession> session) { session_ = std::move(session); }
  SyncSession* session() const { return session_.get(); }

  void BeginReading() {
    std::lock_guard lock(mutex_);
    ReadNextLocked();
  }

  // The other end is gone, or says what is no message.
  void Gone(bool readable) {
    std::lock_guard lock(mutex_);
    reading_ = true;  // none further
    queue_.clear();
    const bool first = !std::exchange(closing_, true);
    if (readable) CutLocked();
    if (first && !writing_) FinishLocked();
  }

  std::mutex mutex_;

 private:
  static size_t BodyBytes(const SyncMessage& message) {
    if (const auto* frame = std::get_if<Frame>(&message)) return frame->body.size();
    if (const auto* repair = std::get_if<Repair>(&message)) return repair->body.size();
    if (const auto* versions = std::get_if<Versions>(&message)) return versions->entries.size() * 32;
    return 0;
  }

  absl::StatusOr<SyncMessage> Unfolded() {
    std::lock_guard lock(mutex_);
    if (absl::Status status = fold_.Unfold(&incoming_); !status.ok()) return status;
    return FromProto(incoming_);
  }

  void WriteNextLocked() {
    if (writing_) return;
    if (queue_.empty()) {
      if (closing_) FinishLocked();
      return;
    }
    queued_bytes_ -= BodyBytes(queue_.front());
    outgoing_.Clear();
    ToProto(queue_.front(), &outgoing_);
    fold_.Fold(&outgoing_);
    queue_.pop_front();
    writing_ = true;
    this->StartWrite(&outgoing_);
  }

  void ReadNextLocked() {
    if (reading_ || closing_ || reads_ahead_ >= kReadAhead) return;
    reading_ = true;
    this->StartRead(&incoming_);
  }

  std::shared_ptr<SyncSession> session_;
  MessageFold fold_;
  std::deque<SyncMessage> queue_;
  size_t queued_bytes_ = 0;
  bool writing_ = false;
  bool reading_ = false;
  bool closing_ = false;  // nothing further is queued
  int reads_ahead_ = 0;
  In incoming_;
  Out outgoing_;
};

}  // namespace trellis
