// One session of sync: an exchange on a strand of its own, between a replica and a stream to the other end.
// One object makes one connection and is thrown away.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/exchange/exchange.h"
#include "common/rpc/executor.h"

namespace trellis {

// What a session asks of its stream. Thread-safe; nothing is called back from within these calls.
class SyncStream {
 public:
  virtual ~SyncStream() = default;
  // Queues messages; one is being written at a time.
  virtual void Send(std::vector<SyncMessage> messages) = 0;
  // A message read earlier has been dealt with: another may be read.
  virtual void ReadAnother() = 0;
  // Ends the stream when what is queued has been written.
  virtual void Close() = 0;
};

// Thread-safe.
class SyncSession : public std::enable_shared_from_this<SyncSession> {
 public:
  // Told after each step, from the strand: how it stands, and whether it has ended for good.
  using Observer = std::function<void(const ExchangeStatus& status, bool ended)>;

  // Pointers must outlive the executor's Shutdown.
  SyncSession(Executor* executor, Replica* replica, const Clock* clock, ExchangeConfig config,
              Observer observer);

  // Shown every message that goes out or comes in, from the strand.
  using Tap = std::function<void(const SyncMessage& message, bool outgoing)>;
  // Before Attach.
  void SetTap(Tap tap) { tap_ = std::move(tap); }

  // Once, before anything else. The session holds the stream until Ended.
  void Attach(std::shared_ptr<SyncStream> stream);
  // The site's end speaks first.
  void Start();
  void Receive(SyncMessage message);
  // Something was committed to the scope. Many are taken as one while the strand is busy.
  void NoteCommit(std::string_view scope);
  void Tick();
  // Says good-bye, with the reason, and closes the stream.
  void Dismiss(Bye bye);
  // The stream is gone.
  void Ended();

  const std::vector<ScopeGrant>& scopes() const { return scopes_; }
  const std::string& peer() const { return peer_; }
  // The opening of the other store, once it has said it; 0 before.
  uint64_t boot() const { return boot_; }
  void set_boot(uint64_t boot) { boot_ = boot; }
  // What the next connection starts with.
  size_t frame_bytes() const { return frame_bytes_; }
  size_t window_bytes() const { return window_bytes_; }

 private:
  void TakeNotes();
  // After each step on the strand.
  void AfterStep();

  Strand strand_;
  const std::vector<ScopeGrant> scopes_;
  const std::string peer_;
  const Observer observer_;
  Tap tap_;  // may be empty
  std::atomic<uint64_t> boot_ = 0;
  std::atomic<bool> tick_waiting_ = false;
  std::atomic<size_t> frame_bytes_;
  std::atomic<size_t> window_bytes_;

  std::mutex notes_mutex_;
  std::set<std::string, std::less<>> noted_scopes_;

  // On the strand only.
  Exchange exchange_;
  std::shared_ptr<SyncStream> stream_;
  bool ended_ = false;
};

}  // namespace trellis
